# SPDX-License-Identifier: Apache-2.0
"""functional/tpm_policy-sanity-on-localhost: PCR 23 is in the policy; another value fails the host, a new policy heals it"""
import hashlib

ZERO, OTHER = bytes(32), hashlib.sha256(b"other").digest()


def value(digest=None):
    return '{"23": ["%s"]}' % (hashlib.sha256(ZERO + digest).hexdigest() if digest else ZERO.hex())


def run(scene):
    host = scene.registered_host("tpmpolicy")
    scene.add(host, None, "--tpm_policy", value())
    scene.stays_attested(host)
    host.tpm.extend(23, {"sha1": bytes(20), "sha256": OTHER})
    scene.wait_failed(host, "pcr_validation.invalid_pcr_23")
    scene.add(host, None, "--tpm_policy", value(OTHER), command="update")
    scene.stays_attested(host)
