# SPDX-License-Identifier: Apache-2.0
"""W17, W18: agent_data.json is torn: the agent says which file it is and makes no new AK, which the registrar would refuse"""
import glob
import os
import time

from lab.process import Trouble, listens, wait_until

NAME = "agent_data.json"


def run(scene):
    host = scene.registered_host("w18b", entries=20)
    registered = scene.servers.registered(host.uuid)["aik_tpm"]
    host.stop_agent()
    before = host.times_said(NAME)
    file = os.path.join(host.state, NAME)
    with open(file, "rb") as whole:
        text = whole.read()
    torn = text[:len(text) // 2]
    with open(file, "wb") as out:
        out.write(torn)
    host.start_agent(listening=False)
    wait_until("the start is over", lambda: host.times_said(NAME) > before or listens(host.port) or not host.agent.running(), 120)
    time.sleep(5)  # for what it would do next
    wrong = list(_wrong(host, file, torn, before))
    if wrong:
        raise Trouble(f"{', '.join(wrong)} (expected: named, kept as evidence, and nothing made instead):\n{host.agent.tail()}")
    if host.agent.running():
        host.stop_agent()
    with open(file, "wb") as out:
        out.write(text)
    host.start_agent()
    scene.wait_registered(host)
    scene.add(host, host.policy(scene.recording))
    scene.wait_attested(host)
    if scene.servers.registered(host.uuid)["aik_tpm"] != registered:
        raise Trouble("another AK is registered (expected: the one of the file that was put back)")


def _wrong(host, file, torn, before):
    aside = glob.glob(file + ".corrupt-*")
    if aside and os.path.exists(file):
        yield "there is a new file beside the torn one"
    with open(aside[0] if aside else file, "rb") as left:
        if left.read() != torn:
            yield "the torn file was replaced by another AK"
    if host.times_said(NAME) == before:
        yield "the file is not named in the log"
    if host.said("403 Forbidden") or host.said("answered 403"):
        yield "the registrar refused the AK that was made instead"
