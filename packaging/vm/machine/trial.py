# SPDX-License-Identifier: Apache-2.0
"""What a step gets: the machine, Keylime's servers outside, the package, and the agent seen from both sides."""
import json
import os
import shutil
import subprocess
import tempfile
import time

from lab.lab import ROOT
from lab.process import Trouble

from . import policy
from .package import another
from .fleet import HOST_AS_THE_GUEST_SEES_IT, Enrolled, Fleet
from .qemu import Machine, accelerator

TARGET = os.path.join(ROOT, "packaging", "target", "vm")
UNIT = "attestation-agent.service"
OLDER = "0.0.9-1"
UUID = "7d1f0d2e-4a6b-4c55-8d0c-2f6a5b1d9002"
NOT_ASKED = "no verifier has asked"
PATIENCE = """[Service]
# A JVM in emulation starts some thirty times slower.
TimeoutStartSec=600
TimeoutStopSec=120
WatchdogSec=300
"""


class Trial:
    """The state of one run; steps leave the machine running, installed and healthy for the next."""

    def __init__(self, image, deb):
        self.folder = os.path.join(TARGET, "run")
        shutil.rmtree(self.folder, ignore_errors=True)
        os.makedirs(self.folder)
        self.deb = deb
        self.sockets = tempfile.mkdtemp(prefix="vm-")
        self.fleet = Fleet(os.path.join(self.folder, "keylime"))
        kind = accelerator(image, self.folder)
        self.machine = Machine(image, self.folder, self.sockets, self.fleet.authority, kind)
        self.guest = self.machine.guest
        self.enrolled = Enrolled(self.fleet, self.machine, UUID, self.folder)
        self.known = policy.of_image(image)
        self.older, changed = another(deb, self.folder, OLDER)
        check(changed, f"{deb} has no jar of ours")
        self.packages = [policy.of_package(package) for package in (deb, self.older)]
        self.extra = []

    # The agent inside.

    def configure(self, **more):
        """The few lines that an administrator writes."""
        self.fleet.start()
        with open(self.fleet.servers.client_ca, "rb") as file:
            self.guest.write("/etc/attestation-agent/verifier-ca.crt", file.read())
        self.guest.write("/etc/attestation-agent/agent.toml.d/site.toml", self._toml(more), "640")
        self.guest.run("chgrp attestation-agent /etc/attestation-agent/agent.toml.d/site.toml")
        self.guest.write(f"/etc/systemd/system/{UNIT}.d/emulation.conf", PATIENCE)
        self.guest.run("systemctl daemon-reload")

    def _toml(self, more):
        return f"""[agent]
uuid = "{UUID}"
contact_ip = "127.0.0.1"
contact_port = {self.machine.agent_port}
[registrar]
ip = "{HOST_AS_THE_GUEST_SEES_IT}"
port = {self.fleet.servers.registrar_port}
[https]
ip = "0.0.0.0"
trusted_client_ca = ["/etc/attestation-agent/verifier-ca.crt"]
""" + "".join(f"[{section}]\n{lines}\n" for section, lines in more.items())

    def new_program(self, name):
        """Runs one that the kernel has not measured yet, and that policies allow."""
        self.guest.run(f"mkdir -p /usr/local/trial; (cat /bin/true; echo {name}) >/usr/local/trial/{name}; chmod 755 /usr/local/trial/{name}; "
                       f"/usr/local/trial/{name}")

    def start(self):
        self.guest.run(f"systemctl start {UNIT} || (journalctl -u {UNIT} --no-pager | tail -40; exit 1)", seconds=900)

    def command(self, arguments, user="root", expect=0):
        """Our own command in the machine; without its second compiler, whose work is slow in emulation."""
        return self.guest.run(f"runuser -u {user} -- env AGENT_JAVA_OPTS=-XX:TieredStopAtLevel=1 agent {arguments}", expect, seconds=600)

    def status(self):
        """The verdict and all of the status, from the socket: the command is a JVM, and that takes a minute in emulation."""
        code, text = self.guest.ask("curl -s --max-time 100 --unix-socket /run/attestation-agent/agent.sock http://localhost/status", 150)
        try:
            verdict = json.loads(text)["verdict"] if code == 0 else "not running"
            return {"ok": "healthy"}.get(verdict, verdict), text
        except (ValueError, KeyError):
            return "not running", text

    def healthy(self, seconds=600):
        """Until it can attest: healthy, or degraded only because no verifier has asked yet."""
        return self.wait_status(lambda verdict, text: verdict == "healthy" or verdict == "degraded" and NOT_ASKED in text, "healthy", seconds)

    def wait_status(self, condition, what, seconds=600):
        end = time.monotonic() + seconds
        while True:
            verdict, text = self.status()
            if condition(verdict, text):
                return text
            if time.monotonic() > end or not self.machine.running():
                raise Trouble(f"the agent's status is {verdict} (expected: {what}):\n{text}")
            time.sleep(1)

    def main_pid(self):
        return int(self.guest.run(f"systemctl show -p MainPID --value {UNIT}"))

    def restarts(self):
        return int(self.guest.run(f"systemctl show -p NRestarts --value {UNIT}"))

    def memory(self):
        """MiB that are charged to the unit, less the file pages that nobody used of late."""
        folder = "/sys/fs/cgroup" + self.guest.run(f"systemctl show -p ControlGroup --value {UNIT}").strip()
        current, inactive = self.guest.run(f"cat {folder}/memory.current; sed -n 's/^inactive_file //p' {folder}/memory.stat").split()
        return (int(current) - int(inactive)) / (1 << 20)

    # Seen from outside.

    def agent(self, *arguments, expect=0):
        """Our own command, run outside of the machine; no exit code is expected where that is None."""
        command = os.path.join(ROOT, "packaging", "target", "attestation-agent", "bin", "agent")
        ran = subprocess.run([command, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                             text=True, timeout=400, check=False)
        with open(os.path.join(self.folder, "outside.log"), "a", encoding="utf-8") as log:
            log.write(f"$ agent {' '.join(arguments)}\n{ran.stdout}exit code {ran.returncode}\n")
        if expect not in (None, ran.returncode):
            raise Trouble(f"outside: agent {' '.join(arguments)}\n  ended with exit code {ran.returncode} (expected: {expect}):\n{ran.stdout}")
        return ran.stdout

    def pin(self):
        """Takes the AK and the certificate of the host, once, by a way that is trusted."""
        self._pin("ak.pem", self.command("identity --ak pem").encode())
        self._pin("agent.crt", self.guest.read("/var/lib/attestation-agent/server-cert.crt"))

    def _pin(self, name, content):
        with open(os.path.join(self.folder, name), "wb") as file:
            file.write(content)

    def verify(self, *more, ak=None, expect=0):
        """An independent verifier that remembers what was proven before."""
        servers = self.fleet.servers
        return self.agent(
            "verify", f"https://127.0.0.1:{self.machine.agent_port}", "--cert", servers.client_certificate, "--key", servers.client_key,
            "--ca", os.path.join(self.folder, "agent.crt"), "--ak", ak or os.path.join(self.folder, "ak.pem"), "--timeout", "120",
            *more, expect=expect)

    def remembered(self, *more, expect=0):
        """The same, from where the last one ended."""
        return self.verify("--state", os.path.join(self.folder, "verifier.state"), *more, expect=expect)

    # Enrolment with Keylime.

    def policy(self):
        return policy.runtime_policy(self.known, *self.packages, self.extra)

    def enrol(self):
        self.fleet.start()
        self.enrolled.add(self.policy())
        self.enrolled.attested()

    def note(self, text):
        print(f"  {text}", flush=True)

    def close(self):
        try:
            self.fleet.close()
        finally:
            self.machine.close()


def check(condition, text):
    """What a step insists on."""
    if not condition:
        raise Trouble(text)
