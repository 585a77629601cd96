# SPDX-License-Identifier: Apache-2.0
"""added with --cert and --include: payload script and --verify work; an unknown file fails the host, revocation actions run"""
import os

from lab.process import wait_until


def run(scene):
    host = scene.host("basic", revocation_actions_dir="/nowhere")
    marks = {name: os.path.join(host.folder, name) for name in ("autorun-ran", "action-ran")}
    host.file("include/autorun.sh", f"#!/bin/sh\npwd >{marks['autorun-ran']}\n")
    host.file("include/action_list", "tell_the_operator.sh\n")
    told = marks["action-ran"]
    host.file("include/tell_the_operator.sh", f"#!/bin/sh\ncat \"$1\" >{told}.tmp && mv {told}.tmp {told}\n")
    host.boot(scene.recording[:100])
    host.start_agent()
    scene.wait_registered(host)
    scene.add(host, host.policy(scene.recording), "--cert", os.path.join(host.folder, "ca"),
              "--include", os.path.join(host.folder, "include"), "--verify")
    scene.wait_attested(host)
    wait_until("the payload's script ran", lambda: os.path.exists(marks["autorun-ran"]), 120, host.agent)
    host.measure(*scene.recording[100:130])  # good scripts stay good
    scene.stays_attested(host)
    assert not os.path.exists(told)
    host.run_unknown()
    scene.wait_failed(host, "ima.validation.ima-ng.not_in_allowlist")
    wait_until("the revocation's action ran", lambda: os.path.exists(told), 120, host.agent)
    with open(told, encoding="utf-8") as file:
        message = file.read()
    assert host.uuid in message and '"revocation"' in message, message
