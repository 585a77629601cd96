# SPDX-License-Identifier: Apache-2.0
"""the agent's own certificate gives no access to the administration of registrar and verifier, nor to another agent"""
import http.client
import os
import ssl

from lab.client import Client, context
from lab.process import Trouble


def run(scene):
    host = scene.attested_host("ownkey", entries=20)
    own = os.path.join(host.state, "server-cert.crt"), os.path.join(host.state, "server-private.pem")
    doors = ((scene.servers.registrar_tls_port, f"/v2.1/agents/{host.uuid}"), (scene.servers.verifier_port, f"/v2.1/agents/{host.uuid}"),
             (host.port, "/v2.1/keys/pubkey"))
    for port, path in doors:
        answer = _ask(port, path, context(*own))
        if answer is not None and answer.status not in (401, 403):
            raise Trouble(f"port {port} answered {answer} to the agent's own certificate (expected: a refusal)")
    answer = _ask(host.port, "/version", context())
    if answer is not None:
        raise Trouble(f"the agent answered {answer} without a client certificate (expected: a refused handshake)")
    scene.stays_attested(host)


def _ask(port, path, tls):
    try:
        with Client(port, tls, 30) as client:
            return client.get(path)
    except (ssl.SSLError, ConnectionError, http.client.HTTPException):
        return None
