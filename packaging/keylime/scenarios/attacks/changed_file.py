# SPDX-License-Identifier: Apache-2.0
"""a file that the policy knows is run with other content: the verifier fails the host for it"""
import os

from lab.ima import measured


def run(scene):
    host = scene.attested_host("changed")
    known = host.entries[10].line.split(b" ")[4]
    host.measure(measured(known, os.urandom(32)))
    scene.wait_failed(host, "ima.validation.ima-ng.runtime_policy_hash")
