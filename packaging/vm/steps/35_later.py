# SPDX-License-Identifier: Apache-2.0
"""securityfs is mounted only after the agent has started: status says what is missing, then attests, without reload or restart"""
from machine.trial import UNIT, check

NEEDS = ("install",)
SECURITYFS = "/sys/kernel/security"


def run(trial):
    guest = trial.guest
    guest.run(f"systemctl stop {UNIT} && umount {SECURITYFS}", seconds=300)
    trial.start()
    text = trial.wait_status(lambda verdict, text: verdict == "failing" and "runtime_measurements" in text, "failing, naming the list")
    pid = trial.main_pid()
    check(guest.ask(f"test -e {SECURITYFS}/integrity")[0] != 0, "securityfs is mounted (the step is wrong)")
    guest.run(f"mount -t securityfs securityfs {SECURITYFS}")
    trial.healthy()
    check(trial.main_pid() == pid, "the agent was restarted (expected: it finds the list by itself)")
    trial.verify()
    trial.note(f"without securityfs: {text[text.find('reason') + 9:][:120]}; mounted: healthy, verified")
