# SPDX-License-Identifier: Apache-2.0
"""W18: the TPM has no room for the AK for once: the agent tries again with the registered key, and never makes another one"""
import struct
import time

from lab.mux import Mux
from lab.process import Trouble

LOAD, TPM_RC_OBJECT_MEMORY = 0x157, 0x902


def run(scene):
    host = scene.attested_host("w18", entries=20)
    before = scene.servers.registered(host.uuid)["aik_tpm"]
    host.stop_agent()
    mux = Mux(host.tpm)
    host.tcti = mux.tcti
    failed = []
    mux.before[LOAD] = lambda _: None if failed else failed.append(1) or struct.pack(">HII", 0x8001, 10, TPM_RC_OBJECT_MEMORY)
    try:
        host.start_agent(listening=False)
        host.wait_until("the key was tried", lambda: failed)
        time.sleep(1)
        if not host.agent.running():  # as a service manager does it
            host.start_agent(listening=False)
        scene.stays_attested(host)
        if scene.servers.registered(host.uuid)["aik_tpm"] != before:
            raise Trouble("another AK is registered")
    finally:
        mux.close()
