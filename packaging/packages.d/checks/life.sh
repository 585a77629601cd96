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
# Some containers may mount no overlay, not even as root.
mounts_overlay() {
    # shellcheck disable=SC2016 # nothing is to be expanded here
    unshare --mount sh -c 'mount -t tmpfs tmpfs /mnt && mkdir /mnt/upper /mnt/work /mnt/root &&
        mount -t overlay -o lowerdir=/,upperdir=/mnt/upper,workdir=/mnt/work overlay /mnt/root' 2>/dev/null
}
if mounts_overlay; then
    check 'the .deb: installed without systemd, configured twice, removed (state kept), purged: nothing is left' life "$deb" life-of-deb
    check 'the .rpm: installed, verified, installed again, erased (state kept), removed as its last words say: nothing is left' life "$rpm" life-of-rpm
else
    echo '  left out: the packages installed and removed in a copy of this file system, of which this machine mounts none (overlay)'
fi
