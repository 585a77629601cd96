# SPDX-License-Identifier: Apache-2.0
"""A host: a software TPM, a measurement list that grows as the kernel's does, and an agent with Keylime's configuration."""
import hashlib
import json
import os
import re
import shlex
import subprocess
import uuid

from .ima import measured, runtime_policy
from .process import Process, free_port, listens, wait_until
from .tpm import SoftwareTpm

# Each agent has a /run (with its status socket, of which a machine has one) of its own, and no mount of it is left behind.
OWN_RUN = ["unshare", "--mount", "--propagation", "slave", "sh", "-c", 'mount -t tmpfs tmpfs /run && exec "$@"', "sh"]


class Host:
    """What a scenario acts on. Entries happen in the kernel's order: line, count, extend."""

    def __init__(self, scene, folder, tpm=None, banks=("sha1", "sha256"), setup=None, **options):
        """tpm: one that another host has left, else a new one with these banks, and options of swtpm_setup."""
        self.scene, self.folder, self.name = scene, folder, os.path.basename(folder)
        self.uuid = str(uuid.uuid4())
        self.list = os.path.join(folder, "ascii_runtime_measurements")
        self.count = os.path.join(folder, "runtime_measurements_count")
        self.boot_log = os.path.join(folder, "binary_bios_measurements")  # absent without firmware
        self.state = os.path.join(folder, "state")
        self.secure = os.path.join(self.state, "secure")
        self.secure_mounted = True  # beforehand, as the package's unit does it; else it is the agent that mounts it
        self.tpm = tpm or SoftwareTpm(os.path.join(folder, "tpm"), scene.lab.authority, banks, *filter(None, [setup]))
        self.tcti = self.tpm.tcti
        self.entries, self.options, self.agent, self.env = [], options, None, {}
        self.user = 0  # who owns the agent's directories
        self.left_out = ()  # options that the agent's configuration is to say nothing of
        self.port = free_port()

    def boot(self, entries, firmware=None):
        """A list from its first entry on, with a TPM that was just powered on, in which firmware left its measurements."""
        self.tpm.power_off()
        self.tpm.power_on()
        self.entries = []
        for path in (self.list, self.count):
            with open(path, "wb"):
                pass
        if firmware:
            firmware.extend(self.tpm)
            self.write_boot_log(firmware)
            self.measure(measured(b"boot_aggregate", hashlib.sha256(b"".join(self.tpm.read(pcr) for pcr in range(10))).digest()))
        self.measure(*entries)

    def write_boot_log(self, firmware):
        with open(self.boot_log, "wb") as file:
            file.write(firmware.bytes())

    def file(self, name, text, mode=0o644):
        """A file in the host's folder; returns its path."""
        path = os.path.join(self.folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(path, mode)
        return path

    def measure(self, *entries):
        for entry in entries:
            self.append(entry)
            self.extend(entry)

    def measure_many(self, entries):
        """The same for a boot that is over before anyone looks: lines first, which is quicker."""
        self.entries += entries
        with open(self.list, "ab") as file:
            file.writelines(entry.line + b"\n" for entry in entries)
        self._write_count(len(self.entries))
        for entry in entries:
            self.extend(entry)

    def list_only(self, entries):
        """More lines than a TPM could extend in the time of a scenario that does not ask whether the list replays."""
        with open(self.list, "ab") as file:
            file.writelines(entry.line + b"\n" for entry in entries)
        self._write_count(len(self.entries) + len(entries))

    def _write_count(self, count):
        with open(self.count, "w", encoding="ascii") as file:
            file.write(f"{count}\n")

    def append(self, entry):
        """The line and the count alone, as when the TPM lost the extend."""
        self.entries.append(entry)
        with open(self.list, "ab") as file:
            file.write(entry.line + b"\n")
        self._write_count(len(self.entries))

    def extend(self, entry):
        """The extend alone, as by another writer."""
        self.tpm.extend(10, {bank: entry.digest(bank) for bank in self.tpm.banks})

    def run_unknown(self, path=b"/usr/bin/unknown-to-the-policy"):
        self.measure(measured(path, os.urandom(32)))

    def rewrite_list(self, change):
        """change: from the list of lines (bytes) to what is in the file afterwards."""
        with open(self.list, "rb") as file:
            lines = file.read().split(b"\n")[:-1]
        with open(self.list, "wb") as file:
            file.write(b"".join(line + b"\n" for line in change(lines)))

    def start_agent(self, command=None, listening=True):
        """Starts it (command: another one) and waits until it listens; what it says is in agent.log."""
        os.makedirs(self.secure, mode=0o700, exist_ok=True)
        os.chown(self.state, self.user, self.user)
        if self.secure_mounted and not os.path.ismount(self.secure):
            _run("mount", "-t", "tmpfs", "-o", f"size=1m,mode=0700,uid={self.user},gid={self.user}", "tmpfs", self.secure)
        config = os.path.join(self.folder, "agent.conf")
        with open(config, "w", encoding="utf-8") as file:
            file.write("[agent]\n" + "".join(
                f"{key} = {json.dumps(value)}\n" for key, value in self.settings().items() if key not in self.left_out))
        env = {**os.environ, "KEYLIME_AGENT_CONFIG": config, "TCTI": self.tcti, "RUST_LOG": "keylime_agent=info,keylime=info", **self.env}
        self.log = os.path.join(self.folder, "agent.log")
        self.agent = Process("the agent", OWN_RUN + shlex.split(command or self.scene.lab.agent_command), self.log, env, self.folder)
        if listening:
            wait_until("the agent listens", lambda: listens(self.port), 90, self.agent)

    def activated(self):
        """By the agent that runs now, as it says."""
        return " activated" in self.agent.printed()

    def start_agent_as(self, uuid_option):
        self.options["uuid"] = uuid_option
        self.start_agent()

    def resident(self):
        """The agent's memory in MB."""
        with open(f"/proc/{self.agent.child.pid}/status", encoding="ascii") as status:
            return int(re.search(r"VmRSS:\s+(\d+)", status.read())[1]) / 1024

    def bytes_read(self):
        """By the agent, from whatever, since its start."""
        with open(f"/proc/{self.agent.child.pid}/io", encoding="ascii") as io:
            return int(re.search(r"rchar: (\d+)", io.read())[1])

    def seen(self, path):
        """The path of a file as the agent sees it, whose mounts are its own."""
        return f"/proc/{self.agent.child.pid}/root{path}"

    def said(self, *texts):
        """Whether the agent's log has all of these texts."""
        return all(map(self.times_said, texts))

    def times_said(self, text):
        with open(self.log, encoding="utf-8", errors="replace") as log:
            return log.read().count(text)

    def wait_said(self, *texts, seconds=120):
        self.wait_until(f"{self.name} logs {texts}", lambda: self.said(*texts), seconds)

    def wait_until(self, what, condition, seconds=120):
        """As long as the agent runs; Trouble shows the end of what it said."""
        return wait_until(what, condition, seconds, self.agent)

    def settings(self):
        return {
            "version": "2.4",
            "uuid": self.uuid,
            "ip": "127.0.0.1",
            "port": self.port,
            "contact_ip": "127.0.0.1",
            "contact_port": self.port,
            "registrar_ip": "127.0.0.1",
            "registrar_port": self.scene.servers.registrar_port,
            "keylime_dir": self.state,
            "trusted_client_ca": self.scene.servers.client_ca,
            "enable_revocation_notifications": False,
            "ima_ml_path": self.list,
            "measuredboot_ml_path": self.boot_log,
            "run_as": "",
            **self.options,
        }

    def stop_agent(self, **how):
        code = self.agent.stop(**how)
        self.tpm.flush()
        return code

    def policy(self, entries=None, **more):
        """A runtime policy file in which the given entries, else the host's own, are as they should be."""
        path = os.path.join(self.folder, "policy.json")
        with open(path, "w", encoding="utf-8") as file:
            json.dump(runtime_policy(self.entries if entries is None else entries, **more), file)
        return path

    def close(self):
        if self.agent:
            self.agent.stop()
        self.tpm.power_off()
        unmount(self.secure)


def unmount(folder):
    if os.path.ismount(folder):
        _run("umount", folder)


def _run(*command):
    subprocess.run(command, check=True)
