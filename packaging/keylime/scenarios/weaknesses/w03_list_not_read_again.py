# SPDX-License-Identifier: Apache-2.0
"""W3: polls that find nothing new do not read the list again: ten of them read less than half of it from the kernel"""
import os

from lab.process import Trouble


def run(scene):
    host = scene.registered_host("w03", entries=470)
    size, count = os.path.getsize(host.list), len(host.entries)
    with scene.client(host) as client:
        client.integrity()
        client.integrity(entry=count)
        before = host.bytes_read()
        for _ in range(10):
            assert client.integrity(entry=count).results["ima_measurement_list"] == ""
        read = host.bytes_read() - before
    if read > 10 * size / 2:
        raise Trouble(f"ten polls read {read} bytes, the list has {size} (expected: less than half of it each)")
