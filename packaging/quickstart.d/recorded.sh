# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# shellcheck disable=SC2154,SC2034 # shared with the quickstart
# The ground of a rehearsal: an swtpm with EK certificates, and a recorded kernel list that happens again.

check_ground() {
    [ -r "$recording/binary_runtime_measurements" ] || die "the recorded list is missing: $recording (expected: part of the clone)"
}

ground_tools() {
    echo swtpm swtpm_setup tpm2_pcrread
}

ground_start() {
    tcti=swtpm:path=$run/tpm.sock
    list=$work/ascii_runtime_measurements
    count=$work/runtime_measurements_count
    chapter "A software TPM with EK certificates, and a boot that happens again"
    step "Manufacturing a TPM" make_tpm || die "swtpm_setup failed: see $log"
    swtpm socket --tpm2 --tpmstate dir="$work/tpm" --flags not-need-init,startup-clear \
        --server type=unixio,path="$run/tpm.sock",disconnect --ctrl type=unixio,path="$run/tpm.sock.ctrl" >>"$log" 2>&1 &
    pids=$!
    wait_for 10 test -S "$run/tpm.sock" || die "swtpm did not start: see $log"
    step "Replaying entries 0 to $((first - 1)): line, count, extend" grow 0 "$first" || die "replaying the list failed: see $log"
    shown tpm2_pcrread -T "$tcti" sha256:10
}

make_tpm() {
    mkdir -p tpm swtpm-ca
    # Its own certificate authority, so that neither the host's nor the user's is written to.
    XDG_CONFIG_HOME=$work/swtpm-ca swtpm_setup --create-config-files root skip-if-exist &&
        XDG_CONFIG_HOME=$work/swtpm-ca swtpm_setup --tpm2 --tpmstate "$work/tpm" --create-ek-cert --create-platform-cert \
            --lock-nvram --pcr-banks sha1,sha256 --overwrite
}

grow() {
    "$JDK/bin/java" -XX:+UseSerialGC -XX:TieredStopAtLevel=1 "$root/packaging/quickstart.d/GrowList.java" \
        "path=$run/tpm.sock" "$recording" "$list" "$count" "$1" "$2"
}

ground_grow() {
    step "Entries $first to $((second - 1)) happen now" grow "$first" "$second" || die "growing the list failed: see $log"
}

ground_to_try() {
    say "    # the rest of the recorded boot, two violations among it:"
    say "    $JDK/bin/java $root/packaging/quickstart.d/GrowList.java path=$run/tpm.sock $recording $list $count $second 1362"
}
