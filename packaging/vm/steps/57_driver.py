# SPDX-License-Identifier: Apache-2.0
"""the TPM's driver is unbound: status says so, the unit stays up; bound again it names the device; a reboot heals"""
import json

from machine.trial import UNIT, check

NEEDS = ("install",)
COUNT = "cat /sys/kernel/security/integrity/ima/runtime_measurements_count"


def health(text):
    """Of the section about the TPM."""
    return next(section["health"] for section in json.loads(text)["sections"] if section["name"] == "tpm")


def run(trial):
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
    guest.run("udevadm settle")
    # IMA holds the former device until the reboot: the kernel gives the same chip another number, and never extends into it.
    names = guest.run("ls /dev/ | grep ^tpmrm").split()
    check("tpmrm0" not in names and names, f"after binding there are {names} (expected: another number than before)")
    text = trial.wait_status(lambda verdict, text: verdict == "failing" and names[0] in text, f"failing, and naming {names[0]}")
    check("reboot" in text, f"the status does not say what to do:\n{text}")
    check((trial.main_pid(), trial.restarts()) == (pid, restarts), "the agent was restarted (expected: it stays up and says why)")
    trial.note(f"bound again: {json.loads(text)['reason']}; {int(guest.run(COUNT)) - count} entries never extended")
    trial.machine.reboot()
    trial.healthy()
    trial.verify()
