# SPDX-License-Identifier: Apache-2.0
"""the agent runs as another user than root, its directory and tmpfs prepared: attested, payload taken, an unknown file fails it"""
import os
import shlex
import shutil
import tempfile

from lab.host import Host

NOBODY = 65534


def run(scene):
    place = tempfile.mkdtemp(prefix="agent-lab-")  # the clone may be where others cannot look
    try:
        os.chmod(place, 0o755)
        program, *rest = shlex.split(scene.lab.agent_command)
        shutil.copytree(os.path.dirname(os.path.dirname(program)), os.path.join(place, "tree"), symlinks=True)
        program = os.path.join(place, "tree", "bin", os.path.basename(program))
        folder = os.path.join(place, "host")
        os.makedirs(folder)
        host = Host(scene, folder)
        scene.hosts.append(host)
        host.user = NOBODY
        host.file("cacert.crt", _text(scene.servers.client_ca))
        host.options["trusted_client_ca"] = os.path.join(folder, "cacert.crt")
        host.boot(scene.recording[:40])
        host.start_agent(shlex.join(["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", program, *rest]))
        with open(f"/proc/{host.agent.child.pid}/status", encoding="ascii") as status:
            assert f"Uid:\t{NOBODY}\t{NOBODY}\t{NOBODY}\t{NOBODY}\n" in status.read()
        scene.wait_registered(host)
        scene.add(host, host.policy(scene.recording), "-f", host.file("secret.txt", "of nobody\n"), "--verify")
        scene.wait_attested(host)
        payload = os.path.join(host.secure, "unzipped", "decrypted_payload")
        host.wait_until("the payload is there", lambda: os.path.exists(payload))
        host.run_unknown()
        scene.wait_failed(host, "ima.validation.ima-ng.not_in_allowlist")
    finally:
        scene.close()
        shutil.rmtree(place)


def _text(path):
    with open(path, encoding="ascii") as file:
        return file.read()
