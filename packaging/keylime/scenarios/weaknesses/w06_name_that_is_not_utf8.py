# SPDX-License-Identifier: Apache-2.0
"""W6: a file whose name is not UTF-8 is answered, and failed by the verifier for that file; it is no endless 500"""
import os

from lab.ima import measured
from lab.process import Trouble


def run(scene):
    host = scene.attested_host("w06")
    host.measure(measured(b"/tmp/caf\xe9", os.urandom(32)))
    with scene.client(host) as client:
        answer = client.integrity()
    if answer.status != 200:
        raise Trouble(f"answered {answer} (expected: 200)")
    assert answer.results["ima_measurement_list"].count("\n") == len(host.entries)
    scene.wait_failed(host, "ima.")
