# SPDX-License-Identifier: Apache-2.0
"""W23: K and the payload are readable by the agent's user alone, and a payload that is no ZIP is still there for its script"""
import os
import stat

from lab.process import Trouble, wait_until


def run(scene):
    host = scene.registered_host("w23", entries=20)
    scene.give_payload(host, b"no zip")
    unzipped = host.seen(os.path.join(host.secure, "unzipped"))
    for name in ("derived_tci_key", "decrypted_payload"):
        path = os.path.join(unzipped, name)
        wait_until(f"{name} is there", lambda path=path: os.path.exists(path), 60, host.agent)
        mode = stat.S_IMODE(os.stat(path).st_mode)
        if mode & 0o077:
            raise Trouble(f"{name} has mode {oct(mode)} (expected: 0600)")
