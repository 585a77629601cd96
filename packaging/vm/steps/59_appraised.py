# SPDX-License-Identifier: Apache-2.0
"""rebooted with the installed policy: PID 1 loads it, doctor says which key is missing, and its command loads it"""
from machine import doctor
from machine.trial import check

NEEDS = ("policy",)
PLACE = "/var/lib/trial"


def run(trial):
    guest = trial.guest
    trial.machine.reboot()
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
    guest.run("AGENT_JAVA_OPTS=-XX:TieredStopAtLevel=1 agent ima setup --undo", seconds=600)
    doctor.ask(trial, "policy-file").says("policy-file", "ok")
