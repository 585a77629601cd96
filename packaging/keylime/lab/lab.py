# SPDX-License-Identifier: Apache-2.0
"""The laboratory: the servers that scenarios share, the CA of its TPMs, and where everything is kept."""
import glob
import os
import shutil
import threading
import time

from .host import unmount
from .ima import recorded
from .scene import Scene
from .servers import HERE, Servers
from .tpm import make_authority

ROOT = os.path.dirname(os.path.dirname(HERE))
TARGET = os.path.join(ROOT, "packaging", "target", "keylime")
RECORDING = os.path.join(ROOT, "src-test-fixtures/src/main/resources/attestation/fixtures/ima/debian12-6.12-tcb")


class Lab:
    """Started once; a scene of it for each scenario."""

    def __init__(self, agent_command, peer=None, folder=os.path.join(TARGET, "run")):
        """folder: of this run's servers and hosts with their logs, emptied before."""
        self.agent_command, self.peer, self.folder = agent_command, peer, folder
        for left in glob.glob(os.path.join(self.folder, "hosts", "*", "state", "secure")):
            unmount(left)
        shutil.rmtree(self.folder, ignore_errors=True)
        os.makedirs(os.path.join(self.folder, "hosts"))
        self.authority = os.path.join(self.folder, "tpm-ca")
        self.servers = self.more_servers("run")
        self.recording = recorded(RECORDING)[:470]  # a digest by MD5 follows, which Keylime's policy schema refuses
        self._hosts, self._lock = 0, threading.Lock()

    def start(self):
        start = time.monotonic()
        self.servers.install()
        print(f"  servers installed ({time.monotonic() - start:.0f} s)", flush=True)
        make_authority(self.authority)
        self.servers.configure()
        self.servers.start()
        print(f"  registrar and verifier run ({time.monotonic() - start:.0f} s)", flush=True)

    def more_servers(self, name):
        """Another set, which a scenario may set up as it needs it and break."""
        folder = self.folder if name == "run" else os.path.join(self.folder, "servers", name)
        os.makedirs(folder, exist_ok=True)
        return Servers(TARGET, folder, self.authority)

    def scene(self, name="bench"):
        return Scene(self, name)

    def host_folder(self, name):
        """A new one; short, since the path of a unix socket in it is limited."""
        with self._lock:
            self._hosts += 1
            folder = os.path.join(self.folder, "hosts", f"{self._hosts}-{name}")
        os.makedirs(folder)
        return folder

    def close(self):
        self.servers.stop()
