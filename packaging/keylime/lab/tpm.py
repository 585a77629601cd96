# SPDX-License-Identifier: Apache-2.0
"""A software TPM with EK certificates of a CA of the laboratory, and raw commands to it."""
import os
import socket
import struct
import subprocess

from .process import Process, Trouble, free_port_pair, listens, wait_until

ALGORITHMS = {"sha1": 0x0004, "sha256": 0x000B, "sha384": 0x000C, "sha512": 0x000D}
PCR_EXTEND, PCR_READ, PCR_RESET, SHUTDOWN, DA_LOCK_RESET = 0x182, 0x17E, 0x13D, 0x145, 0x139
GET_CAPABILITY, FLUSH_CONTEXT, CAP_HANDLES = 0x17A, 0x165, 1
NO_SESSIONS, SESSIONS = 0x8001, 0x8002
RH_LOCKOUT = 0x4000000A
PASSWORD_SESSION = struct.pack(">IIHBH", 9, 0x40000009, 0, 0, 0)


class SoftwareTpm:
    """An swtpm that closes the connection after each command, so that several clients take turns."""

    def __init__(self, folder, authority, banks=("sha1", "sha256"), setup=("--create-ek-cert", "--create-platform-cert", "--lock-nvram")):
        """setup: further options of swtpm_setup."""
        self.folder, self.banks = folder, banks
        self.port = free_port_pair()
        self.tcti = f"swtpm:host=127.0.0.1,port={self.port}"
        self.process = None
        os.makedirs(folder, exist_ok=True)
        _run(["swtpm_setup", "--tpm2", "--tpmstate", folder, *setup, "--pcr-banks", ",".join(banks), "--overwrite"],
             authority, os.path.join(folder, "setup.log"))

    def tool(self, *command):
        """Runs one of tpm2-tools on it, in its folder; returns what that printed."""
        ran = subprocess.run(command, env={**os.environ, "TPM2TOOLS_TCTI": self.tcti}, cwd=self.folder,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        if ran.returncode:
            raise Trouble(f"{' '.join(command)} failed:\n{ran.stdout}")
        return ran.stdout

    def power_on(self):
        """PCRs are zero, nothing is loaded."""
        self.process = Process(
            "swtpm",
            ["swtpm", "socket", "--tpm2", "--tpmstate", f"dir={self.folder}", "--flags", "not-need-init,startup-clear",
             "--server", f"type=tcp,port={self.port},bindaddr=127.0.0.1,disconnect",
             "--ctrl", f"type=tcp,port={self.port + 1},bindaddr=127.0.0.1"],
            os.path.join(self.folder, "swtpm.log"))
        wait_until("swtpm listens", lambda: listens(self.port + 1), 10, self.process)
        self.command(SESSIONS, DA_LOCK_RESET, struct.pack(">I", RH_LOCKOUT) + PASSWORD_SESSION)

    def power_off(self, orderly=True):
        """Orderly as an operating system does; without it the TPM counts an attack on its dictionary."""
        if self.process and self.process.running():
            if orderly:
                self.command(NO_SESSIONS, SHUTDOWN, struct.pack(">H", 0))
            self.process.stop(seconds=5)

    def extend(self, pcr, digests):
        """digests: bank name to bytes."""
        values = b"".join(struct.pack(">H", ALGORITHMS[bank]) + digest for bank, digest in digests.items())
        self.command(SESSIONS, PCR_EXTEND, struct.pack(">I", pcr) + PASSWORD_SESSION + struct.pack(">I", len(digests)) + values)

    def reset(self, pcr):
        self.command(SESSIONS, PCR_RESET, struct.pack(">I", pcr) + PASSWORD_SESSION)

    def read(self, pcr, bank="sha256"):
        select = bytearray(3)
        select[pcr // 8] = 1 << pcr % 8
        rest = self.command(NO_SESSIONS, PCR_READ, struct.pack(">IHB", 1, ALGORITHMS[bank], 3) + bytes(select))
        size, = struct.unpack_from(">H", rest, 18)  # after the update counter, the selection and the number of digests
        return rest[20:20 + size]

    def flush(self):
        """What a client left loaded when it ended: the kernel's resource manager would have taken it away."""
        for kind in (0x80000000, 0x02000000):  # transient objects, loaded sessions
            rest = self.command(NO_SESSIONS, GET_CAPABILITY, struct.pack(">III", CAP_HANDLES, kind, 64))
            count, = struct.unpack_from(">I", rest, 5)
            for handle in struct.unpack_from(f">{count}I", rest, 9):
                self.command(NO_SESSIONS, FLUSH_CONTEXT, struct.pack(">I", handle))

    def command(self, tag, code, body):
        """The answer after its head; Trouble for any other response code than success."""
        with socket.create_connection(("127.0.0.1", self.port), 30) as connection:
            connection.sendall(struct.pack(">HII", tag, 10 + len(body), code) + body)
            head = _receive(connection, 10)
            _, length, answer = struct.unpack(">HII", head)
            rest = _receive(connection, length - 10)
        if answer:
            raise Trouble(f"the TPM answered 0x{answer:x} to command 0x{code:x}")
        return rest


def make_authority(folder):
    """The CA that issues the EK certificates; a first TPM makes its key, so that later ones can be made side by side."""
    os.makedirs(folder)
    _run(["swtpm_setup", "--create-config-files", "root"], folder, os.path.join(folder, "setup.log"))
    SoftwareTpm(os.path.join(folder, "first-tpm"), folder)


def _run(command, authority, log):
    with open(log, "ab") as out:
        env = {**os.environ, "XDG_CONFIG_HOME": authority}
        if subprocess.run(command, env=env, stdout=out, stderr=subprocess.STDOUT, check=False).returncode:
            raise Trouble(f"{command} failed, see {log}")


def _receive(connection, length):
    received = b""
    while len(received) < length:
        part = connection.recv(length - len(received))
        if not part:
            raise Trouble("the TPM closed the connection within an answer")
        received += part
    return received
