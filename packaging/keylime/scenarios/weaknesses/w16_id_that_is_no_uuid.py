# SPDX-License-Identifier: Apache-2.0
"""W16: an id that is no UUID is taken as it is and kept, never replaced by another one at each start"""
from lab.process import wait_until


def run(scene):
    host = scene.host("w16")
    host.boot(scene.recording[:20])
    host.uuid = "web-17.rack_3"
    for _ in range(2):
        host.start_agent_as(host.uuid)
        wait_until("it is registered by its id", lambda: scene.servers.registered(host.uuid), 60, host.agent)
        scene.tenant("-c", "regdelete", "-u", host.uuid)
        host.stop_agent()
