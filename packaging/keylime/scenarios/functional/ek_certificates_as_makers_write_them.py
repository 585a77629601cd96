# SPDX-License-Identifier: Apache-2.0
"""tpm-issuer-cert-using-ecc, add-agent-with-malformed-ek-cert: an EK certificate of an EC CA in an NV area that is larger, and one
that strict parsers refuse, reach the registrar byte by byte"""
import base64
import os
import ssl

from lab.device_identity import store
from lab.pki import Authority, new_key, openssl
from lab.process import Trouble


def run(scene):
    for name, change in (("ekecc", lambda der: der), ("ekodd", _odd)):
        host = scene.host(name, setup=("--allow-signing",))
        host.boot(scene.recording[:20])
        maker = Authority(os.path.join(host.folder, "makers"), "maker", key="P-384")
        der = change(_certificate(host, maker))
        _write(host, der + b"\xff" * 100)
        host.start_agent()
        scene.wait_registered(host)
        told = scene.servers.registered(host.uuid)["ekcert"]
        found = ssl.PEM_cert_to_DER_cert(told) if "BEGIN" in told else base64.b64decode(told)
        if found != der:
            raise Trouble(f"the registrar has an EK certificate of {len(found)} bytes (expected: the {len(der)} bytes of NV)")
        scene.tenant_options = {"tpm_cert_store": store(os.path.join(host.folder, "store"), maker), "require_ek_cert": name == "ekecc"}
        scene.add(host, host.policy(scene.recording))
        scene.wait_attested(host)


def _certificate(host, maker):
    host.tpm.tool("tpm2_createek", "-c", "ek.ctx", "-G", "rsa", "-f", "pem", "-u", "ek.pem")
    host.tpm.flush()
    key = os.path.join(maker.folder, "request.pem")
    new_key(key, "rsa:2048")
    extensions = "basicConstraints=critical,CA:FALSE\nkeyUsage=critical,keyEncipherment\nextendedKeyUsage=2.23.133.8.1\n"
    pem = maker.sign("ek", key, extensions, maker.folder, os.path.join(host.tpm.folder, "ek.pem"))
    openssl("x509", "-in", pem, "-outform", "DER", "-out", pem + ".der")
    with open(pem + ".der", "rb") as der:
        return der.read()


def _odd(der):
    """critical is a BOOLEAN of 01 instead of ff, as in certificates of some makers: BER, no DER."""
    changed = der.replace(b"\x01\x01\xff", b"\x01\x01\x01", 1)
    assert changed != der
    return changed


def _write(host, content):
    with open(os.path.join(host.tpm.folder, "nv"), "wb") as file:
        file.write(content)
    index = "0x01c00002"
    host.tpm.tool("tpm2_nvdefine", index, "-C", "p", "-s", str(len(content)), "-a",
                  "ppwrite|writedefine|ppread|ownerread|authread|no_da|platformcreate")
    host.tpm.tool("tpm2_nvwrite", index, "-C", "p", "-i", "nv")
