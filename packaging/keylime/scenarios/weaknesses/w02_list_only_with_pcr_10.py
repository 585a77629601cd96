# SPDX-License-Identifier: Apache-2.0
"""W2: no list where PCR 10 is not quoted, so that a host without a runtime policy does not send it every two seconds"""
from lab.process import Trouble


def run(scene):
    host = scene.registered_host("w02")
    with scene.client(host) as client:
        without, with_pcr = client.integrity(mask="0x0").results, client.integrity().results
    if "ima_measurement_list" not in with_pcr:
        raise Trouble("no list with mask 0x400")
    if "ima_measurement_list" in without:
        raise Trouble(f"{len(without['ima_measurement_list'])} characters of list with mask 0x0 (expected: none)")
