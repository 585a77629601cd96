# SPDX-License-Identifier: Apache-2.0
"""Certificates of a scenario's own, by openssl."""
import os
import subprocess

from .process import Trouble

CA = "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\n"
LEAF = "basicConstraints=critical,CA:FALSE\nsubjectAltName=IP:127.0.0.1,DNS:localhost\nextendedKeyUsage=serverAuth,clientAuth\n"


class Authority:
    """A CA in a folder: NAME.key and NAME.crt of itself and of what it issued."""

    def __init__(self, folder, name, issuer=None, key="rsa:2048"):
        self.folder, self.name = folder, name
        os.makedirs(folder, exist_ok=True)
        self.certificate, self.key = self._path("crt"), self._path("key")
        new_key(self.key, key)
        if issuer:
            issuer.sign(name, self.key, CA, folder)
        else:
            openssl("req", "-x509", "-new", "-key", self.key, "-subj", f"/CN={name}", "-days", "3650", "-out", self.certificate,
                    "-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign,cRLSign")

    def issue(self, name, key="rsa:2048"):
        """Paths of a new key and its certificate, for servers and clients."""
        path = os.path.join(self.folder, f"{name}.key")
        new_key(path, key)
        return path, self.sign(name, path, LEAF, self.folder)

    def sign(self, name, key, extensions, folder, public=None):
        """public: another public key for the certificate than that of key, as for a TPM's."""
        request, extension, out = (os.path.join(folder, f"{name}.{kind}") for kind in ("csr", "ext", "crt"))
        openssl("req", "-new", "-key", key, "-subj", f"/CN={name}", "-out", request)
        with open(extension, "w", encoding="ascii") as file:
            file.write(extensions)
        openssl("x509", "-req", "-in", request, "-CA", self.certificate, "-CAkey", self.key, "-CAcreateserial", "-days", "3000",
                "-extfile", extension, "-out", out, *(("-force_pubkey", public) if public else ()))
        return out

    def _path(self, kind):
        return os.path.join(self.folder, f"{self.name}.{kind}")


def settings_of_servers(authority, chain):
    """For Scene.own_servers: all roles with certificates of this CA, whose chain is in that file."""
    client_key, client_certificate = authority.issue("client")
    client = {"client_key": client_key, "client_cert": client_certificate, "trusted_server_ca": f'["{chain}"]'}
    settings = {"tenant": {"tls_dir": authority.folder, **client}, "paths": (chain, client_certificate, client_key)}
    for part in ("verifier", "registrar"):
        key, certificate = authority.issue(part)
        settings[part] = {"tls_dir": authority.folder, "trusted_client_ca": f'["{chain}"]', "server_key": key, "server_cert": certificate}
    settings["verifier"].update(client)
    return settings


def new_key(path, kind):
    """kind: rsa:2048, or the name of a curve."""
    algorithm, _, bits = kind.partition(":")
    options = ("RSA", "-pkeyopt", f"rsa_keygen_bits:{bits}") if bits else ("EC", "-pkeyopt", f"ec_paramgen_curve:{algorithm}")
    openssl("genpkey", "-algorithm", *options, "-out", path)
    os.chmod(path, 0o600)


def openssl(*arguments):
    ran = subprocess.run(["openssl", *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                         text=True, check=False)
    if ran.returncode:
        raise Trouble(f"openssl {' '.join(arguments)} failed:\n{ran.stdout}")
    return ran.stdout
