# SPDX-License-Identifier: Apache-2.0
"""three hosts whose lists grow by 20, 100 and 300 entries a second for a minute: each entry is attested, none is failed"""
import threading
import time

from lab.ima import measured
from lab.process import Trouble, wait_until

SECONDS = 90
RATES = (20, 100, 300)
FOR_SECONDS = 60


def run(scene):
    feeds = []
    for rate in RATES:
        host = scene.registered_host(f"grow{rate}", entries=20)
        scene.add(host, host.policy(scene.recording, excludes=["/opt/grown/.*"]))
        scene.wait_attested(host)
        feeds.append((host, threading.Thread(target=_feed, args=(host, rate))))
    for _, feed in feeds:
        feed.start()
    while any(feed.is_alive() for _, feed in feeds):
        for host, _ in feeds:
            scene.wait_attested(host)
    for host, feed in feeds:
        feed.join()
        _seen_to_the_end(scene, host)


def _feed(host, rate):
    start, number = time.monotonic(), 0
    while time.monotonic() < start + FOR_SECONDS:
        host.measure(measured(b"/opt/grown/%d" % number, number.to_bytes(32, "big")))
        number += 1
        time.sleep(max(0, start + number / rate - time.monotonic()))


def _seen_to_the_end(scene, host):
    """An unknown file behind all of them is found: so the verifier read that far."""
    scene.stays_attested(host)
    grown = len(host.entries)
    wait_until("the verifier is at the end of the list", lambda: scene.stored(host, "next_ima_ml_entry") == grown, 120, host.agent)
    host.run_unknown()
    scene.wait_failed(host, "ima.validation.ima-ng.not_in_allowlist")
    if grown < FOR_SECONDS:
        raise Trouble(f"only {grown} entries (expected: many)")
