# SPDX-License-Identifier: Apache-2.0
"""all tenant commands against one host: each does what it says"""
from lab.process import Trouble


def run(scene):
    host = scene.registered_host("tenant", entries=20)
    policy = host.policy(scene.recording)
    _expect(scene.tenant("-c", "reglist"), host.uuid)
    _expect(scene.tenant("-c", "regstatus", "-u", host.uuid), "aik_tpm")
    scene.tenant("-c", "addruntimepolicy", "--runtime-policy-name", host.name, "--runtime-policy", policy)
    _expect(scene.tenant("-c", "showruntimepolicy", "--runtime-policy-name", host.name), host.name)
    scene.add(host, None, "--runtime-policy-name", host.name)
    scene.wait_attested(host)
    for command in ("cvlist", "bulkinfo"):
        _expect(scene.tenant("-c", command), host.uuid)
    for command in ("cvstatus", "status"):
        _expect(scene.tenant("-c", command, "-u", host.uuid), "Get Quote")
    scene.add(host, None, "--runtime-policy-name", host.name, command="update")
    scene.stays_attested(host)
    host.run_unknown()
    scene.wait_failed(host, "ima.validation.ima-ng.not_in_allowlist")
    scene.tenant("-c", "reactivate", "-u", host.uuid)
    scene.wait_failed(host, "ima.validation.ima-ng.not_in_allowlist")
    scene.delete(host)
    scene.tenant("-c", "regdelete", "-u", host.uuid)
    if scene.servers.registered(host.uuid):
        raise Trouble(f"{host.name} is still registered (expected: removed by regdelete)")
    scene.tenant("-c", "deleteruntimepolicy", "--runtime-policy-name", host.name)


def _expect(output, text):
    if text not in output:
        raise Trouble(f"the tenant did not tell {text}:\n{output[-1000:]}")
