# SPDX-License-Identifier: Apache-2.0
"""IDevID and IAK as tpm2-tools make them from TCG's templates (TPM 2.0 Keys for Device Identity and Attestation), with certificates."""
import os
import struct

from .pki import new_key

COMMON = "fixedtpm|fixedparent|sensitivedataorigin|userwithauth|adminwithpolicy|sign"
# Name to: authPolicy of SHA-256 templates, "unique", attributes, scheme of an RSA key.
KEYS = {
    "idevid": ("ad6b3a2284fd698a0710bf5cc1b9bdf15e2532e3f601fa4b93a6a8fa8de579ea", b"IDEVID", COMMON, "null"),
    "iak": ("5437182326e414fca797d5f174615a1641f61255797c3a2b22c21d120b2d1e07", b"IAK", COMMON + "|restricted", "rsapss-sha256"),
}


class DeviceKey:
    """One of the two: its public area as TPM2B_PUBLIC, and as a PEM file; left in the TPM only with a handle."""

    def __init__(self, tpm, name, template="H-1", handle=None, password=None):
        policy, unique, attributes, scheme = KEYS[name]
        self.name, self.pem = name, os.path.join(tpm.folder, f"{name}.pem")
        if template == "H-1":
            algorithm, unique = f"rsa2048:{scheme}:null", struct.pack("<H", len(unique)) + unique
        else:  # H-2; tpm2-tools read a native TPMS_ECC_POINT
            algorithm = "ecc256:ecdsa-sha256:null"
            unique = 2 * (struct.pack("<H", len(unique)) + unique.ljust(128, b"\0"))
        for file, data in (("policy", bytes.fromhex(policy)), ("unique", unique)):
            with open(os.path.join(tpm.folder, file), "wb") as out:
                out.write(data)
        tpm.tool("tpm2_createprimary", "-C", "e", "-g", "sha256", "-G", algorithm, "-a", attributes, "-L", "policy", "-u", "unique",
                 "-c", f"{name}.ctx", *(("-p", password) if password else ()))
        uses = [("tpm2_readpublic", "-c", f"{name}.ctx", "-f", "pem", "-o", f"{name}.pem"),
                ("tpm2_readpublic", "-c", f"{name}.ctx", "-f", "tss", "-o", f"{name}.tss")]
        if handle:
            uses.append(("tpm2_evictcontrol", "-C", "o", "-c", f"{name}.ctx", handle))
        for use in uses:
            tpm.flush()  # each loads it again, and there are three places
            tpm.tool(*use)
        tpm.flush()
        with open(os.path.join(tpm.folder, f"{name}.tss"), "rb") as public:
            self.public = public.read()

    def certify(self, authority):
        """The path of a certificate for it."""
        key = os.path.join(authority.folder, f"{self.name}-request.pem")
        new_key(key, "rsa:2048")
        return authority.sign(f"{self.name}-of-{authority.name}", key, "basicConstraints=critical,CA:FALSE\n", authority.folder, self.pem)


def store(folder, *authorities):
    """A tenant's and registrar's tpm_cert_store with these CAs."""
    os.makedirs(folder)
    for authority in authorities:
        os.symlink(authority.certificate, os.path.join(folder, f"{authority.name}.pem"))
    return folder
