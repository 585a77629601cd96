# SPDX-License-Identifier: Apache-2.0
"""Processes with a log file, free ports, and waiting for a condition."""
import os
import signal
import socket
import subprocess
import threading
import time
import weakref


class Trouble(Exception):
    """What a scenario or the laboratory itself expected did not hold; the text says what, and what was found."""


class Process:
    """A child in a process group of its own, what it prints in a file."""

    _all = weakref.WeakSet()  # so that a run that is ended from outside leaves nothing behind

    def __init__(self, name, command, log, env=None, cwd=None):
        self.name, self.log = name, log
        with open(log, "ab") as out:
            self._begun = out.tell()
            self.child = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT,
                env=env, cwd=cwd, start_new_session=True)
        Process._all.add(self)

    @staticmethod
    def kill_all():
        for process in list(Process._all):
            process.kill_group()

    def running(self):
        return self.child.poll() is None

    def stop(self, how=signal.SIGTERM, seconds=20):
        """Ends it and what it started; returns its exit code."""
        if self.running():
            self.child.send_signal(how)
            try:
                self.child.wait(seconds)
            except subprocess.TimeoutExpired:
                pass
        self.kill_group()
        return self.child.wait()

    def kill_group(self):
        try:
            os.killpg(self.child.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass  # all of it has ended

    def printed(self):
        """All that is in the log since this process was started."""
        with open(self.log, errors="replace") as log:
            log.seek(self._begun)
            return log.read()

    def tail(self, lines=15):
        with open(self.log, errors="replace") as log:
            return "".join(f"    | {line}" for line in log.readlines()[-lines:])


class _Ports:
    """Below the range from which the kernel takes the ports of outgoing connections, so that none of those is in the way."""

    def __init__(self, first=10_000, end=32_000):
        self._first, self._span, self._lock = first, end - first, threading.Lock()
        self._next = os.getpid() * 64 % self._span

    def take(self, count):
        """The first of so many adjacent ports on which nothing listens; this process never gives them out again."""
        with self._lock:
            for _ in range(self._span):
                first = self._first + self._next
                self._next = (self._next + count) % (self._span - 8)
                if all(map(_free, range(first, first + count))):
                    return first
        raise Trouble(f"no {count} adjacent ports are free (expected: some from {self._first} on)")


def _free(port):
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
            return True
        except OSError:
            return False


_PORTS = _Ports()


def free_port():
    return _PORTS.take(1)


def free_port_pair():
    """The first of two adjacent ports: a TPM's, and its control channel's."""
    return _PORTS.take(2)


def listens(port):
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def wait_until(what, condition, seconds, process=None, pause=0.1):
    """What condition returned once it was true; Trouble when that took longer, or when the process ended meanwhile."""
    end = time.monotonic() + seconds
    while True:
        result = condition()
        if result:
            return result
        if process is not None and not process.running():
            raise Trouble(f"{process.name} ended with exit code {process.child.returncode}, expected: {what}\n{process.tail()}")
        if time.monotonic() > end:
            raise Trouble(f"after {seconds} s still not: {what}" + (f"\n{process.tail()}" if process else ""))
        time.sleep(pause)
