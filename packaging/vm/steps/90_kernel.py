# SPDX-License-Identifier: Apache-2.0
"""the newer kernel (Debian's backports): its list, with a file for each bank, attests as well"""
from machine.steps import Skip
from machine.trial import check

NEEDS = ("install",)


def run(trial):
    kernels = trial.machine.kernels()
    if len(kernels) < 2:
        raise Skip("the image has no kernel from backports: none was obtainable when it was made")
    trial.machine.reboot(kernel=kernels[-1])
    check(trial.guest.run("uname -r").strip() == kernels[-1], "the newer kernel does not run")
    trial.healthy()
    links = trial.guest.run("readlink /sys/kernel/security/integrity/ima/ascii_runtime_measurements || true").strip()
    trial.note(f"{kernels[-1]}: the list is {'a link to ' + links if links else 'a file'}")
    trial.enrol()
    trial.verify()
