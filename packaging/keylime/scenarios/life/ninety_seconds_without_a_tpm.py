# SPDX-License-Identifier: Apache-2.0
"""the TPM goes away for 90 s: requests wait, the verifier tries again as by default, and once it is back the host is attested"""
import time

from lab.mux import Mux

SECONDS = 120

KEYLIME_DEFAULTS = {"retry_interval": 2, "exponential_backoff": True, "max_retries": 5}


def run(scene):
    scene.own_servers(verifier=KEYLIME_DEFAULTS)
    host = scene.host("notpm")
    host.boot(scene.recording[:40])
    mux = Mux(host.tpm)
    host.tcti = mux.tcti
    try:
        host.start_agent()
        scene.wait_registered(host)
        scene.add(host, host.policy(scene.recording))
        scene.wait_attested(host)
        mux.go_away()
        host.measure(*scene.recording[40:60])
        time.sleep(90)
        mux.come_back()
        scene.stays_attested(host)
        host.run_unknown()
        scene.wait_failed(host, "ima.validation.ima-ng.not_in_allowlist")
    finally:
        mux.close()
