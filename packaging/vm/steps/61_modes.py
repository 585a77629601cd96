# SPDX-License-Identifier: Apache-2.0
"""kernel lines that deny nothing, then EVM from label to denial: doctor says what the kernel does, and its repair repairs"""
from machine import doctor
from machine.qemu import POLICY
from machine.trial import check

NEEDS = ("install",)
PLACE = "/var/lib/modes"
OWNER = 4243
RULES = f"measure func=BPRM_CHECK\nappraise func=BPRM_CHECK fowner={OWNER}\n"
# What doctor samples: all of these folders, and what links in them lead to.
LABEL = "for folder in /usr/bin /usr/sbin; do evmctl ima_hash -r $folder; done; for file in $(find /usr/bin /usr/sbin -type l -exec readlink -f {} ';' | " \
        "sort -u | grep -v -e ^/usr/bin -e ^/usr/sbin -e ^/bin -e ^/sbin) /usr/lib/systemd/systemd /usr/lib/attestation-agent/runtime/bin/java " \
        "/usr/lib/attestation-agent/runtime/lib/server/libjvm.so; do [ ! -f $file ] || evmctl ima_hash $file; done"
# Linux 6.1 crashes at the next file that is made (a null pointer in evm_inode_init_security) when EVM is on and bpf is one of the LSMs.
NO_BPF = "lsm=lockdown,yama,integrity,apparmor"
NEW_KEY = f"head -c 32 /dev/urandom | od -An -v -tx1 | tr -d ' \\n' >{PLACE}/kmk && keyctl add user kmk $(cat {PLACE}/kmk) @u && " \
          f"keyctl pipe $(keyctl add encrypted evm-key 'new user:kmk 64' @u) >{PLACE}/evm-key"
OLD_KEY = f"keyctl add user kmk $(cat {PLACE}/kmk) @u && keyctl add encrypted evm-key \"load $(cat {PLACE}/evm-key)\" @u"
ON = "keyctl link @u @s && {} && echo 1 >/sys/kernel/security/evm"


def run(trial):
    guest = trial.guest
    trial.enrolled.forget()
    guest.write(f"{PLACE}/policy", RULES)
    for name in ("logged", "fixed", "plain"):
        guest.run(f"(cat /bin/true; echo {name}) >{PLACE}/{name} && chmod 755 {PLACE}/{name} && chown {OWNER} {PLACE}/{name}")
    logged(trial)
    fixed(trial)
    enforced(trial)
    trial.machine.reboot()
    trial.healthy()


def boot(trial, options):
    trial.machine.reboot(options=f"{POLICY} {options}")
    trial.guest.run(f"echo {PLACE}/policy >/sys/kernel/security/ima/policy")


def logged(trial):
    boot(trial, "ima_appraise=log")
    trial.guest.run(f"{PLACE}/logged")
    said = doctor.ask(trial, "appraise-mode", "denials")
    said.says("appraise-mode", "warning", "ima_appraise=log: nothing is denied")
    said.says("denials", "warning", "only recorded: ima_appraise=log", f"{PLACE}/logged")
    trial.note("ima_appraise=log: a program without security.ima runs, and doctor says that nothing is denied")


def fixed(trial):
    guest = trial.guest
    boot(trial, f"ima_appraise=fix evm=fix {NO_BPF}")
    guest.run(ON.format(NEW_KEY))
    said = doctor.ask(trial, "appraise-mode", "evm")
    said.says("appraise-mode", "warning", "ima_appraise=fix: nothing is denied")
    repair = said.says("evm", "problem", "EVM is on (1)", "has no security.evm")
    check("evm=fix" in repair and "evmctl ima_hash FILE" in repair, f"the repair is {repair!r}")
    guest.run(f"{PLACE}/fixed && getfattr -m security.evm {PLACE}/fixed | grep security.evm")
    guest.run(f"({LABEL}) >/dev/null 2>&1; getfattr -m security.evm /usr/bin/ls | grep security.evm", seconds=900)
    doctor.ask(trial, "evm").says("evm", "ok", "the samples have security.evm")
    trial.note(f"evm=fix: repaired by: {repair}")


def enforced(trial):
    guest = trial.guest
    boot(trial, NO_BPF)
    guest.run(ON.format(OLD_KEY))
    guest.run(f"{PLACE}/fixed")
    check(guest.ask(f"{PLACE}/plain")[0] != 0, "the kernel ran a program without security.evm")
    said = doctor.ask(trial, "appraise-mode", "evm", "denials")
    said.says("appraise-mode", "ok", "enforce")
    said.says("evm", "ok", "EVM is on (1)")
    said.says("denials", "warning", "1 denials, the last", f"{PLACE}/plain")
    trial.note("enforced: what was labelled runs, what was not is refused")
