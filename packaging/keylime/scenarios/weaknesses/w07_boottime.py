# SPDX-License-Identifier: Apache-2.0
"""W7: boottime is sent, so that a reboot with a longer list is no pcr_mismatch; and it is the same after an agent restart"""
from lab.process import Trouble


def run(scene):
    host = scene.registered_host("w07")
    first = _boot_time(scene, host)
    host.stop_agent()
    host.start_agent()
    second = _boot_time(scene, host)
    if not isinstance(first, int) or first <= 0 or first != second:
        raise Trouble(f"boottime {first}, after a restart of the agent {second} (expected: the same whole number)")


def _boot_time(scene, host):
    with scene.client(host) as client:
        return client.integrity().results.get("boottime")
