# SPDX-License-Identifier: Apache-2.0
"""agent doctor on the plain machine: what it says is what the kernel shows; without root it claims nothing that it cannot see"""
import re

from machine import doctor
from machine.trial import check

NEEDS = ("install",)
IMA = "/sys/kernel/security/integrity/ima"


def run(trial):
    guest = trial.guest
    before = int(guest.run(f"cat {IMA}/runtime_measurements_count"))
    violations = count(guest)
    said = doctor.ask(trial)
    after = int(guest.run(f"cat {IMA}/runtime_measurements_count"))
    problems = {name: found for name, found in said.items() if found["state"] in ("problem", "cannot tell")}
    check(not problems and said.code == 0, f"exit code {said.code} (expected: 0), of a healthy machine doctor says: {problems}")
    listed = int(re.match(r"\d+", said["list-readable"]["evidence"])[0])
    check(before <= listed <= after, f"{listed} entries are read (expected: {before} to {after})")
    oracles(guest, said)
    told = int(re.sub(r"\D.*", "", said["violations"]["evidence"]) or 0)
    check(violations <= told <= count(guest), f"doctor counts {told} violations (expected: {violations} to {count(guest)})")
    stranger(trial)
    trial.note(f"{len(said)} checks, warnings: " + (", ".join(name for name in said if said[name]["state"] == "warning") or "none"))


def count(guest):
    return int(guest.run(f"cat {IMA}/violations"))


def oracles(guest, said):
    """The same from the machine's own tools."""
    first = guest.run(f"head -n 1 {IMA}/ascii_runtime_measurements").split()[3]
    said.says("list-tpm", "ok", first)
    banks = guest.run("cd /sys/class/tpm/tpm0 && ls -d pcr-* | sed s/pcr-//").split()
    said.says("tpm-banks", "ok", *banks)
    said.says("pcr-replay", "ok")
    check(guest.ask("test -e /sys/firmware/efi")[0] != 0, "the machine has EFI (the step is wrong)")
    said.says("secure-boot", "ok", "off")
    check(guest.run("cat /sys/kernel/security/evm").strip() == "0", "EVM is on (the step is wrong)")
    said.says("evm", "ok", "not in use")
    unset = guest.run("grep -c -e '# CONFIG_IMA_READ_POLICY is not set' -e '# CONFIG_IMA_WRITE_POLICY is not set' /boot/config-$(uname -r)")
    said.says("kernel-options", "ok", *(["no CONFIG_IMA_READ_POLICY", "no CONFIG_IMA_WRITE_POLICY"] if unset.strip() == "2" else []))
    check(guest.ask(f"cat {IMA}/policy")[0] != 0, "the policy is readable (the step is wrong)")
    said.says("policy-loaded", "ok", "inferred", "ima_policy=tcb")


def stranger(trial):
    """A user without rights: not one verdict about what only root can read."""
    said = doctor.ask(trial, user="nobody")
    for name in ("list-readable", "pcr-replay", "measuring", "violations", "denials", "evm"):
        repair = said.says(name, "cannot tell")
        check("sudo agent doctor" in repair, f"{name}: the repair is {repair!r} (expected: sudo agent doctor)")
    check(said.code == 2, f"exit code {said.code} (expected: 2)")
