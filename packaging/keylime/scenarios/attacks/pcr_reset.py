# SPDX-License-Identifier: Apache-2.0
"""the TPM is reset while the host runs, so that PCR 10 forgets what ran: the verifier fails the host"""


def run(scene):
    host = scene.attested_host("pcrreset")
    host.tpm.power_off()
    host.tpm.power_on()
    host.measure(*scene.recording[100:110])
    scene.wait_failed(host, "ima.pcr_mismatch", seconds=120)
