# SPDX-License-Identifier: Apache-2.0
"""A client of an agent's API, with the verifier's certificate (or another one, or none)."""
import http.client
import json
import ssl
import urllib.parse


class Answer:
    """What an agent answered."""

    def __init__(self, response):
        self.status, self.headers, self.body = response.status, dict(response.getheaders()), response.read()

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def results(self):
        return self.json["results"]

    def __repr__(self):
        return f"{self.status} {self.body[:200]!r}"


class Client:
    """One connection to an agent; use it as a context, or call close."""

    def __init__(self, port, context, timeout=120):
        self.connection = http.client.HTTPSConnection("127.0.0.1", port, context=context, timeout=timeout)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.connection.close()

    def get(self, path, **query):
        return self.ask("GET", path + ("?" + urllib.parse.urlencode(query) if query else ""))

    def post(self, path, body):
        return self.ask("POST", path, json.dumps(body), {"Content-Type": "application/json"})

    def ask(self, method, path, body=None, headers=None):
        self.connection.request(method, path, body, headers or {})
        return Answer(self.connection.getresponse())

    def integrity(self, nonce="lab", mask="0x400", partial=1, entry=0):
        return self.get("/v2.1/quotes/integrity", nonce=nonce, mask=mask, partial=partial, ima_ml_entry=entry)

    def identity(self, nonce="lab"):
        return self.get("/v2.1/quotes/identity", nonce=nonce)


def context(certificate=None, key=None):
    """TLS with that client certificate, or with none; the agent's own is not looked at."""
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    tls.check_hostname, tls.verify_mode = False, ssl.CERT_NONE
    if certificate:
        tls.load_cert_chain(certificate, key)
    return tls
