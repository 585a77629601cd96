# SPDX-License-Identifier: Apache-2.0
"""W5: the firmware's log, which cannot change, is not read again for each quote of PCR 0"""
import base64
import os

from lab.bootlog import EV_POST_CODE, BootLog
from lab.process import Trouble


def run(scene):
    firmware = BootLog()
    firmware.events.insert(1, (0, EV_POST_CODE, bytes(100_000)))
    host = scene.host("w05")
    host.boot(scene.recording[:20], firmware)
    host.start_agent()
    scene.wait_registered(host)
    count, size = len(host.entries), os.path.getsize(host.boot_log)
    with scene.client(host) as client:
        client.integrity(mask="0x401")
        before = host.bytes_read()
        for _ in range(10):
            answer = client.integrity(mask="0x401", entry=count).results
        read = host.bytes_read() - before
    with open(host.boot_log, "rb") as log:
        assert base64.b64decode(answer["mb_measurement_list"]) == log.read()
    if read > 10 * size / 2:
        raise Trouble(f"ten quotes read {read} bytes, the log has {size} (expected: less than half of it each)")
