# SPDX-License-Identifier: Apache-2.0
"""two lines of the list change places: the list does not replay to the quoted PCR 10"""


def run(lab):
    host = lab.host("reordered")
    host.boot(lab.recording[:60])
    host.rewrite_list(lambda lines: lines[:30] + [lines[31], lines[30]] + lines[32:])
    host.start_agent()
    lab.wait_registered(host)
    lab.add(host, host.policy(lab.recording))
    lab.wait_failed(host, "ima.pcr_mismatch")
