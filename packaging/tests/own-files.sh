#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# agent policy-entries and migrate --check on the tree as it is installed: sha256sum judges the lines.
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd -P)
. "$root/packaging/lib/setup.sh"
. "$root/packaging/lib/testing.sh"
[ -f "$tree/lib/class-path" ] || die "there is no runnable tree in $tree: mvn package"

entries_are_sums() {
    "$tree/bin/agent" policy-entries --format sums >"$scratch/sums" 2>"$scratch/notes" || return 1
    grep -q "  $tree/bin/agent\$" "$scratch/sums" && grep -q "  $tree/lib/class-path\$" "$scratch/sums" &&
        sha256sum --check --quiet --strict "$scratch/sums"
}
check 'policy-entries: every line is what sha256sum says, launcher and libraries among them' entries_are_sums

whole_tree_is_there() {
    find "$tree" -type f | LC_ALL=C sort >"$scratch/files"
    sed 's/^[0-9a-f]*  //' "$scratch/sums" | grep "^$tree/" | LC_ALL=C sort >"$scratch/named"
    [ -f "$tree/lib/own-files.sha256" ] || cmp -s "$scratch/files" "$scratch/named"
}
check 'policy-entries: no file of the tree is left out' whole_tree_is_there

into_keeps_what_is_there() {
    printf '{"digests":{"/usr/bin/true":["00"]},"excludes":["/x"]}' >"$scratch/policy"
    "$tree/bin/agent" policy-entries --into "$scratch/policy" >"$scratch/merged" 2>"$scratch/notes" || return 1
    grep -q '"/usr/bin/true"' "$scratch/merged" && grep -q '"/x"' "$scratch/merged" && grep -q "$tree/bin/agent" "$scratch/merged"
}
check 'policy-entries --into: the former entries stay' into_keeps_what_is_there

migrate_without_keylime() {
    if "$tree/bin/agent" migrate --check --config "$scratch/none.conf" >"$scratch/out" 2>&1; then return 1; else code=$?; fi
    [ "$code" = 78 ] && contains "$(cat "$scratch/out")" none.conf
}
check 'migrate --check: without a configuration of Keylime'"'"'s exit code 78 and its name' migrate_without_keylime

summary
