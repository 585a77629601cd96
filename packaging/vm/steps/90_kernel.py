# SPDX-License-Identifier: Apache-2.0
"""the newer kernel (Debian's backports): its list, with a file for each bank, grows, attests and outlives kill -9 as well"""
from machine.steps import Skip
from machine.trial import check

NEEDS = ("install",)
IMA = "/sys/kernel/security/integrity/ima"


def run(trial):
    machine, guest = trial.machine, trial.guest
    kernels = machine.kernels()
    if len(kernels) < 2:
        raise Skip("the image has no kernel from backports: none was obtainable when it was made")
    trial.enrolled.forget()
    machine.reboot(kernel=kernels[-1])
    check(guest.run("uname -r").strip() == kernels[-1], "the newer kernel does not run")
    trial.healthy()
    link = guest.run(f"readlink {IMA}/ascii_runtime_measurements").strip()
    group = guest.run(f"stat -L -c %G {IMA}/ascii_runtime_measurements {IMA}/runtime_measurements_count").split()
    check(link == "ascii_runtime_measurements_sha1" and group == ["attestation-agent"] * 2, f"the list is a link to {link!r}, of {group}")
    trial.enrol()
    before = int(guest.run(f"cat {IMA}/runtime_measurements_count"))
    trial.new_program("newer-kernel")
    trial.verify()
    check(int(guest.run(f"cat {IMA}/runtime_measurements_count")) > before, "the list did not grow")
    pid = trial.main_pid()
    guest.run(f"kill -9 {pid}")
    trial.wait_status(lambda verdict, text: verdict in ("healthy", "degraded") and trial.main_pid() not in (0, pid), "healthy with another process")
    trial.enrolled.attested()
    trial.verify()
    trial.note(f"{kernels[-1]}: the list is a link to {link}; grown, killed, attested")
