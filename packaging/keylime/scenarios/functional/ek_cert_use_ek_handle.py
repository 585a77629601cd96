# SPDX-License-Identifier: Apache-2.0
"""a persistent EK by its handle, an endorsement password, and only TPM makers of the tenant's store: added; not from another"""
import os


def run(scene):
    host = scene.host("ekhandle", ek_handle="0x81010001", tpm_ownerpassword="hex:0a0b0c0d")
    host.boot(scene.recording[:20])
    host.tpm.tool("tpm2_createek", "-c", "0x81010009", "-G", "rsa", "-u", "ek.pub")
    host.tpm.flush()
    host.tpm.tool("tpm2_changeauth", "-c", "endorsement", "hex:0a0b0c0d")
    host.options["ek_handle"] = "0x81010009"
    host.start_agent()
    scene.wait_registered(host)
    empty = os.path.join(host.folder, "no-makers")
    os.makedirs(empty)
    policy = host.policy(scene.recording)
    scene.tenant_options = {"tpm_cert_store": empty}
    assert "EK" in scene.add(host, policy, succeeds=False)
    scene.tenant_options = {}
    scene.add(host, policy)
    scene.stays_attested(host)
