# SPDX-License-Identifier: Apache-2.0
"""a file that is no ZIP is sent with -f: it is there decrypted, as is its key, and for the agent's user alone"""
import os
import stat

from lab.process import wait_until


def run(scene):
    host = scene.registered_host("onefile")
    secret = host.file("secret.txt", "a secret of one line\n")
    scene.add(host, host.policy(scene.recording), "-f", secret, "--verify")
    unzipped = host.seen(os.path.join(host.secure, "unzipped"))
    payload = os.path.join(unzipped, "decrypted_payload")
    wait_until("the payload is there", lambda: os.path.exists(payload), 120, host.agent)
    with open(payload, encoding="utf-8") as file:
        assert file.read() == "a secret of one line\n"
    key = os.path.join(unzipped, "derived_tci_key")
    wait_until("its key is there", lambda: os.path.exists(key), 120, host.agent)
    assert os.path.getsize(key) in (16, 32), os.path.getsize(key)
    for path in (payload, key, unzipped):
        assert stat.S_IMODE(os.stat(path).st_mode) & 0o077 == 0, f"{path} has mode {oct(os.stat(path).st_mode)}"
    scene.stays_attested(host)
