# SPDX-License-Identifier: Apache-2.0
"""an enrolled host is deleted at the verifier and added again, several times (and db-connection-leak-reproducer): attested"""


def run(scene):
    host = scene.attested_host("readded", entries=40)
    for grown in range(40, 80, 10):
        scene.delete(host)
        host.measure(*scene.recording[grown:grown + 10])
        scene.add(host, host.policy(scene.recording))
        scene.wait_attested(host)
    scene.delete(host)
    scene.tenant("-c", "regdelete", "-u", host.uuid)
    scene.add(host, host.policy(scene.recording), succeeds=False)
    host.stop_agent()
    host.start_agent()
    scene.wait_registered(host)
    scene.add(host, host.policy(scene.recording))
    scene.stays_attested(host)
