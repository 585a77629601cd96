# SPDX-License-Identifier: Apache-2.0
"""The machine's TPM: an swtpm whose state outlives a power cycle, as a chip's does."""
import os
import shutil

from lab.process import Process, wait_until
from lab.tpm import SoftwareTpm


class MachineTpm(SoftwareTpm):
    """Manufactured like the laboratory's, but handed to QEMU by its control socket; it ends with the machine."""

    def __init__(self, folder, authority, sockets):
        super().__init__(folder, authority)
        self.socket = os.path.join(sockets, "tpm.sock")

    def replace(self, state):
        """From the next power_on on it is the TPM that another swtpm left as this file."""
        shutil.copy(state, os.path.join(self.folder, "tpm2-00.permall"))

    def power_on(self):
        self.process = Process(
            "swtpm",
            # Before others on a busy machine: the guest's driver waits a second or two, no longer.
            ["nice", "-n", "-10", "swtpm", "socket", "--tpm2", "--tpmstate", f"dir={self.folder}",
             "--ctrl", f"type=unixio,path={self.socket}", "--terminate"],
            os.path.join(self.folder, "swtpm.log"))
        wait_until("swtpm listens", lambda: os.path.exists(self.socket), 20, self.process)

    def power_off(self, orderly=True):
        """QEMU, and the guest's kernel before it, have ended it in order."""
        if self.process:
            self.process.stop(seconds=10)
            self.process = None
        if os.path.exists(self.socket):
            os.unlink(self.socket)
