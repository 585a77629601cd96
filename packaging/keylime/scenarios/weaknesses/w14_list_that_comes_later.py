# SPDX-License-Identifier: Apache-2.0
"""W14: the measurement list is not there when the agent starts (securityfs mounted late): it is served once it is"""
import os

from lab.process import wait_until


def run(scene):
    host = scene.host("w14")
    host.boot(scene.recording[:20])
    os.rename(host.list, host.list + ".later")
    host.start_agent()
    scene.wait_registered(host)
    os.rename(host.list + ".later", host.list)
    wait_until("the list is served", lambda: _lines(scene, host) == 20, 120, host.agent)


def _lines(scene, host):
    with scene.client(host) as client:
        client.connection.timeout = 70
        answer = client.integrity()
        return answer.results.get("ima_measurement_list", "").count("\n") if answer.status == 200 else None
