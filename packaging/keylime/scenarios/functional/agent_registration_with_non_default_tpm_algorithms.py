# SPDX-License-Identifier: Apache-2.0
"""each key and signature that the verifier accepts: registered and attested with it, agent data removed before"""
from lab.process import Trouble

PAIRS = (("rsa2048", "rsassa", "sha384"), ("rsa3072", "rsassa", "sha256"), ("rsa3072", "rsassa", "sha384"),
         ("ecc256", "ecdsa", "sha256"), ("ecc384", "ecdsa", "sha384"), ("ecc384", "ecdsa", "sha256"))
SECONDS = 60


def run(scene):
    scene.tenant_options = {
        "require_ek_cert": False, "accept_tpm_encryption_algs": "['rsa', 'rsa3072', 'ecc256', 'ecc384']",
        "accept_tpm_signing_algs": "['rsassa', 'ecdsa']"}
    for encryption, signing, hashing in PAIRS:
        host = scene.host(f"{encryption}-{hashing}", banks=("sha1", "sha256", "sha384"),
                          tpm_encryption_alg=encryption, tpm_signing_alg=signing, tpm_hash_alg=hashing)
        host.boot(scene.recording[:20])
        host.start_agent()
        scene.wait_registered(host)
        scene.add(host, host.policy(scene.recording))
        scene.wait_attested(host)
        state = scene.servers.state(host.uuid)
        if (state["enc_alg"], state["sign_alg"], state["hash_alg"]) != (encryption, signing, hashing):
            raise Trouble(f"attested with {state['enc_alg']}, {state['sign_alg']}, {state['hash_alg']} "
                          f"(expected: {encryption}, {signing}, {hashing})")
        host.run_unknown()
        scene.wait_failed(host, "ima.validation.ima-ng.not_in_allowlist")
        host.stop_agent()
