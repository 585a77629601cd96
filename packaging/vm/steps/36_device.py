# SPDX-License-Identifier: Apache-2.0
"""the TPM's device and the list appear only after the agent has started: status says what is missing, then attests, without reload or restart"""
import json

from machine.trial import UNIT, check

NEEDS = ("install",)
SECURITYFS = "/sys/kernel/security"
DEVICE = "/dev/tpmrm0"


def connected(text):
    """Whether the section about the TPM is content."""
    return next(section["health"] for section in json.loads(text)["sections"] if section["name"] == "tpm") == "ok"


def run(trial):
    guest = trial.guest
    trial.enrolled.forget()  # a verifier would be given quotes while there is no list
    guest.run(f"systemctl stop {UNIT} && umount {SECURITYFS} && mv {DEVICE} {DEVICE}.away", seconds=300)
    trial.start()
    text = trial.wait_status(
        lambda verdict, text: verdict == "failing" and "runtime_measurements" in text and DEVICE in text and not connected(text),
        "failing, naming device and list")
    pid = trial.main_pid()
    check(guest.ask(f"test -e {SECURITYFS}/integrity")[0] != 0, "securityfs is mounted (the step is wrong)")
    guest.run(f"mv {DEVICE}.away {DEVICE}")
    trial.wait_status(lambda verdict, text: verdict == "failing" and connected(text), "failing, but its TPM connected")
    guest.run(f"mount -t securityfs securityfs {SECURITYFS}")
    trial.healthy()
    check(trial.main_pid() == pid, "the agent was restarted (expected: it finds device and list by itself)")
    trial.verify()
    trial.note(f"without both: {json.loads(text)['reason'][:120]}; device, then list: healthy, verified")
