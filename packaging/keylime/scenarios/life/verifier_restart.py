# SPDX-License-Identifier: Apache-2.0
"""the verifier is stopped, files are run meanwhile, and it is started again: it goes on where it was, the host stays attested"""


def run(scene):
    scene.own_servers()
    host = scene.attested_host("vrestart", entries=60)
    scene.servers.verifier.stop(seconds=20)
    host.measure(*scene.recording[60:90])
    scene.servers.start_verifier()
    scene.stays_attested(host)
    before = scene.servers.state(host.uuid)["attestation_count"]
    scene.servers.restart_verifier()
    host.run_unknown()
    scene.wait_failed(host, "ima.validation.ima-ng.not_in_allowlist")
    assert before
