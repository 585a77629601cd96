# SPDX-License-Identifier: Apache-2.0
"""IAK and IDevID made anew from TCG's template equal tpm2_createprimary's; registered with certificates of the right CA only"""
import base64
import os

from lab.device_identity import KEYS, DeviceKey, store
from lab.pki import Authority
from lab.process import Trouble


def run(scene):
    host = scene.host("iak", enable_iak_idevid=True, iak_idevid_template="detect")
    good, bad = (Authority(os.path.join(host.folder, "makers"), name) for name in ("maker", "stranger"))
    scene.own_servers(tenant={"tpm_cert_store": store(os.path.join(host.folder, "store"), good), "require_ek_cert": False})
    host.boot(scene.recording[:20])
    keys = [DeviceKey(host.tpm, name) for name in KEYS]
    _certify(host, bad, keys)
    host.start_agent(listening=False)
    host.wait_said("registration failed")
    if scene.servers.registered(host.uuid):
        raise Trouble("registered with certificates of an unknown CA (expected: refused)")
    host.stop_agent()
    _certify(host, good, keys)
    host.start_agent()
    scene.wait_registered(host)
    for key in keys:
        if base64.b64decode(scene.registered_as(host, f"{key.name}_tpm")) != key.public:
            raise Trouble(f"the registrar's {key.name}_tpm differs from tpm2_createprimary's key")
    scene.add(host, host.policy(scene.recording))
    scene.stays_attested(host)


def _certify(host, authority, keys):
    for key in keys:
        host.options[f"{key.name}_cert"] = key.certify(authority)
