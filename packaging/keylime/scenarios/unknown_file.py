# SPDX-License-Identifier: Apache-2.0
"""a file that the policy does not know is run: the verifier fails the host for it"""


def run(lab):
    host = lab.attested_host("unknown")
    host.run_unknown()
    lab.wait_failed(host, "ima.validation.ima-ng.not_in_allowlist")
