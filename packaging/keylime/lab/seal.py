# SPDX-License-Identifier: Apache-2.0
"""Makes what a tenant sends: U with a sealed payload, and V. Runs in the virtual environment of Keylime's servers, which has
the cryptography. Reads {"pubkey": PEM, "agent": id, "payload": base64} from stdin; prints the bodies of the two requests."""
import base64
import hashlib
import hmac
import json
import os
import sys

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes


def text(data):
    return base64.b64encode(data).decode()


def main():
    asked = json.load(sys.stdin)
    public = serialization.load_pem_public_key(asked["pubkey"].encode())
    oaep = padding.OAEP(padding.MGF1(hashes.SHA1()), hashes.SHA1(), None)  # Keylime's wire format
    key, v, iv = os.urandom(32), os.urandom(32), os.urandom(16)
    u = bytes(a ^ b for a, b in zip(key, v))
    encryptor = Cipher(algorithms.AES(key), modes.GCM(iv)).encryptor()
    sealed = iv + encryptor.update(base64.b64decode(asked["payload"])) + encryptor.finalize() + encryptor.tag
    tag = hmac.new(key, asked["agent"].encode(), hashlib.sha384).hexdigest()
    json.dump({"key": text(key), "ukey": {"auth_tag": tag, "encrypted_key": text(public.encrypt(u, oaep)), "payload": text(sealed)},
               "vkey": {"encrypted_key": text(public.encrypt(v, oaep))}}, sys.stdout)


main()
