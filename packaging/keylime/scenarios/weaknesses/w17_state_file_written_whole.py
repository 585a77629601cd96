# SPDX-License-Identifier: Apache-2.0
"""W17: agent_data.json is never written in place: at a start it is left alone, or replaced by a complete new file"""
import os

from lab.process import Trouble


def run(scene):
    host = scene.registered_host("w17", entries=20)
    file = os.path.join(host.state, "agent_data.json")
    host.stop_agent()
    before = os.stat(file)
    host.start_agent()
    scene.wait_registered(host)
    after = os.stat(file)
    if after.st_ino == before.st_ino and after.st_mtime_ns != before.st_mtime_ns:
        raise Trouble("agent_data.json was written in place at the second start (expected: untouched, or another inode)")
    if after.st_mode & 0o077:
        raise Trouble(f"agent_data.json has mode {oct(after.st_mode)} (expected: 0600)")
