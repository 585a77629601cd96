# SPDX-License-Identifier: Apache-2.0
"""W12: PCR 10 is extended before each and every TPM2_Quote: all requests are answered, and the list replays to the quote"""
from lab.ima import measured
from lab.mux import Mux
from lab.process import Trouble

QUOTE, REQUESTS = 0x158, 20


def run(scene):
    host = scene.host("w12b")
    host.boot(scene.recording[:20])
    mux = Mux(host.tpm)
    host.tcti = mux.tcti
    try:
        host.start_agent()
        scene.wait_registered(host)
        mux.before[QUOTE] = lambda _: host.measure(measured(b"/opt/%d" % len(host.entries), bytes(32)))
        with scene.client(host) as client:
            answers = [client.integrity() for _ in range(REQUESTS)]
        bad = [answer for answer in answers if answer.status != 200]
        if bad:
            raise Trouble(f"{len(bad)} of {REQUESTS} answered {bad[0]} (expected: 200)")
        mux.before.clear()
    finally:
        mux.close()
