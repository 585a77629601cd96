# SPDX-License-Identifier: Apache-2.0
"""the host is rebooted (TPM reset, new and shorter list) while enrolled: it is attested again by itself"""


def run(scene):
    host = scene.attested_host("reboot", entries=100)
    host.stop_agent()
    host.boot(scene.recording[:50])
    host.start_agent()
    scene.wait_attested(host)
    host.measure(*scene.recording[50:120])
    scene.wait_attested(host)
