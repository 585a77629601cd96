# SPDX-License-Identifier: Apache-2.0
"""each version that the agent serves is enabled alone: registered, added and attested with it"""
from lab.process import Trouble

SECONDS = 70


def run(scene):
    host = scene.host("oneversion")
    host.boot(scene.recording[:20])
    host.start_agent()
    with scene.client(host) as client:
        versions = client.get("/version").results["supported_versions"]
    host.stop_agent()
    if versions != ["2.1", "2.2", "2.3", "2.4", "2.5", "2.6"]:
        raise Trouble(f"/version lists {versions}")
    for version in versions:
        host.options["api_versions"] = version
        host.start_agent()
        scene.wait_registered(host)
        scene.add(host, host.policy(scene.recording))
        scene.wait_attested(host)
        used = scene.version_used(host)
        if used != version:
            raise Trouble(f"the verifier uses {used} (expected: {version})")
        scene.delete(host)
        host.stop_agent()
