# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2154 # sourced by packaging/packages, with its variables

debian_lint() {
    lintian --no-cfg --fail-on error,warning "$deb"
}
check 'lintian: no errors, no warnings' debian_lint

rpm_lint() {
    rpmlint --config "$root/packaging/packages.d/rpmlint.toml" "$rpm" >"$scratch/rpmlint" 2>&1 || {
        cat "$scratch/rpmlint"
        return 1
    }
    contains "$(tail -n 2 "$scratch/rpmlint")" ' 0 errors'
}
check 'rpmlint: no errors' rpm_lint
