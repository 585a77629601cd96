# SPDX-License-Identifier: Apache-2.0
"""on the recorded TPM, keys and list of Keylime's agent: the same registration and answers, member by member, good and bad ones"""
from lab.forms import differences
from lab.peer import observe, recorded, restore
from lab.process import Trouble

SAME = ("aik_tpm", "ek_tpm", "mtls_cert", "ip", "port", "iak_cert", "idevid_cert")


def run(scene):
    host = scene.host("same")
    restore(host)
    registration, answers = observe(scene, host)
    found = [*_registration(recorded("registration.json"), registration), *differences(recorded("answers.json"), answers)]
    if found:
        raise Trouble(f"{len(found)} differences from Keylime's agent:\n" + "\n".join(found))


def _registration(peer, ours):
    for key in ("method", "path", "type"):
        if peer[key] != ours[key]:
            yield f"registration: {key} {ours[key]} (peer: {peer[key]})"
    if set(peer["body"]) != set(ours["body"]):
        yield f"registration: members {sorted(ours['body'])} (peer: {sorted(peer['body'])})"
    for key in SAME:
        if peer["body"][key] != ours["body"].get(key):
            yield f"registration: {key} {ours['body'].get(key)!r} (peer: {peer['body'][key]!r})"
    # The peer takes the platform certificate, far above the range of EK chains, for a part of the chain (W15); the first one counts.
    if _certificates(peer["body"])[0] != _certificates(ours["body"])[0]:
        yield f"registration: ekcert {ours['body'].get('ekcert')!r} (peer: {peer['body']['ekcert']!r})"


def _certificates(body):
    return [part.split("-----END")[0].split() for part in body.get("ekcert", "").split("-----BEGIN CERTIFICATE-----")[1:]] or [None]
