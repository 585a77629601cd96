# SPDX-License-Identifier: Apache-2.0
"""Commands inside the machine, by ssh over a forwarded port; all that was run and printed is in guest.log."""
import os
import shlex
import subprocess

from lab.process import Trouble


class Guest:
    """Root's shell in the machine."""

    def __init__(self, port, key, folder, sockets):
        self.port, self.log = port, os.path.join(folder, "guest.log")
        self.options = ["-i", key, "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR",
                        "-o", "BatchMode=yes", "-o", "ConnectTimeout=20", "-o", "ServerAliveInterval=20", "-o", "ServerAliveCountMax=15",
                        "-o", "ControlMaster=auto", "-o", "ControlPersist=600", "-o", f"ControlPath={sockets}/ssh"]

    def ask(self, command, seconds=300, data=None):
        """Runs a shell command; returns its exit code and what it printed, whatever they are."""
        try:
            ran = subprocess.run(
                ["ssh", *self.options, "-p", str(self.port), "root@127.0.0.1", command], input=data,
                stdin=subprocess.DEVNULL if data is None else None, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                timeout=seconds, check=False)
            code, output = ran.returncode, ran.stdout
        except subprocess.TimeoutExpired as late:
            code, output = 124, (late.stdout or b"") + b"(no end within %d s)\n" % seconds
        with open(self.log, "ab") as log:
            log.write(b"$ " + command.encode() + b"\n" + output + b"exit code %d\n" % code)
        return code, output.decode("utf-8", "backslashreplace")

    def run(self, command, expect=0, seconds=300, data=None):
        """What a shell command printed; Trouble when it ended with another exit code."""
        code, output = self.ask(command, seconds, data)
        if code != expect:
            raise Trouble(f"in the machine: {command}\n  ended with exit code {code} (expected: {expect}):\n{indented(output)}")
        return output

    def read(self, path):
        """The bytes of a file."""
        ran = subprocess.run(["ssh", *self.options, "-p", str(self.port), "root@127.0.0.1", f"cat {path}"],
                             stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=300, check=False)
        if ran.returncode:
            raise Trouble(f"in the machine: {path} cannot be read (exit code {ran.returncode})")
        return ran.stdout

    def write(self, path, content, mode="644"):
        """A file with this content (text or bytes), its folder made where there is none."""
        data = content.encode() if isinstance(content, str) else content
        name = shlex.quote(path)
        self.run(f"mkdir -p {shlex.quote(os.path.dirname(path))} && cat >{name} && chmod {mode} {name}", data=data)

    def put(self, local, path, mode="644"):
        with open(local, "rb") as file:
            self.write(path, file.read(), mode)

    def hang_up(self):
        """Ends the shared connection, before the machine goes down under it."""
        subprocess.run(["ssh", *self.options, "-p", str(self.port), "-O", "exit", "root@127.0.0.1"],
                       stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=30, check=False)


def indented(output, lines=30):
    return "".join(f"    | {line[:400]}\n" for line in output.splitlines()[-lines:])
