# SPDX-License-Identifier: Apache-2.0
"""W22: names of actions with a path in them run nothing outside their folders, when the verifier really sends a revocation"""
import os
import stat

from lab.process import Trouble, wait_until


def run(scene):
    host = scene.host("w22")
    ran = os.path.join(host.folder, "ran")
    host.file("include/action_list", f"../../../evil-climbing.sh, {host.folder}/evil-absolute.sh, last.sh\n")
    host.file("include/last.sh", f"#!/bin/sh\necho last >>{ran}\n")
    for name in ("climbing", "absolute"):
        host.file(f"evil-{name}.sh", f"#!/bin/sh\necho {name} >>{ran}\n", 0o755)
    host.file("include/autorun.sh", "#!/bin/sh\nexit 0\n")
    host.boot(scene.recording[:20])
    host.start_agent()
    scene.wait_registered(host)
    scene.add(host, host.policy(scene.recording), "--cert", os.path.join(host.folder, "ca"), "--include",
              os.path.join(host.folder, "include"), "--verify")
    scene.wait_attested(host)
    host.run_unknown()
    scene.wait_failed(host, "ima.validation.ima-ng.not_in_allowlist")
    wait_until("the revocation came", lambda: os.path.exists(ran) or host.said("evil-climbing"), 120, host.agent)
    host.wait_said("evil-climbing")
    if os.path.exists(ran):
        with open(ran, encoding="ascii") as lines:
            actions = lines.read().split()
        if set(actions) & {"climbing", "absolute"}:
            raise Trouble(f"ran {actions} (expected: none outside)")
    assert stat.S_IMODE(os.stat(os.path.join(host.folder, "evil-climbing.sh")).st_mode) == 0o755
