# SPDX-License-Identifier: Apache-2.0
"""the TPM's driver is unbound: status says so, the unit stays up; bound again it attests without a restart"""
import json

from machine.trial import UNIT, check

NEEDS = ("install",)


def run(trial):
    guest = trial.guest
    pid, restarts = trial.main_pid(), trial.restarts()
    device = guest.run("basename $(readlink -f /sys/class/tpm/tpm0/device)").strip()
    driver = guest.run("readlink -f /sys/class/tpm/tpm0/device/driver").strip()
    guest.run(f"echo {device} >{driver}/unbind")
    check(guest.ask("test -e /dev/tpmrm0")[0] != 0, "the device is still there after unbinding")
    text = trial.wait_status(lambda verdict, text: verdict == "failing" and "TPM" in json.loads(text)["reason"], "failing, and naming the TPM")
    trial.note(f"status: failing, {json.loads(text)['reason']}")
    check(guest.run(f"systemctl is-active {UNIT}").strip() == "active", "the unit did not stay up")
    guest.run(f"echo {device} >{driver}/bind")
    trial.healthy()
    check((trial.main_pid(), trial.restarts()) == (pid, restarts), "the agent was restarted (expected: it goes on by itself)")
    trial.remembered()
