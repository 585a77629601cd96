# SPDX-License-Identifier: Apache-2.0
"""a file that the policy does not know is run: the verifier fails the host for it"""


def run(scene):
    host = scene.attested_host("unknown")
    host.run_unknown()
    scene.wait_failed(host, "ima.validation.ima-ng.not_in_allowlist")
