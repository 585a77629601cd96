# SPDX-License-Identifier: Apache-2.0
"""each connection to the TPM is cut while the host is polled (a resource manager's restart): it stays attested"""
from lab.mux import Mux


def run(scene):
    host = scene.host("cut")
    host.boot(scene.recording[:40])
    mux = Mux(host.tpm)
    host.tcti = mux.tcti
    try:
        host.start_agent()
        scene.wait_registered(host)
        scene.add(host, host.policy(scene.recording))
        scene.wait_attested(host)
        for grown in range(40, 70, 10):
            mux.go_away()
            host.measure(*scene.recording[grown:grown + 10])
            mux.come_back()
            scene.stays_attested(host)
    finally:
        mux.close()
