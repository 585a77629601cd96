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
    memory = trial.memory()
    trial.note(f"the unit's memory, less inactive file pages: {memory:.1f} MiB")
    check(memory <= 88, f"the unit's memory is {memory:.1f} MiB (expected: at most 88)")
