# SPDX-License-Identifier: Apache-2.0
"""all roles with certificates of an intermediate CA, the agent's key RSA and EC, several CAs in lists and in one file"""
import os

from lab.pki import Authority, settings_of_servers


def run(scene):
    folder = os.path.join(scene.lab.folder, "custom-certificates")
    root = Authority(folder, "root")
    between = Authority(folder, "intermediate", root)
    chain = _joined(folder, "chain.crt", between.certificate, root.certificate)
    scene.own_servers(**settings_of_servers(between, chain))
    other = Authority(folder, "other").certificate
    both = _joined(folder, "both.crt", other, chain)  # functional/basic-attestation-with-concatenated-certificates
    for name, kind, trusted in (("rsa", "rsa:2048", chain), ("ec", "P-256", f"{other}, {chain}"), ("joined", "P-384", both)):
        key, certificate = between.issue(f"agent-{name}", kind)
        host = scene.attested_host(f"cert{name}", entries=20, server_key=key, server_cert=certificate, trusted_client_ca=trusted)
        host.run_unknown()
        scene.wait_failed(host, "ima.validation.ima-ng.not_in_allowlist")


def _joined(folder, name, *files):
    path = os.path.join(folder, name)
    with open(path, "wb") as out:
        for file in files:
            with open(file, "rb") as part:
                out.write(part.read())
    return path
