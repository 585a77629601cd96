# SPDX-License-Identifier: Apache-2.0
"""the state files and the TPM that Keylime's agent left: same id, keys and certificate, enrolled, attested, files left as they were"""
import os

from lab.peer import STATE, recorded, restore
from lab.process import Trouble


def run(scene):
    host = scene.host("takeover")
    restore(host)
    before = {name: _content(host, name) for name in STATE}
    host.options["contact_port"] = host.port
    scene.tenant_options = {"require_ek_cert": False}  # its maker's CA was that of another run
    host.boot(scene.recording[:20])
    host.start_agent()
    scene.wait_registered(host)
    registered, peer = scene.servers.registered(host.uuid), recorded("registration.json")["body"]
    for key in ("aik_tpm", "ek_tpm", "mtls_cert"):
        if registered[key].strip() != peer[key].strip():
            raise Trouble(f"registered with another {key}: {registered[key]} (expected: the peer's, {peer[key]})")
    scene.add(host, host.policy(scene.recording))
    host.measure(*scene.recording[20:40])
    scene.stays_attested(host)
    changed = [name for name in STATE if before[name] != _content(host, name)]
    if changed:
        raise Trouble(f"changed: {changed} (expected: as the peer left them, so that the way back is open)")


def _content(host, name):
    with open(os.path.join(host.state, name), "rb") as file:
        return file.read()
