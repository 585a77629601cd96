# SPDX-License-Identifier: Apache-2.0
"""W19: the registrar comes back with an empty database: the running agent registers again, is attested, and can be added anew"""
import os


def run(scene):
    scene.own_servers()
    host = scene.attested_host("forgotten", entries=40, exponential_backoff_initial_delay=1000, exponential_backoff_max_delay=2000)
    key = scene.servers.registered(host.uuid)["aik_tpm"]
    scene.servers.registrar.stop(seconds=10)
    os.remove(os.path.join(scene.servers.work, "reg_data.sqlite"))
    scene.servers.start_registrar()
    scene.wait_registered(host)
    assert scene.servers.registered(host.uuid)["aik_tpm"] == key
    scene.stays_attested(host)
    scene.delete(host)
    scene.add(host, host.policy(scene.recording))
    scene.stays_attested(host)
