# SPDX-License-Identifier: Apache-2.0
"""W14: no client CA can be read: the agent says so and ends, instead of running and refusing everybody"""
from lab.process import Trouble, wait_until


def run(scene):
    host = scene.host("w14b", trusted_client_ca="/nowhere/cacert.crt")
    host.boot(scene.recording[:5])
    host.start_agent(listening=False)
    wait_until("the agent ends", lambda: not host.agent.running(), 60)
    if host.agent.child.returncode == 0 or not host.said("/nowhere/cacert.crt"):
        raise Trouble(f"ended with {host.agent.child.returncode} (expected: a failure that names the file):\n{host.agent.tail()}")
