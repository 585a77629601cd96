# SPDX-License-Identifier: Apache-2.0
"""KEYLIME_AGENT_REGISTRAR_PORT and others win over agent.conf: the host registers where they say"""


def run(scene):
    host = scene.host("envvar", registrar_port=1, registrar_ip="192.0.2.1", contact_port=1)
    host.env = {"KEYLIME_AGENT_REGISTRAR_IP": "127.0.0.1", "KEYLIME_AGENT_REGISTRAR_PORT": str(scene.servers.registrar_port),
                "KEYLIME_AGENT_CONTACT_PORT": str(host.port)}
    host.boot(scene.recording[:20])
    host.start_agent()
    scene.wait_registered(host)
    assert scene.servers.registered(host.uuid)["port"] == host.port
    scene.add(host, host.policy(scene.recording))
    scene.wait_attested(host)
