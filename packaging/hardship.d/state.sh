# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2034,SC2154 # sourced by packaging/hardship, with its variables

# Its first start: without room for an identity there is none.
full_disk() {
    # shellcheck disable=SC2016 # for the inner shell
    refuses 69 'cannot be written - No space left' unshare --mount sh -c \
        'mount -t tmpfs -o size=64k,mode=700 none state && { head -c 1m /dev/zero >state/ballast; } 2>/dev/null || true; exec "$@"' sh
}
trouble full-disk 'a full disk at the first start' full_disk

# Later: the identity is there, attestation goes on, and what is no longer kept is said.
full_disk_later() {
    # shellcheck disable=SC2016 # for the inner shell
    tells 'No space left' unshare --mount sh -c \
        'cp -a state kept && rm -f kept/*.spool kept/history && mount -t tmpfs -o size=256k,mode=700 none state && cp -a kept/. state &&
        { head -c 1m /dev/zero >state/ballast; } 2>/dev/null || true; exec "$@"' sh
}
trouble full-disk-later 'a disk that became full' full_disk_later

read_only() {
    # shellcheck disable=SC2016 # for the inner shell
    tells 'Read-only file system' unshare --mount sh -c \
        'mount --bind state state && mount -o remount,bind,ro state && exec "$@"' sh
}
trouble read-only 'a state directory that cannot be written to' read_only

wrong_owner() {
    chmod 755 . && chmod 777 "$run"
    refuses 69 "permission denied; let the agent's user write there" setpriv --reuid=65534 --regid=65534 --clear-groups
}
trouble wrong-owner 'directories of another user' wrong_owner
