#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every shell script of the project, found by its first line, passes shellcheck and names its licence.
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd -P)
. "$root/packaging/lib/setup.sh"
. "$root/packaging/lib/testing.sh"
cd "$root"

grep -rlE '^#!/bin/sh|^#!/usr/bin/env bash|^# shellcheck shell=' .ci packaging systemd --exclude-dir=target --exclude='*.md' |
    sort >"$scratch/scripts"
while read -r script; do
    check "shellcheck $script" shellcheck -x "$script"
    check "licence named in $script" grep -q 'SPDX-License-Identifier: Apache-2.0' "$script"
done <"$scratch/scripts"

summary
