# SPDX-License-Identifier: Apache-2.0
"""rebooted with the installed policy: PID 1 loads it, doctor says which key is missing, its command loads it; then EVM is on"""
from machine import doctor
from machine.qemu import POLICY
from machine.trial import check

NEEDS = ("policy",)
PLACE = "/var/lib/trial"
OWNER = 4242
# The key of EVM, by the kernel's encrypted keys, as Documentation/security/keys/trusted-encrypted.rst has it for hosts without trusted ones.
EVM_ON = "keyctl link @u @s && keyctl add user kmk $(head -c 32 /dev/urandom | od -An -v -tx1 | tr -d ' \\n') @u && " \
         "keyctl add encrypted evm-key 'new user:kmk 64' @u && echo 1 >/sys/kernel/security/evm"
# Linux 6.1 crashes at the next file that is made (a null pointer in evm_inode_init_security) when EVM is on and bpf is one of the LSMs.
OPTIONS = f"{POLICY} lsm=lockdown,yama,integrity,apparmor"


def run(trial):
    guest = trial.guest
    trial.machine.reboot(options=OPTIONS)
    trial.healthy()
    said = doctor.ask(trial)
    said.says("policy-accepted", "ok", "loaded in this boot")
    check(guest.ask(f"{PLACE}/signed")[0] != 0, "the kernel ran an appraised program without a key (the step is wrong)")
    repair = said.says("keyring", "problem", "no keyring")
    guest.run(f"{repair}; {PLACE}/signed")
    said = doctor.ask(trial, "keyring", "denials")
    said.says("keyring", "ok", "_ima")
    said.says("denials", "warning", f"{PLACE}/signed")
    trial.note(f"repaired by: {repair}")
    evm(trial)
    guest.run("AGENT_JAVA_OPTS=-XX:TieredStopAtLevel=1 agent ima setup --undo", seconds=600)
    doctor.ask(trial, "policy-file").says("policy-file", "ok")


def evm(trial):
    """From now on a signature is not enough: what has no security.evm is refused, and can get no other security.ima."""
    guest = trial.guest
    doctor.ask(trial, "evm").says("evm", "ok", "not in use")
    guest.run(f"cp --preserve=xattr {PLACE}/signed {PLACE}/after && chown {OWNER} {PLACE}/after && {EVM_ON}")
    check(guest.run("cat /sys/kernel/security/evm").strip() == "1", "EVM is not on (the step is wrong)")
    guest.run(f"mkdir {PLACE}/made && touch {PLACE}/made/file")
    check(guest.ask(f"{PLACE}/after")[0] != 0, "the kernel ran a signed program without security.evm (the step is wrong)")
    check(guest.ask(f"evmctl ima_hash {PLACE}/after")[0] != 0, "the kernel let security.ima be replaced (the step is wrong)")
    records = guest.run("journalctl -b --no-pager -o cat _TRANSPORT=kernel + _TRANSPORT=audit | grep -e type=1800 -e type=1801 | tail -n 2")
    check("missing-HMAC" in records and "type=1801" in records, f"the kernel's records are others (the step is wrong):\n{records}")
    said = doctor.ask(trial, "evm", "denials")
    said.says("evm", "problem", "EVM is on (1)", "has no security.evm")
    said.says("denials", "warning", "type=1801", "after")
    trial.note("EVM on: a signed program without security.evm is refused, and doctor says so before")
