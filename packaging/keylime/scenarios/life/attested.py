# SPDX-License-Identifier: Apache-2.0
"""registers, is added with a runtime policy, is attested, and stays so while the list grows"""


def run(scene):
    host = scene.attested_host("attested", entries=200)
    for _ in range(3):
        grown = len(host.entries)
        host.measure(*scene.recording[grown:grown + 50])
        scene.wait_attested(host)
