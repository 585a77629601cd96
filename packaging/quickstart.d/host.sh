# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# shellcheck disable=SC2154,SC2034 # shared with the quickstart
# The ground of the real thing: this host's TPM and its live measurement list, both only read, but for PCR 16.

tpm_device=/dev/tpmrm0
ima_folder=/sys/kernel/security/integrity/ima

check_ground() {
    is_root || die "--host reads the kernel's list and the TPM: start it as root"
    [ -e "$tpm_device" ] || die "$tpm_device is not there (expected: a TPM 2.0 with the kernel's resource manager): without --host a software TPM is used"
    [ -r "$ima_folder/ascii_runtime_measurements" ] ||
        die "$ima_folder/ascii_runtime_measurements cannot be read (expected: a kernel with IMA, securityfs mounted): without --host a recorded list is used"
    if listening 9002; then
        die "port 9002 is in use: another agent may be running on this host's TPM, stop it first (Keylime's: systemctl stop keylime_agent)"
    fi
}

ground_tools() {
    :
}

ground_start() {
    tcti=device:$tpm_device
    list=$ima_folder/ascii_runtime_measurements
    count=$ima_folder/runtime_measurements_count
    chapter "This host"
    say "  TPM $tpm_device, $(cat "$count") entries in $list"
}

# Something that the kernel has never seen is run; whether it is measured is the policy's decision.
ground_grow() {
    before=$(cat "$count")
    cp "$(command -v sleep)" seen-first-time
    date >>seen-first-time
    ./seen-first-time 0
    say "  ran a program that is new to the kernel: $before entries before, $(cat "$count") now"
    [ "$(cat "$count")" -gt "$before" ] || say "  (this host's IMA policy does not measure it)"
}

ground_to_try() {
    :
}
