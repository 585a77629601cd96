# SPDX-License-Identifier: Apache-2.0
"""W17, W18: agent_data.json is torn: the agent says which file it is and makes no new AK, which the registrar would refuse"""
import glob
import os
import time

from lab.process import Trouble, wait_until


def run(scene):
    host = scene.registered_host("w18b", entries=20)
    host.stop_agent()
    file = os.path.join(host.state, "agent_data.json")
    with open(file, "rb") as whole:
        text = whole.read()
    torn = text[:len(text) // 2]
    with open(file, "wb") as out:
        out.write(torn)
    host.start_agent(listening=False)
    wait_until("the file is named", lambda: host.said("agent_data.json") or not host.agent.running(), 120)
    time.sleep(5)  # for what it would do next
    aside = glob.glob(file + ".corrupt-*")
    with open(aside[0] if aside else file, "rb") as left:
        if left.read() != torn or not host.said("agent_data.json") or aside and os.path.exists(file):
            raise Trouble(f"the torn file was replaced, or not named (expected: kept as evidence, and an error):\n{host.agent.tail()}")
    if host.agent.running():
        host.stop_agent()
    with open(file, "wb") as out:
        out.write(text)
    host.start_agent()
    scene.wait_registered(host)
    scene.add(host, host.policy(scene.recording))
    scene.wait_attested(host)
