# SPDX-License-Identifier: Apache-2.0
"""the host is rebooted (TPM reset, new and shorter list) while enrolled: it is attested again by itself"""


def run(lab):
    host = lab.attested_host("reboot", entries=100)
    host.stop_agent()
    host.boot(lab.recording[:50])
    host.start_agent()
    lab.wait_attested(host)
    host.measure(*lab.recording[50:120])
    lab.wait_attested(host)
