# SPDX-License-Identifier: Apache-2.0
"""sanity/agent-service-start: with no more than Keylime's default configuration it comes up and asks the registrar"""


def run(scene):
    host = scene.host("defaults")
    host.boot([])
    defaults = ("ip", "contact_ip", "registrar_ip", "version", "enable_revocation_notifications", "trusted_client_ca")
    host.left_out = {*defaults, "uuid", "ima_ml_path", "measuredboot_ml_path"}
    client_ca = f"{host.state}/cv_ca/cacert.crt"
    with open(scene.servers.client_ca, encoding="ascii") as ca:
        host.file(client_ca, ca.read())
    host.uuid = "d432fbb3-d2f1-4a97-9ef7-75bd81c00000"
    host.start_agent()
    host.wait_said("Requesting registrar API version", f"SUCCESS: Agent {host.uuid} registered")
    scene.wait_registered(host)
    with scene.client(host) as client:
        assert client.identity().status == 200
