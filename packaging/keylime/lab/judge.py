# SPDX-License-Identifier: Apache-2.0
"""Has Keylime's own code check quotes: signature, nonce, PCR values. Runs in the virtual environment of its servers. Reads
{"aik": the registrar's aik_tpm, "quotes": [[nonce, quote], …]} from stdin; prints a line for each quote that it does not take."""
import base64
import json
import sys

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from keylime.tpm import tpm2_objects, tpm_util


def main():
    asked = json.load(sys.stdin)
    key = tpm2_objects.pubkey_from_tpm2b_public(base64.b64decode(asked["aik"])).public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    for nonce, quote in asked["quotes"]:
        attest, signature, values = (base64.b64decode(part) for part in quote[1:].split(":"))
        try:
            tpm_util.checkquote(key, nonce, signature, attest, values, "sha256")
        except Exception as refusal:  # pylint: disable=broad-except # whatever Keylime says of it
            print(f"{nonce}: {refusal!r}")


main()
