# SPDX-License-Identifier: Apache-2.0
"""sanity/keylime-secure_mount: as root the agent makes and mounts the tmpfs for secrets; another file system is refused"""
import os
import subprocess

from lab.process import wait_until


def run(scene):
    host = scene.host("mount")
    host.secure_mounted = False
    host.boot(scene.recording[:20])
    host.start_agent()
    with open(f"/proc/{host.agent.child.pid}/mounts", encoding="ascii") as mounts:
        kinds = [line.split()[2] for line in mounts if line.split()[1] == host.secure]
    assert kinds == ["tmpfs"], kinds
    scene.wait_registered(host)
    scene.add(host, host.policy(scene.recording))
    scene.wait_attested(host)
    host.stop_agent()
    plain = os.path.join(host.folder, "plain")
    os.makedirs(plain)
    subprocess.run(["mount", "--bind", plain, host.secure], check=True)
    host.start_agent(listening=False)
    wait_until("the agent refuses to start", lambda: not host.agent.running(), 120)
    subprocess.run(["umount", host.secure], check=False)  # of the same file system: no one sees later that it is mounted
    assert host.agent.child.returncode != 0 and host.said("Secure mount error", host.secure, "wrong file system type"), host.agent.tail()
