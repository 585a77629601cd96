# SPDX-License-Identifier: Apache-2.0
"""all roles with certificates of an intermediate CA, the agent's key RSA and EC, several CAs in lists and in one file"""
import os

from lab.pki import Authority


def run(scene):
    folder = os.path.join(scene.lab.folder, "custom-certificates")
    root = Authority(folder, "root")
    between = Authority(folder, "intermediate", root)
    chain = _joined(folder, "chain.crt", between.certificate, root.certificate)
    scene.own_servers(**_settings(folder, between, chain))
    other = Authority(folder, "other").certificate
    both = _joined(folder, "both.crt", other, chain)  # functional/basic-attestation-with-concatenated-certificates
    for name, kind, trusted in (("rsa", "rsa:2048", chain), ("ec", "P-256", f"{other}, {chain}"), ("joined", "P-384", both)):
        key, certificate = between.issue(f"agent-{name}", kind)
        host = scene.attested_host(f"cert{name}", entries=20, server_key=key, server_cert=certificate, trusted_client_ca=trusted)
        host.run_unknown()
        scene.wait_failed(host, "ima.validation.ima-ng.not_in_allowlist")


def _settings(folder, authority, chain):
    options = {"tls_dir": folder, "trusted_client_ca": f'["{chain}"]'}
    client_key, client_certificate = authority.issue("client")
    client = {"client_key": client_key, "client_cert": client_certificate, "trusted_server_ca": f'["{chain}"]'}
    both = {}
    for part in ("verifier", "registrar"):
        key, certificate = authority.issue(part)
        both[part] = {**options, "server_key": key, "server_cert": certificate}
    return {"verifier": {**both["verifier"], **client}, "registrar": both["registrar"], "tenant": {"tls_dir": folder, **client},
            "paths": (chain, client_certificate, client_key)}


def _joined(folder, name, *files):
    path = os.path.join(folder, name)
    with open(path, "wb") as out:
        for file in files:
            with open(file, "rb") as part:
                out.write(part.read())
    return path
