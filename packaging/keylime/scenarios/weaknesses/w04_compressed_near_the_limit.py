# SPDX-License-Identifier: Apache-2.0
"""W4: a list above 64 MiB is compressed for a client that takes gzip, so that it stays under the verifier's limit, and is whole"""
import gzip
import json
import os

from lab.ima import measured
from lab.process import Trouble

SECONDS = 30


def run(scene):
    host = scene.host("w04")
    host.boot(scene.recording[:5])
    host.list_only([measured(b"/opt/%d/" % number + b"long" * 1000, number.to_bytes(32, "big")) for number in range(17_500)])
    assert os.path.getsize(host.list) > 64 << 20
    host.start_agent()
    with scene.client(host) as client:
        answer = client.ask("GET", "/v2.1/quotes/integrity?nonce=lab&mask=0x400&partial=1", headers={"Accept-Encoding": "gzip"})
    if answer.headers.get("Content-Encoding") != "gzip":
        raise Trouble(f"{answer.status} with {len(answer.body)} bytes as they are (expected: Content-Encoding gzip)")
    listed = json.loads(gzip.decompress(answer.body))["results"]["ima_measurement_list"]
    with open(host.list, encoding="ascii") as file:
        assert file.read() == listed, "the list differs from the file"
    if len(answer.body) > 32 << 20:
        raise Trouble(f"compressed to {len(answer.body)} bytes (expected: less than half)")
