# SPDX-License-Identifier: Apache-2.0
"""something else than the kernel extends PCR 10 of an attested host: the verifier fails it"""
import os

from lab.ima import measured


def run(lab):
    host = lab.attested_host("foreign")
    host.extend(measured(b"/nowhere", os.urandom(32)))
    lab.wait_failed(host, "ima.pcr_mismatch")
