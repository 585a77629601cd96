# SPDX-License-Identifier: Apache-2.0
"""silence, slowloris, halves, floods of requests, readers too slow for 20 MB, all at once: 16 verifiers and Keylime's lose nothing"""
import threading

from lab.ima import measured
from lab.process import Trouble
from lab.rude import Rude

SECONDS = 90
VERIFIERS, QUOTES, MOST_MB = 16, 40, 160
BIG = 5_000  # entries of 4 KB


def run(scene):
    scene.own_servers(verifier={"max_retries": 0})  # a poll without an answer fails the host
    host = scene.host("misused", banks=("sha256",))
    host.boot(scene.recording[:20])
    host.measure_many([measured(b"/opt/grown/%04000d" % number, number.to_bytes(32, "big")) for number in range(BIG)])
    host.start_agent()
    scene.wait_registered(host)
    scene.add(host, host.policy(scene.recording, excludes=["/opt/grown/.*"]))
    scene.wait_attested(host)
    answers = []
    with Rude(scene, host.port) as rude:
        verifiers = [threading.Thread(target=_ask, args=(scene, host, number, answers)) for number in range(VERIFIERS)]
        for verifier in verifiers:
            verifier.start()
        for grown in range(20, 60, 10):
            host.measure(*scene.recording[grown:grown + 10])
            scene.wait_attested(host)
        for verifier in verifiers:
            verifier.join()
        host.wait_until("ten thousand requests went through one connection", lambda: rude.counts["sends_many"] or rude.trouble, 240)
        memory = host.resident()
    scene.stays_attested(host)
    _judge(scene, host, answers, rude, memory)


def _ask(scene, host, number, answers):
    for turn in range(QUOTES):
        nonce = f"verifier{number}turn{turn}"
        try:
            with scene.client(host) as client:
                answer = client.integrity(nonce=nonce, entry=len(host.entries))
            answers.append([nonce, answer.results["quote"] if answer.status == 200 else repr(answer)])
        except OSError as failure:
            answers.append([nonce, repr(failure)])


def _judge(scene, host, answers, rude, memory):
    unanswered = [answer for answer in answers if not answer[1].startswith("r")]
    refused = scene.servers.refused_quotes(host.uuid, [answer for answer in answers if answer not in unanswered])
    idle = [kind for kind, count in rude.counts.items() if not count and kind in ("closes_half", "leaves", "sends_many")]
    if len(answers) != VERIFIERS * QUOTES or unanswered or refused or rude.trouble or idle or memory > MOST_MB:
        raise Trouble(f"{len(answers)} of {VERIFIERS * QUOTES} asked; {len(unanswered)} unanswered: {unanswered[:3]}; refused by Keylime: {refused[:3]}; "
                      f"trouble: {rude.trouble[:3]}; never happened: {idle}; {memory:.0f} MB (expected: at most {MOST_MB})")
