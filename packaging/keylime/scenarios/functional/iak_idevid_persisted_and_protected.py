# SPDX-License-Identifier: Apache-2.0
"""persistent IAK and IDevID with passwords, and an endorsement password: registered with them, attested; not with a wrong one"""
import base64
import os

from lab.device_identity import DeviceKey, store
from lab.pki import Authority
from lab.process import Trouble

HANDLES = {"idevid": "0x81020000", "iak": "0x81020001"}
PASSWORDS = {"idevid": "hex:010203", "iak": "plain-text"}


def run(scene):
    host = scene.host("iakkept", enable_iak_idevid=True, tpm_ownerpassword="endorsement")
    maker = Authority(os.path.join(host.folder, "makers"), "maker")
    scene.own_servers(tenant={"tpm_cert_store": store(os.path.join(host.folder, "store"), maker), "require_ek_cert": False})
    host.boot(scene.recording[:20])
    keys = [DeviceKey(host.tpm, name, handle=HANDLES[name], password=PASSWORDS[name]) for name in HANDLES]
    host.tpm.tool("tpm2_changeauth", "-c", "endorsement", "endorsement")
    for key in keys:
        host.options.update({f"{key.name}_handle": HANDLES[key.name], f"{key.name}_password": PASSWORDS[key.name],
                             f"{key.name}_cert": key.certify(maker)})
    host.options["iak_password"] = "wrong"
    host.start_agent(listening=False)
    host.wait_until("the wrong password is told", lambda: host.times_said("ERROR") or host.times_said("failed") or not host.agent.running())
    if scene.servers.registered(host.uuid):
        raise Trouble("registered with a wrong password of the IAK (expected: a failure)")
    host.stop_agent()
    host.options["iak_password"] = PASSWORDS["iak"]
    host.start_agent()
    scene.wait_registered(host)
    for key in keys:
        if base64.b64decode(scene.registered_as(host, f"{key.name}_tpm")) != key.public:
            raise Trouble(f"the registrar's {key.name}_tpm is not the persistent key")
    scene.add(host, host.policy(scene.recording))
    scene.stays_attested(host)
