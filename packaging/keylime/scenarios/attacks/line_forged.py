# SPDX-License-Identifier: Apache-2.0
"""the digest in a line is changed to a known one, its template hash is kept: the line does not give the quoted PCR 10"""


def run(scene):
    host = scene.host("forged")
    host.boot(scene.recording[:60])
    host.run_unknown(b"/usr/bin/true")
    known = scene.recording[10].line.split(b" ")

    def forge(lines):
        words = lines[60].split(b" ")
        return lines[:60] + [b" ".join([*words[:3], *known[3:]])]

    host.rewrite_list(forge)
    host.start_agent()
    scene.wait_registered(host)
    scene.add(host, host.policy(scene.recording))
    scene.wait_failed(host, "ima.pcr_mismatch")
