# SPDX-License-Identifier: Apache-2.0
"""the measured boot log: good with a policy; after a reboot with a line changed in it the PCRs do not agree any more"""
from lab.bootlog import ACCEPT_ALL, BootLog


def run(scene):
    host = scene.host("bootlog")
    host.boot(scene.recording[1:20], BootLog())
    host.start_agent()
    scene.wait_registered(host)
    scene.add(host, host.policy(), "--mb_refstate", host.file("refstate.json", ACCEPT_ALL))
    scene.stays_attested(host)
    host.stop_agent()
    log = BootLog()
    host.boot(scene.recording[1:20], log)
    forged = BootLog()
    forged.events[-2] = (*forged.events[-2][:2], b"kernel_cmdline: root=/dev/vda1 ima_policy=tcb selinux=1\0")
    host.write_boot_log(forged)
    host.start_agent()
    scene.wait_failed(host, "measured_boot")
