# SPDX-License-Identifier: Apache-2.0
"""A host: a software TPM, a measurement list that grows as the kernel's does, and an agent with Keylime's configuration."""
import json
import os
import shlex
import subprocess
import uuid

from .ima import measured, runtime_policy
from .process import Process, free_port, listens, wait_until
from .tpm import SoftwareTpm


class Host:
    """What a scenario acts on. Entries happen in the kernel's order: line, count, extend."""

    def __init__(self, lab, name, **options):
        self.lab, self.name = lab, name
        self.uuid = str(uuid.uuid4())
        self.folder = os.path.join(lab.folder, "hosts", name)
        os.makedirs(self.folder)
        self.list = os.path.join(self.folder, "ascii_runtime_measurements")
        self.count = os.path.join(self.folder, "runtime_measurements_count")
        self.tpm = SoftwareTpm(os.path.join(self.folder, "tpm"), lab.authority)
        self.tcti = self.tpm.tcti
        self.entries, self.options, self.agent = [], options, None
        self.port = free_port()

    def boot(self, entries):
        """A list from its first entry on, with a TPM that was just powered on."""
        self.tpm.power_off()
        self.tpm.power_on()
        self.entries = []
        for path in (self.list, self.count):
            with open(path, "wb"):
                pass
        self.measure(*entries)

    def measure(self, *entries):
        for entry in entries:
            self.append(entry)
            self.extend(entry)

    def append(self, entry):
        """The line and the count alone, as when the TPM lost the extend."""
        self.entries.append(entry)
        with open(self.list, "ab") as file:
            file.write(entry.line + b"\n")
        with open(self.count, "w", encoding="ascii") as file:
            file.write(f"{len(self.entries)}\n")

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

    def start_agent(self):
        """Starts it and waits until it listens; what it says is in agent.log."""
        os.makedirs(os.path.join(self.folder, "state"), mode=0o700, exist_ok=True)
        config = os.path.join(self.folder, "agent.conf")
        with open(config, "w", encoding="utf-8") as file:
            file.write("[agent]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in self.settings().items()))
        env = {**os.environ, "KEYLIME_AGENT_CONFIG": config, "TCTI": self.tcti, "RUST_LOG": "keylime_agent=info"}
        log = os.path.join(self.folder, "agent.log")
        self.agent = Process("the agent", shlex.split(self.lab.agent_command), log, env, self.folder)
        wait_until("the agent listens", lambda: listens(self.port), 60, self.agent)

    def settings(self):
        return {
            "version": "2.4",
            "uuid": self.uuid,
            "ip": "127.0.0.1",
            "port": self.port,
            "contact_ip": "127.0.0.1",
            "contact_port": self.port,
            "registrar_ip": "127.0.0.1",
            "registrar_port": self.lab.servers.registrar_port,
            "keylime_dir": os.path.join(self.folder, "state"),
            "trusted_client_ca": self.lab.servers.client_ca,
            "enable_revocation_notifications": False,
            "ima_ml_path": self.list,
            "measuredboot_ml_path": os.path.join(self.folder, "no-boot-log"),
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
        unmount(os.path.join(self.folder, "state", "secure"))


def unmount(folder):
    """An agent that runs as root mounts a tmpfs for secrets, and leaves it when it ends."""
    if os.path.ismount(folder):
        subprocess.run(["umount", folder], check=True)
