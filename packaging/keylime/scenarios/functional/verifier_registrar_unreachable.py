# SPDX-License-Identifier: Apache-2.0
"""the agent starts without a registrar and registers once there is one; the verifier goes away and comes back: attested"""


def run(scene):
    scene.own_servers()
    scene.servers.registrar.stop(seconds=3)
    host = scene.host("noregistrar", exponential_backoff_initial_delay=1000)
    host.boot(scene.recording[:60])
    host.start_agent(listening=False)
    host.wait_said("registration failed")
    scene.servers.start_registrar()
    scene.wait_registered(host, seconds=120)
    scene.add(host, host.policy(scene.recording))
    scene.wait_attested(host)
    scene.servers.verifier.stop(seconds=3)
    host.measure(*scene.recording[60:90])
    scene.servers.start_verifier()
    scene.stays_attested(host)
