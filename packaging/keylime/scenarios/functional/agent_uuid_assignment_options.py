# SPDX-License-Identifier: Apache-2.0
"""uuid = hash_ek, generate, and KEYLIME_AGENT_UUID, which wins: the registrar knows the host by that id, and it is attested"""
import hashlib
import re
import uuid

from lab.process import Trouble, wait_until


def run(scene):
    host = scene.host("uuid")
    host.boot(scene.recording[:20])
    _attested_as(scene, host, "hash_ek", _hash_of_ek(host))
    host.start_agent_as("generate")
    generated = wait_until("an id is made", lambda: _registered_id(host), 120, host.agent)
    if str(uuid.UUID(generated)) != generated or generated == host.uuid:
        raise Trouble(f"generated id {generated} (expected: a new UUID)")
    wait_until("it is registered", lambda: scene.servers.registered(generated), 120, host.agent)
    host.stop_agent()
    host.env["KEYLIME_AGENT_UUID"] = "11111111-aaaa-bbbb-cccc-222222222222"
    _attested_as(scene, host, "hash_ek", host.env["KEYLIME_AGENT_UUID"])


def _attested_as(scene, host, option, expected):
    host.start_agent_as(option)
    host.uuid = expected
    scene.wait_registered(host)
    scene.add(host, host.policy(scene.recording))
    scene.wait_attested(host)
    scene.delete(host)
    host.stop_agent()


def _registered_id(host):
    with open(host.log, encoding="utf-8") as log:
        ids = re.findall(r"Agent (\S+) registered", log.read())
    return ids[-1] if len(ids) > 1 else None


def _hash_of_ek(host):
    """By tpm2-tools: the EK of TCG's template L-1 as PEM."""
    host.tpm.tool("tpm2_createek", "-c", "ek.ctx", "-G", "rsa", "-f", "pem", "-u", "ek.pem")
    host.tpm.flush()
    with open(host.tpm.folder + "/ek.pem", "rb") as pem:
        return hashlib.sha256(pem.read()).hexdigest()
