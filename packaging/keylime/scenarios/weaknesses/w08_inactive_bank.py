# SPDX-License-Identifier: Apache-2.0
"""W8: a PCR bank that is not active is told, by name, instead of an endless loop over the TPM"""
from lab.process import Trouble, wait_until


def run(scene):
    host = scene.host("w08", banks=("sha1",))
    host.boot(scene.recording[:20])
    host.start_agent(listening=False)
    wait_until("sha256 is named as inactive", lambda: _told(host), 60)
    if host.agent.running():
        with scene.client(host) as client:
            client.connection.timeout = 70
            answer = client.identity()
        if answer.status == 200:
            raise Trouble("a quote over a bank that is not active (expected: a refusal)")


def _told(host):
    with open(host.log, encoding="utf-8") as log:
        return any("sha256" in line.lower() and "bank" in line.lower() for line in log)
