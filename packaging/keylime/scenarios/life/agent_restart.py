# SPDX-License-Identifier: Apache-2.0
"""the agent is restarted in order, then killed, while enrolled: the host stays attested"""
import signal


def run(scene):
    host = scene.attested_host("restart")
    host.stop_agent()
    host.start_agent()
    scene.wait_attested(host)
    host.measure(*scene.recording[100:120])
    host.stop_agent(how=signal.SIGKILL)
    host.start_agent()
    scene.wait_attested(host)
