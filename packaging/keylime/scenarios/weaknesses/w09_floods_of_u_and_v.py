# SPDX-License-Identifier: Apache-2.0
"""W9: 400 parts U with 250 KB of payload each and 400 parts V do not stay in memory; the pair that fits still works"""
import base64
import os

from lab.process import Trouble

SECONDS = 30


def run(scene):
    host = scene.registered_host("w09", entries=20)
    payload = base64.b64encode(os.urandom(250_000)).decode()
    with scene.client(host) as client:
        public = client.get("/v2.1/keys/pubkey").results["pubkey"]
        stranger = scene.servers.seal(public, "another-agent", b"x")
        before = host.resident()
        for _ in range(400):
            client.post("/v2.1/keys/ukey", {**stranger["ukey"], "payload": payload})
        for _ in range(400):
            client.post("/v2.1/keys/vkey", stranger["vkey"])
        grown = host.resident() - before
        assert client.get("/v2.1/keys/verify", challenge="lab").status == 400
    scene.give_payload(host, b"after the flood")
    with scene.client(host) as client:
        verified = client.get("/v2.1/keys/verify", challenge="lab")
    if verified.status != 200 or grown > 50:
        raise Trouble(f"{grown:.0f} MB more memory, keys/verify {verified.status} (expected: less than 50 MB for 100 MB, and 200)")
