# SPDX-License-Identifier: Apache-2.0
"""W13: the agent's own certificate verifies under its own key, has a serial number, lasts, and takes a host name as contact"""
import datetime
import os
import re

from lab.pki import openssl
from lab.process import Trouble


def run(scene):
    host = scene.host("w13", contact_ip="host.example")
    host.boot(scene.recording[:5])
    host.start_agent()
    certificate = os.path.join(host.state, "server-cert.crt")
    openssl("verify", "-check_ss_sig", "-x509_strict", "-partial_chain", "-trusted", certificate, certificate)
    shown = openssl("x509", "-in", certificate, "-noout", "-serial", "-enddate", "-ext", "subjectAltName")
    if int(re.search(r"serial=(\w+)", shown)[1], 16) < 1 << 32 or "DNS:host.example" not in shown:
        raise Trouble(f"certificate without a random serial number, or without its host name:\n{shown}")
    end = datetime.datetime.strptime(re.search(r"notAfter=(.*) GMT", shown)[1], "%b %d %H:%M:%S %Y")
    if end < datetime.datetime.now() + datetime.timedelta(days=9 * 365):
        raise Trouble(f"valid until {end} only (expected: about ten years)")
