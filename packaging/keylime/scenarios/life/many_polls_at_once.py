# SPDX-License-Identifier: Apache-2.0
"""16 other clients ask for the whole list without a pause while the list grows: all are answered, the host stays attested"""
import threading

from lab.process import Trouble


def run(scene):
    host = scene.attested_host("crowd", entries=200)
    answers, done = [], threading.Event()
    crowd = [threading.Thread(target=_ask, args=(scene, host, answers, done)) for _ in range(16)]
    for client in crowd:
        client.start()
    for grown in range(200, 260, 10):
        host.measure(*scene.recording[grown:grown + 10])
        scene.wait_attested(host)
    done.set()
    for client in crowd:
        client.join()
    bad = [answer for answer in answers if answer.status != 200]
    if bad or len(answers) < 64:
        raise Trouble(f"{len(bad)} of {len(answers)} answers are not 200: {bad[:3]} (expected: many, and none)")


def _ask(scene, host, answers, done):
    with scene.client(host) as client:
        while not done.is_set():
            answers.append(client.integrity())
