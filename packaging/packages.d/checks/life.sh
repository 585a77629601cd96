# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2154 # sourced by packaging/packages, with its variables
# Both packages, installed and removed by dpkg and rpm in a copy of this machine's file system: their scripts really run.

# life PACKAGE SCRIPT: it succeeds, and what it leaves changed is nothing.
life() {
    unshare --mount "$root/packaging/packages.d/checks/copy-of-root" "$1" "$root/packaging/packages.d/checks/$2" >"$scratch/life" 2>&1 || {
        cat "$scratch/life"
        return 1
    }
    equals "$(grep '^left: ' "$scratch/life")" ''
}
check 'the .deb: installed without systemd, configured twice, removed (state kept), purged: nothing is left' life "$deb" life-of-deb
check 'the .rpm: installed, verified, installed again, erased (state kept), removed as its last words say: nothing is left' life "$rpm" life-of-rpm
