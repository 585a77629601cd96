# SPDX-License-Identifier: Apache-2.0
"""a verifier in push mode never asks a pull agent, which stays as it is; one in pull mode then attests it"""
import time

from lab.process import Trouble


def run(scene):
    scene.own_servers(verifier={"mode": "push"})
    host = scene.registered_host("mismatch", entries=20)
    policy = host.policy(scene.recording)
    scene.add(host, policy, "--push-model")
    time.sleep(5)  # several of its quote intervals
    state = scene.servers.state(host.uuid)
    if state["attestation_status"] == "PASS" or state["attestation_count"]:
        raise Trouble(f"the push verifier says {state['attestation_status']} (expected: nothing yet)")
    scene.delete(host)
    scene.servers.set("verifier", mode="pull")
    scene.servers.restart_verifier()
    scene.add(host, policy)
    scene.stays_attested(host)
