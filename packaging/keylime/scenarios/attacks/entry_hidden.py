# SPDX-License-Identifier: Apache-2.0
"""good: an attacker's proxy that passes everything on is attested; bad: it drops the last entry from each answer"""
import json

from lab.impostor import Impostor
from lab.process import free_port


def run(scene):
    host = scene.attested_host("proxy")
    host.stop_agent()
    public, host.port = host.port, free_port()
    host.start_agent()
    real_port, host.port = host.port, public
    hiding = []

    def hide(_, real):
        body = real().body
        answer = json.loads(body)
        listed = answer["results"].get("ima_measurement_list", "")
        if not hiding or not listed:
            return body
        answer["results"]["ima_measurement_list"] = "".join(listed.splitlines(keepends=True)[:-1])
        return json.dumps(answer).encode()

    with Impostor(scene, host, real_port, hide):
        scene.stays_attested(host)
        hiding.append(True)
        host.run_unknown()
        scene.wait_failed(host, "ima.pcr_mismatch")
