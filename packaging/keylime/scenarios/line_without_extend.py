# SPDX-License-Identifier: Apache-2.0
"""a line stays in the list that PCR 10 never gets: the verifier fails the host for the missing progress"""
from lab.ima import measured


def run(lab):
    host = lab.attested_host("progress")
    never_extended = measured(b"/usr/bin/true", bytes(range(32)))
    lab.update_policy(host, host.policy(lab.recording + [never_extended]))
    lab.wait_attested(host)
    host.append(never_extended)
    lab.wait_failed(host, "ima.quote_progress")
