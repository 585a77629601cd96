# SPDX-License-Identifier: Apache-2.0
"""enrolled with Keylime's agent (KEYLIME_PEER_AGENT), stopped, ours started, and back: attested all along, nothing registered anew"""
NEEDS_PEER = True


def run(scene):
    host = scene.host("live")
    host.boot(scene.recording[:40])
    host.start_agent(scene.lab.peer)
    scene.wait_registered(host)
    scene.add(host, host.policy(scene.recording))
    scene.wait_attested(host)
    enrolled = scene.servers.registered(host.uuid)
    for number, agent in enumerate((None, scene.lab.peer, None, scene.lab.peer)):
        host.stop_agent()
        host.measure(*scene.recording[40 + 10 * number:50 + 10 * number])
        host.start_agent(agent)
        scene.stays_attested(host)
        again = scene.servers.registered(host.uuid)
        for key in ("aik_tpm", "ek_tpm", "ekcert", "mtls_cert", "port"):
            assert enrolled[key] == again[key], f"{key} changed to {again[key]}"
    host.stop_agent()
    host.start_agent()
    host.run_unknown()
    scene.wait_failed(host, "ima.validation.ima-ng.not_in_allowlist")
