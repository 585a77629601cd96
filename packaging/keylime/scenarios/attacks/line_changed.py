# SPDX-License-Identifier: Apache-2.0
"""a line of the list is changed to hide a file: the list does not replay to the quoted PCR 10"""
from lab.ima import measured


def run(scene):
    host = scene.host("line")
    host.boot(scene.recording[:60])
    host.run_unknown()
    harmless = measured(b"/usr/bin/true", bytes(range(32)))
    host.rewrite_list(lambda lines: lines[:60] + [harmless.line])
    host.start_agent()
    scene.wait_registered(host)
    scene.add(host, host.policy(scene.recording + [harmless]))
    scene.wait_failed(host, "ima.pcr_mismatch")
