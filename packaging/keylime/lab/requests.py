# SPDX-License-Identifier: Apache-2.0
"""Requests for which agents are compared, good and bad ones: each endpoint, each parameter, each way to get it wrong."""
import json

FORM = {"Content-Type": "application/json"}
LONG = "n" * 65
BAD_BODIES = (  # name, content type, text
    ("no-json", FORM, "no json"),
    ("empty", FORM, "{}"),
    ("no-type", {}, "{}"),
    ("text-type", {"Content-Type": "text/plain"}, "{}"),
    ("no-base64", FORM, json.dumps({"auth_tag": "00" * 48, "encrypted_key": "*", "payload": ""})),
    ("no-key", FORM, json.dumps({"auth_tag": "00" * 48, "encrypted_key": "AAAA", "payload": ""})),
)


def requests(entries):
    """Name to (method, path, headers, body); entries: how many the list has."""
    found = {}
    for path in _gets(entries):
        found[f"GET {path}"] = ("GET", path, {}, None)
    for method, path in _odd():
        found[f"{method} {path}"] = (method, path, {}, None)
    for part in ("keys/ukey", "keys/vkey", "notifications/revocation"):
        for name, headers, body in BAD_BODIES:
            found[f"POST /v2.6/{part} {name}"] = ("POST", f"/v2.6/{part}", headers, body)
    body = json.dumps({"msg": json.dumps({"type": "revocation"}), "signature": ""})
    found["POST /v2.6/notifications/revocation unsigned"] = ("POST", "/v2.6/notifications/revocation", FORM, body)
    return found


def _gets(entries):
    yield "/version"
    for version in ("2.1", "2.2", "2.4", "2.5", "2.6"):
        yield f"/v{version}/agent/info"
        yield f"/v{version}/keys/pubkey"
        yield f"/v{version}/quotes/identity?nonce=abcdefghij0123456789"
        yield f"/v{version}/quotes/integrity?nonce=abcdefghij0123456789&mask=0x400&partial=0"
    for query in ("", "?nonce=", "?nonce=a!", f"?nonce={LONG}", "?nonce=a&nonce=b", "?nonce=a&other=b"):
        yield f"/v2.6/quotes/identity{query}"
    good = {"nonce": "abc", "mask": "0x400", "partial": "1", "ima_ml_entry": "0"}
    changes = [{}, *({name: None} for name in good), {"nonce": "a!"}, {"nonce": LONG}, {"nonce": ""}, {"mask": "400"}, {"mask": "0x0"},
               {"mask": "0x401"}, {"mask": "0xffff"}, {"mask": "0x1ffff"}, {"mask": "zz"}, {"mask": "!"}, {"mask": "0x1000000"},
               {"mask": "0x100000000"}, {"partial": "0"}, {"partial": "2"}, {"partial": "x"}, {"ima_ml_entry": "3"}, {"ima_ml_entry": "x"},
               {"ima_ml_entry": "-1"}, {"ima_ml_entry": str(entries)}, {"ima_ml_entry": str(entries + 1)}, {"ima_ml_entry": "9" * 30}]
    for change in changes:
        query = "&".join(f"{name}={value}" for name, value in {**good, **change}.items() if value is not None)
        yield f"/v2.6/quotes/integrity?{query}"
    for query in ("", "?challenge=", "?challenge=a!", "?challenge=abc"):
        yield f"/v2.6/keys/verify{query}"


def _odd():
    for path in ("/", "/other", "/v2.6", "/v2.6/", "/v2.6/other", "/v2.6/agent", "/v2.6/agent/other", "/v2.6/keys", "/v2.6/keys/other",
                 "/v2.6/quotes", "/v2.6/quotes/other", "/v2.6/notifications", "/v2.6/notifications/other", "/v9.9/quotes/identity?nonce=a",
                 "/v3.0/quotes/identity?nonce=a", "/v1.0/version"):
        for method in ("GET", "POST", "PUT", "DELETE"):
            yield method, path
    for path in ("/version", "/v2.6/agent/info", "/v2.6/keys/pubkey", "/v2.6/quotes/identity?nonce=a", "/v2.6/keys/ukey"):
        for method in ("HEAD", "PUT", "DELETE"):
            yield method, path
    for path in ("/v2.6/agent/info", "/v2.6/keys/pubkey", "/v2.6/quotes/identity?nonce=a"):
        yield "POST", path
    yield "GET", "/v2.6/keys/ukey"
    yield "GET", "/v2.6/notifications/revocation"


def ask_all(client, entries):
    """Name to what was answered: status, content type, allowed methods, and the body as JSON or text."""
    return {name: _record(client.ask(*request)) for name, request in requests(entries).items() for request in [_ordered(request)]}


def _ordered(request):
    method, path, headers, body = request
    return method, path, body, headers


def _record(answer):
    try:
        body = answer.json
    except ValueError:
        body = answer.body.decode("utf-8", "replace")
    headers = {name.lower(): value for name, value in answer.headers.items()}
    return {"status": answer.status, "type": headers.get("content-type"), "allow": headers.get("allow"), "body": body}
