# SPDX-License-Identifier: Apache-2.0
"""an agent of versions 2.1 and 2.2: the highest common one is used; one that has no version in common is not added"""
from lab.process import Trouble


def run(scene):
    host = scene.registered_host("versions", entries=20, api_versions="2.1, 2.2")
    assert host.said("Starting server with API versions: 2.1, 2.2\n"), "the versions are not in the log"
    scene.add(host, host.policy(scene.recording))
    scene.wait_attested(host)
    version = scene.version_used(host)
    if version != "2.2":
        raise Trouble(f"the verifier uses version {version} (expected: 2.2)")
    with scene.client(host) as client:
        unknown = client.get("/v2.6/quotes/identity", nonce="lab")
    assert unknown.status == 400 and "API version not supported" in unknown.json["status"], unknown
