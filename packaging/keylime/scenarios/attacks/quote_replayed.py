# SPDX-License-Identifier: Apache-2.0
"""an attacker with the host's TLS key serves a good quote again: the verifier fails the host, whose nonce it does not have"""
from lab.impostor import Impostor
from lab.process import free_port
from lab.scene import BAD_QUOTE


def run(scene):
    host = scene.attested_host("replayed")
    scene.stays_attested(host)
    host.stop_agent()
    public, host.port = host.port, free_port()
    host.start_agent()
    real_port, host.port = host.port, public
    kept = []

    def replay(path, real):
        if "quotes/integrity" not in path:
            return real().body
        if not kept:
            kept.append(real(path.split("nonce=")[0] + "nonce=recorded&mask=0x400&partial=0&ima_ml_entry=0").body)
        return kept[0]

    with Impostor(scene, host, real_port, replay):
        scene.wait_failed(host, BAD_QUOTE)
