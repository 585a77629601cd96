# SPDX-License-Identifier: Apache-2.0
"""two lines of the list change places: the list does not replay to the quoted PCR 10"""


def run(scene):
    host = scene.host("reordered")
    host.boot(scene.recording[:60])
    host.rewrite_list(lambda lines: lines[:30] + [lines[31], lines[30]] + lines[32:])
    host.start_agent()
    scene.wait_registered(host)
    scene.add(host, host.policy(scene.recording))
    scene.wait_failed(host, "ima.pcr_mismatch")
