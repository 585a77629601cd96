# SPDX-License-Identifier: Apache-2.0
"""W24: a revocation that comes before the payload with its certificate is kept, and its action runs once that is there"""
import os

from lab.process import wait_until


def run(scene):
    scene.own_servers()
    first, host = scene.registered_host("w24a", entries=20), scene.registered_host("w24", entries=20)
    ca, ran = os.path.join(first.folder, "ca"), os.path.join(host.folder, "action-ran")
    host.file("include/action_list", "tell.sh\n")
    host.file("include/tell.sh", f"#!/bin/sh\ncat \"$1\" >{ran}.tmp && mv {ran}.tmp {ran}\n")
    host.file("include/autorun.sh", "#!/bin/sh\nexit 0\n")
    policy = host.policy(scene.recording)
    scene.add(host, policy)
    scene.wait_attested(host)
    first.file("include/autorun.sh", "#!/bin/sh\nexit 0\n")  # and no action: the file is to come from the other host
    scene.add(first, first.policy(scene.recording), "--cert", ca, "--include", os.path.join(first.folder, "include"))
    scene.wait_attested(first)
    first.run_unknown()
    scene.wait_failed(first, "ima.validation.ima-ng.not_in_allowlist")
    scene.stays_attested(host)  # the notification was sent to it meanwhile
    scene.delete(host)
    scene.add(host, policy, "--cert", ca, "--include", os.path.join(host.folder, "include"), "--verify")
    wait_until("the action ran for the earlier revocation", lambda: os.path.exists(ran), 120, host.agent)
    with open(ran, encoding="utf-8") as told:
        assert first.uuid in told.read()
