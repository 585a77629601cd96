# SPDX-License-Identifier: Apache-2.0
"""Compares answers and registrations of two agents on the same TPM, keys and list, member by member."""
from .quote import Quote

FREE = {"ak_handle", "boottime"}  # a number that nobody can use; one that the peer does not send
STREAMED = "ima_measurement_list"  # ours sends it behind everything else
# A mask that can never be quoted: the peer says 500, after which a verifier would ask the same again.
NO_RETRY = {500: 400}
TEXTS_READ_BY_PROGRAMS = ("API version not supported",)


def differences(peer, ours):
    """Lines that tell where ours differs from what was recorded; none when a Keylime server could not tell them apart."""
    for name, expected in peer.items():
        for difference in _answer(expected, ours[name]):
            yield f"{name}: {difference}"


def _answer(peer, ours):
    peer = {**peer, **_explained(peer)}
    for key in ("status", "type"):
        if peer[key] != ours[key]:
            yield f"{key} {ours[key]} (peer: {peer[key]})"
    if _methods(peer) != _methods(ours):
        yield f"Allow {ours['allow']} (peer: {peer['allow']})"
    if isinstance(peer["body"], dict) and isinstance(ours["body"], dict):
        yield from _json(peer["body"], ours["body"], peer["status"])
    elif peer["body"] is not None and peer["body"] != ours["body"]:
        yield f"body {ours['body']!r} (peer: {peer['body']!r})"


def _explained(peer):
    """What ours does otherwise on purpose: a refusal that says why in place of an empty one, and no 500 that is for ever."""
    if peer["status"] == 405 and peer["body"] == "":
        return {"type": "application/json", "body": None}
    if peer["status"] in NO_RETRY:
        status = NO_RETRY[peer["status"]]
        return {"status": status, "body": {**peer["body"], "code": status}}
    return {}


def _methods(answer):
    return set((answer["allow"] or "").replace(",", " ").split())


def _json(peer, ours, status):
    if list(peer) != list(ours):
        yield f"members {list(ours)} (peer: {list(peer)})"
        return
    if peer["code"] != ours["code"]:
        yield f"code {ours['code']} (peer: {peer['code']})"
    yield from _texts(peer["status"], ours["status"], status)
    if not isinstance(peer["results"], dict) or not isinstance(ours["results"], dict):
        if peer["results"] != ours["results"]:
            yield f"results {ours['results']!r} (peer: {peer['results']!r})"
        return
    yield from _results(peer["results"], ours["results"])


def _texts(peer, ours, status):
    """Of the texts, programs read that of a success, and one of a refusal."""
    for text in TEXTS_READ_BY_PROGRAMS:
        if (text in peer) != (text in ours):
            yield f"status text {ours!r} (peer: {peer!r})"
    if status == 200 and peer != ours:
        yield f"status text {ours!r} (peer: {peer!r})"


def _results(peer, ours):
    expected = [key for key in peer if key not in FREE]
    if _without_list(peer):
        expected = [key for key in expected if not key.startswith("ima_measurement_list")]
    found = [key for key in ours if key not in FREE]
    if STREAMED in expected:
        expected.sort(key=STREAMED.__eq__)  # stable: it goes to the end, the others keep their order
    if expected != found:
        yield f"results have {found} (peer: {expected})"
        return
    for key in expected:
        if key == "quote":
            yield from _quotes(Quote(peer[key]), Quote(ours[key]))
        elif peer[key] != ours[key] or type(peer[key]) is not type(ours[key]):
            yield f"{key} {ours[key]!r:.200} (peer: {peer[key]!r:.200})"


def _without_list(peer):
    """The peer sends the list whatever is quoted; ours, as documented, with PCR 10 only."""
    return "quote" in peer and 10 not in Quote(peer["quote"]).pcrs


def _quotes(peer, ours):
    """The same but for the clock, its counters, and the signature, of which only the form can be the same."""
    if peer.blob != ours.blob:
        yield "the PCR blob differs"
    if _fixed(peer) != _fixed(ours):
        yield f"TPMS_ATTEST {ours.attest.hex()} (peer: {peer.attest.hex()})"
    if len(peer.parts) != len(ours.parts) or len(peer.signature) != len(ours.signature) or peer.signature[:6] != ours.signature[:6]:
        yield f"the signature has another form: {ours.signature[:6].hex()}… (peer: {peer.signature[:6].hex()}…)"


def _fixed(quote):
    """TPMS_ATTEST without TPMS_CLOCK_INFO (17 bytes behind signer and nonce)."""
    at = 6
    for _ in range(2):
        at += 2 + int.from_bytes(quote.attest[at:at + 2], "big")
    return quote.attest[:at], quote.attest[at + 17:]
