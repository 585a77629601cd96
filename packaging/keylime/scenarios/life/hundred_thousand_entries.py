# SPDX-License-Identifier: Apache-2.0
"""a list of 100,000 entries: attested, attested again after a restart of the agent, and an unknown file behind it is found"""
from lab.ima import measured

SECONDS = 300


def run(scene):
    host = scene.host("long", banks=("sha256",))
    host.boot(scene.recording[:20])
    names = (b"/opt/grown/lib/x86_64-linux-gnu/%d.so" % number for number in range(100_000 - 20))
    host.measure_many([measured(name, number.to_bytes(32, "big")) for number, name in enumerate(names)])
    host.start_agent()
    scene.wait_registered(host)
    scene.add(host, host.policy(scene.recording, excludes=["/opt/grown/.*"]))
    scene.wait_attested(host, seconds=240)
    host.stop_agent()
    host.start_agent()
    scene.stays_attested(host)
    host.run_unknown()
    scene.wait_failed(host, "ima.validation.ima-ng.not_in_allowlist", seconds=120)
