# SPDX-License-Identifier: Apache-2.0
"""CVE-2025-13609, a second TPM with the same id: refused by the registrar, attested is only the first; and not in its place"""
import os
import shutil

from lab.scene import BAD_QUOTE


def run(scene):
    host = scene.attested_host("first")
    other = scene.host("second")
    other.uuid = host.uuid
    other.boot(scene.recording[:100])
    other.start_agent(listening=False)
    other.wait_said("403")
    scene.stays_attested(host)
    # Now it takes the first one's place, with everything that is on its disk.
    other.agent.stop()
    host.stop_agent()
    for name in ("server-private.pem", "server-cert.crt", "payload-private.pem"):
        shutil.copy(os.path.join(host.state, name), os.path.join(other.state, name))
    other.port = host.port
    other.start_agent(listening=False)
    scene.wait_failed(host, BAD_QUOTE, seconds=120)
