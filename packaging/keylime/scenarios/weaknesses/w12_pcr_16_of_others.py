# SPDX-License-Identifier: Apache-2.0
"""W12: another program resets and extends PCR 16 just before the quote: what is served is bound to the agent's key all the same"""
from lab.mux import Mux
from lab.process import Trouble
from lab.quote import Quote, binding

QUOTE = 0x158


def run(scene):
    host = scene.host("w12")
    host.boot(scene.recording[:20])
    mux = Mux(host.tpm)
    host.tcti = mux.tcti
    try:
        host.start_agent()
        scene.wait_registered(host)
        with scene.client(host) as client:
            client.identity()
            meddled = []
            mux.before[QUOTE] = lambda _: None if meddled else _meddle(host, meddled)
            answer = client.identity()
        if not meddled or answer.status != 200:
            raise Trouble(f"answered {answer} (expected: 200, after PCR 16 was changed)")
        pcr = Quote(answer.results["quote"]).pcrs[16]
        if pcr != binding(answer.results["pubkey"]):
            raise Trouble(f"PCR 16 in the quote is {pcr.hex()} (expected: the binding of the payload key)")
    finally:
        mux.close()


def _meddle(host, meddled):
    meddled.append(True)
    host.tpm.reset(16)
    host.tpm.extend(16, {"sha1": bytes(20), "sha256": bytes(32)})
