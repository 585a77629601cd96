# SPDX-License-Identifier: Apache-2.0
"""a firmware log and PCRs extended from it: attested; PCRs of another firmware, or no log at all, fail the host"""
import os

from lab.bootlog import ACCEPT_ALL, EV_POST_CODE, BootLog


def run(scene):
    host = _added(scene, "mbgood", lambda host: None)
    scene.stays_attested(host)
    other = BootLog()
    other.events.insert(2, (0, EV_POST_CODE, b"OPTION ROM"))
    host = _added(scene, "mbother", lambda host: host.write_boot_log(other))
    scene.wait_failed(host, "measured_boot.invalid_pcr")
    host = _added(scene, "mbnone", lambda host: os.remove(host.boot_log))
    scene.wait_failed(host, "")


def _added(scene, name, change):
    host = scene.host(name)
    host.boot(scene.recording[1:20], BootLog())
    change(host)
    host.start_agent()
    scene.wait_registered(host)
    scene.add(host, host.policy(), "--mb_refstate", host.file("refstate.json", ACCEPT_ALL))
    return host
