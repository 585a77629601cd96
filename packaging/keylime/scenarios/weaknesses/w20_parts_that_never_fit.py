# SPDX-License-Identifier: Apache-2.0
"""W20: parts U and V of two agents are taken, as the protocol has it, but keys/verify and the journal say that they do not fit"""
from lab.process import Trouble


def run(scene):
    host = scene.registered_host("w20", entries=20)
    with scene.client(host) as client:
        public = client.get("/v2.1/keys/pubkey").results["pubkey"]
        stranger = scene.servers.seal(public, "another-agent", b"x")
        for part in ("ukey", "vkey"):
            assert client.post(f"/v2.1/keys/{part}", stranger[part]).status == 200
        refused = client.get("/v2.1/keys/verify", challenge="lab")
    if refused.status != 400 or "do not belong together" not in refused.json["status"]:
        raise Trouble(f"keys/verify answered {refused} (expected: 400, and that the parts do not belong together)")
    host.wait_said("payload key not known", host.uuid, "do not belong together")
    scene.give_payload(host, b"of this agent")
    with scene.client(host) as client:
        assert client.get("/v2.1/keys/verify", challenge="lab").status == 200
