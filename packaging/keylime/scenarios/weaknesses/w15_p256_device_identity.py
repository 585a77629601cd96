# SPDX-License-Identifier: Apache-2.0
"""W15: the certificate of a P-256 IAK means template H-2, not SM2: registered with that key"""
import base64
import os

from lab.device_identity import KEYS, DeviceKey, store
from lab.pki import Authority
from lab.process import Trouble


def run(scene):
    host = scene.host("w15", enable_iak_idevid=True, iak_idevid_template="detect")
    maker = Authority(os.path.join(host.folder, "makers"), "maker")
    scene.own_servers(tenant={"tpm_cert_store": store(os.path.join(host.folder, "store"), maker), "require_ek_cert": False})
    host.boot(scene.recording[:20])
    keys = [DeviceKey(host.tpm, name, "H-2") for name in KEYS]
    for key in keys:
        host.options[f"{key.name}_cert"] = key.certify(maker)
    host.start_agent(listening=False)
    scene.wait_registered(host)
    for key in keys:
        if base64.b64decode(scene.registered_as(host, f"{key.name}_tpm")) != key.public:
            raise Trouble(f"the registrar's {key.name}_tpm differs from tpm2_createprimary's key")
