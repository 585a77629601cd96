# SPDX-License-Identifier: Apache-2.0
"""a line stays in the list that PCR 10 never gets: the verifier fails the host for the missing progress"""
from lab.ima import measured


def run(scene):
    host = scene.attested_host("progress")
    never_extended = measured(b"/usr/bin/true", bytes(range(32)))
    scene.update_policy(host, host.policy(scene.recording + [never_extended]))
    scene.wait_attested(host)
    host.append(never_extended)
    scene.wait_failed(host, "ima.quote_progress")
