# SPDX-License-Identifier: Apache-2.0
"""something else than the kernel extends PCR 10 of an attested host: the verifier fails it"""
import os

from lab.ima import measured


def run(scene):
    host = scene.attested_host("foreign")
    host.extend(measured(b"/nowhere", os.urandom(32)))
    scene.wait_failed(host, "ima.pcr_mismatch")
