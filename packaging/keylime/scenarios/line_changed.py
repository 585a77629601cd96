# SPDX-License-Identifier: Apache-2.0
"""a line of the list is changed to hide a file: the list does not replay to the quoted PCR 10"""
from lab.ima import measured


def run(lab):
    host = lab.host("line")
    host.boot(lab.recording[:60])
    host.run_unknown()
    harmless = measured(b"/usr/bin/true", bytes(range(32)))
    host.rewrite_list(lambda lines: lines[:60] + [harmless.line])
    host.start_agent()
    lab.wait_registered(host)
    lab.add(host, host.policy(lab.recording + [harmless]))
    lab.wait_failed(host, "ima.pcr_mismatch")
