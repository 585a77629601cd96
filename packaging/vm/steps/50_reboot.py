# SPDX-License-Identifier: Apache-2.0
"""an enrolled machine is rebooted: it attests again by itself, with the same identity"""
from machine.trial import check

NEEDS = ("keylime",)


def run(trial):
    before = trial.guest.run("cat /proc/sys/kernel/random/boot_id")
    trial.machine.reboot()
    check(trial.guest.run("cat /proc/sys/kernel/random/boot_id") != before, "the machine was not rebooted")
    trial.healthy()
    trial.enrolled.attested(600)
    trial.verify()
