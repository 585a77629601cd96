# SPDX-License-Identifier: Apache-2.0
"""agent and verifier are restarted, the host is removed from the registrar, and added again with another policy: attested"""


def run(scene):
    scene.own_servers()
    host = scene.attested_host("resilience", entries=60)
    scene.servers.restart_verifier()
    scene.stays_attested(host)
    host.stop_agent()
    host.measure(*scene.recording[60:80])
    host.start_agent()
    scene.stays_attested(host)
    scene.tenant("-c", "regdelete", "-u", host.uuid)
    host.stop_agent()
    host.start_agent()
    scene.wait_registered(host)
    scene.stays_attested(host)
    scene.update_policy(host, host.policy(scene.recording, excludes=["/tmp/.*"]))
    host.run_unknown(b"/tmp/excluded")
    scene.stays_attested(host)
    host.run_unknown()
    scene.wait_failed(host, "ima.validation.ima-ng.not_in_allowlist")
