# SPDX-License-Identifier: Apache-2.0
"""the agent's versions change while enrolled: the verifier follows up, and fails a host that comes back with older ones"""


def run(scene):
    host = scene.attested_host("bump", entries=20, api_versions="2.1, 2.2")
    assert scene.version_used(host) == "2.2"
    host.stop_agent()
    host.options["api_versions"] = "2.4, 2.5, 2.6"
    host.start_agent()
    scene.stays_attested(host)
    assert scene.version_used(host) == "2.6", scene.servers.state(host.uuid)
    host.stop_agent()
    host.options["api_versions"] = "2.1, 2.2"
    host.start_agent()
    scene.wait_failed(host, "")
