# SPDX-License-Identifier: Apache-2.0
"""the AK of an enrolled host is replaced by another one of the same TPM: the registrar refuses it, the verifier its quote"""
import os

from lab.scene import BAD_QUOTE


def run(scene):
    host = scene.attested_host("akswap")
    host.stop_agent()
    os.remove(os.path.join(host.state, "agent_data.json"))
    host.start_agent(listening=False)
    scene.wait_failed(host, BAD_QUOTE, seconds=120)
    host.wait_said("403")
