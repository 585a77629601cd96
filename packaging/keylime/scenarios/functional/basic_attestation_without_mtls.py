# SPDX-License-Identifier: Apache-2.0
"""without mutual TLS: refuses to start with a payload script; attested without one; takes payloads only when told to"""
import os

from lab.process import wait_until


def run(scene):
    scene.own_servers(verifier={"enable_agent_mtls": False}, tenant={"enable_agent_mtls": False})
    host = scene.host("nomtls", enable_agent_mtls=False, payload_script="autorun.sh")
    host.boot(scene.recording[:50])
    host.start_agent(listening=False)
    wait_until("the agent refuses to start", lambda: not host.agent.running(), 120)
    assert host.agent.child.returncode not in (0, None), host.agent.child.returncode
    assert host.said("enable_insecure_payload"), "the reason is not told"
    host.options["payload_script"] = ""
    host.start_agent()
    scene.wait_registered(host)
    assert scene.servers.registered(host.uuid)["mtls_cert"] == "disabled"
    secret = host.file("secret.txt", "not to be deployed\n")
    scene.add(host, host.policy(scene.recording), "-f", secret)
    scene.stays_attested(host)
    assert not os.path.exists(host.seen(os.path.join(host.secure, "unzipped", "decrypted_payload")))
    host.stop_agent()
    host.options["enable_insecure_payload"] = True
    host.start_agent()
    scene.delete(host)
    scene.add(host, host.policy(scene.recording), "-f", secret)
    deployed = host.seen(os.path.join(host.secure, "unzipped", "decrypted_payload"))
    wait_until("the payload is there", lambda: os.path.exists(deployed), 120, host.agent)
    host.run_unknown()
    scene.wait_failed(host, "ima.validation.ima-ng.not_in_allowlist")
