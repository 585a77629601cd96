# SPDX-License-Identifier: Apache-2.0
"""the TPM's driver is unbound: status says so, the unit stays up; bound again it quotes without a restart"""
import json

from machine.trial import UNIT, check

NEEDS = ("install",)
COUNT = "cat /sys/kernel/security/integrity/ima/runtime_measurements_count"


def health(text):
    """Of the section about the TPM."""
    return next(section["health"] for section in json.loads(text)["sections"] if section["name"] == "tpm")


def run(trial):
    """Last in a boot: IMA keeps the chip that it found at its start, and never extends into the one that is bound again."""
    guest = trial.guest
    trial.enrolled.forget()
    trial.healthy()
    pid, restarts, count = trial.main_pid(), trial.restarts(), int(guest.run(COUNT))
    device = guest.run("basename $(readlink -f /sys/class/tpm/tpm0/device)").strip()
    driver = guest.run("readlink -f /sys/class/tpm/tpm0/device/driver").strip()
    guest.run(f"echo {device} >{driver}/unbind")
    check(guest.ask("test -e /dev/tpmrm0")[0] != 0, "the device is still there after unbinding")
    # Nothing asks for quotes here: the agent itself must notice, and a verifier that asks gets no answer that verifies.
    trial.verify(expect=2)
    text = trial.wait_status(lambda verdict, text: verdict == "failing" and health(text) != "ok", "failing, its TPM section too")
    trial.note(f"status: failing, {json.loads(text)['reason']}")
    check(guest.run(f"systemctl is-active {UNIT}").strip() == "active", "the unit did not stay up")
    guest.run(f"echo {device} >{driver}/bind")
    trial.wait_status(lambda verdict, text: verdict != "not running" and health(text) == "ok", "its TPM section is ok")
    check((trial.main_pid(), trial.restarts()) == (pid, restarts), "the agent was restarted (expected: it goes on by itself)")
    lost = int(guest.run(COUNT)) - count
    for _ in range(4):  # an entry is called never extended after several quotes
        trial.verify(expect=None)
    if lost:
        trial.wait_status(lambda verdict, text: verdict == "failing" and "never extended" in text, "failing, for entries never extended")
    else:
        trial.healthy()
    trial.note(f"bound again: quotes by the same process; {lost} entries were listed meanwhile, which IMA cannot extend any more")
