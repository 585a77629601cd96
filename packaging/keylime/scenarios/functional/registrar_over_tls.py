# SPDX-License-Identifier: Apache-2.0
"""registration over TLS with the registrar's CA: registered and attested; with another CA it is refused, and told"""
import os

from lab.pki import Authority


def run(scene):
    host = scene.host("regtls", registrar_port=1, registrar_tls_enabled=True, registrar_tls_port=scene.servers.registrar_tls_port)
    host.options["registrar_tls_ca_cert"] = Authority(os.path.join(host.folder, "makers"), "stranger").certificate
    host.boot(scene.recording[:20])
    host.start_agent()
    host.wait_said("registration failed")
    assert not scene.servers.registered(host.uuid)
    host.stop_agent()
    host.options["registrar_tls_ca_cert"] = scene.servers.client_ca
    host.start_agent()
    scene.wait_registered(host)
    scene.add(host, host.policy(scene.recording))
    scene.stays_attested(host)
