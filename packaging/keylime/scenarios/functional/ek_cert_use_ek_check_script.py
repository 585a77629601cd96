# SPDX-License-Identifier: Apache-2.0
"""the tenant's script gets the EK and its certificate: the host is added when it agrees, and not when it refuses"""
import os


def run(scene):
    host = scene.registered_host("ekscript", entries=20)
    policy, told = host.policy(scene.recording), os.path.join(host.folder, "told")
    refuses = host.file("refuses.sh", "#!/bin/sh\nexit 1\n", 0o755)
    scene.tenant_options = {"ek_check_script": refuses, "require_ek_cert": False}
    scene.add(host, policy, succeeds=False)
    agrees = host.file("agrees.sh", f"#!/bin/sh\nprintf '%s\\n%s\\n%s' \"$AGENT_UUID\" \"$EK\" \"$EK_CERT\" >{told}\n", 0o755)
    scene.tenant_options["ek_check_script"] = agrees
    scene.add(host, policy)
    scene.stays_attested(host)
    with open(told, encoding="utf-8") as file:
        text = file.read()
    assert host.uuid in text and "BEGIN PUBLIC KEY" in text, text
