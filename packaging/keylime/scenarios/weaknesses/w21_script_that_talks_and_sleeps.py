# SPDX-License-Identifier: Apache-2.0
"""W21, W25: a payload script writes a megabyte and sleeps: quotes go on, another payload is taken, and the agent still stops"""
import io
import os
import time
import zipfile

from lab.process import Trouble, wait_until

SCRIPT = """#!/bin/sh
head -c 1000000 /dev/zero | tr '\\\\0' 'x'
echo written >%s
sleep 600
"""


def run(scene):
    host = scene.registered_host("w21", entries=20)
    mark = os.path.join(host.folder, "written")
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as files:
        files.writestr("autorun.sh", SCRIPT % mark)
    scene.give_payload(host, archive.getvalue())
    wait_until("the script has written its megabyte", lambda: os.path.exists(mark), 60, host.agent)
    with scene.client(host) as client:
        for _ in range(5):
            assert client.integrity().status == 200
        assert client.get("/v2.1/keys/verify", challenge="lab").status == 200
    start = time.monotonic()
    code = host.agent.stop(seconds=60)
    if code != 0:
        raise Trouble(f"SIGTERM while the script runs: ended with {code} after {time.monotonic() - start:.0f} s (expected: 0)")
    wait_until("the script is gone", lambda: not _sleeping(host), 10)


def _sleeping(host):
    """What runs with the host's folder as a part of its working directory."""
    for process in filter(str.isdigit, os.listdir("/proc")):
        try:
            if os.readlink(f"/proc/{process}/cwd").startswith(host.secure):
                return True
        except OSError:
            pass  # it ended meanwhile
    return False
