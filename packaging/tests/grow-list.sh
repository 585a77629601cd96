#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# GrowList against the kernel that made the recording: after all entries PCR 10 of each bank is what its TPM had.
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd -P)
. "$root/packaging/lib/setup.sh"
. "$root/packaging/lib/testing.sh"
find_jdk || die "no JDK 25 or newer found"
recording=$root/src-test-fixtures/src/main/resources/attestation/fixtures/ima/debian12-6.12-tcb
tcti=path=$scratch/tpm.sock

mkdir "$scratch/tpm"
swtpm_setup --tpm2 --tpmstate "$scratch/tpm" --pcr-banks sha1,sha256,sha384 --overwrite >"$scratch/setup.log" 2>&1
swtpm socket --tpm2 --tpmstate dir="$scratch/tpm" --flags not-need-init,startup-clear \
    --server type=unixio,path="$scratch/tpm.sock",disconnect --ctrl type=unixio,path="$scratch/tpm.sock.ctrl" >"$scratch/swtpm.log" 2>&1 &
swtpm_pid=$!
trap 'kill "$swtpm_pid" 2>/dev/null || true; rm -rf "$scratch"' EXIT
wait_for 10 test -S "$scratch/tpm.sock" || die "swtpm did not start: $(cat "$scratch/swtpm.log")"

grow() {
    "$JDK/bin/java" "$root/packaging/quickstart.d/GrowList.java" "$tcti" "$recording" "$scratch/list" "$scratch/count" "$@"
}

grow_in_parts() {
    equals "$(grow 0 1000)" 1000 && equals "$(grep -c '' "$scratch/list")" 1000 && equals "$(cat "$scratch/count")" 1000 &&
        equals "$(grow 1000 99999)" 1362
}
check 'grows from where it was asked to, to the end of the recording' grow_in_parts
check 'the list is byte for byte the one of the kernel' cmp "$scratch/list" "$recording/ascii_runtime_measurements"

pcr() {
    tpm2_pcrread -T "swtpm:$tcti" "$1:10" | sed -n 's/.*0x//p'
}
for bank in sha1 sha256 sha384; do
    check "PCR 10 of $bank, two violations in it" equals "$(pcr $bank)" "$(tr -d '\n' <"$recording/pcr10.$bank")"
done

cut_recording() {
    mkdir -p "$scratch/cut"
    cp "$recording/ascii_runtime_measurements" "$scratch/cut/"
    head -c 1000 "$recording/binary_runtime_measurements" >"$scratch/cut/binary_runtime_measurements"
    if got=$("$JDK/bin/java" "$root/packaging/quickstart.d/GrowList.java" "$tcti" "$scratch/cut" "$scratch/list2" "$scratch/count2" 0 1 2>&1); then return 1; fi
    contains "$got" '(expected: at most the ' && [ ! -e "$scratch/list2" ]
}
check 'a recording that is cut short is refused before anything is extended' cut_recording

summary
