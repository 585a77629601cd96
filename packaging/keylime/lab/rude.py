# SPDX-License-Identifier: Apache-2.0
"""Clients that misbehave, with the verifier's certificate where they get so far as to show one; most have an address of their own."""
import socket
import threading

from .client import context
from .process import Trouble

HEAD = b"GET /v2.1/quotes/integrity?nonce=rude&mask=0x400&partial=1&ima_ml_entry=0 HTTP/1.1\r\nHost: agent\r\n"
MANY, AHEAD = 10_000, 100
MUCH = 3 * 1024 * 1024


class Rude:
    """Each kind is at it again and again, on threads of its own, until the context ends; counts says how often one got through."""

    def __init__(self, scene, port):
        self.port, self.done = port, threading.Event()
        self.tls = context(scene.servers.client_certificate, scene.servers.client_key)
        self.kinds = {self.silent: 300, self.drips: 20, self.closes_half: 2, self.leaves: 2, self.exceeds: 2, self.sends_many: 1,
                      self.reads_slowly: 4}
        self.counts, self.trouble = {kind.__name__: 0 for kind in self.kinds}, []
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._repeat, args=(kind,)) for kind, count in self.kinds.items() for _ in range(count)]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.done.set()
        for thread in self._threads:
            thread.join()

    def _repeat(self, kind):
        while not self.done.is_set():
            try:
                kind()
                with self._lock:
                    self.counts[kind.__name__] += 1
            except OSError:
                self.done.wait(0.1)  # the agent has had enough of it
            except Trouble as trouble:
                self.trouble.append(f"{kind.__name__}: {trouble}")
                return

    def _plain(self, address="127.0.0.2"):
        return socket.create_connection(("127.0.0.1", self.port), 60, (address, 0))

    def _secured(self, client=None):
        return self.tls.wrap_socket(client or self._plain())

    def silent(self):
        """Connects, from the verifier's own address, and never says a word."""
        with self._plain("127.0.0.1") as client:
            client.settimeout(1)
            while not self.done.is_set():
                try:
                    return client.recv(1)
                except TimeoutError:
                    pass  # and goes on being silent
        return None

    def drips(self):
        """Sends a head byte by byte."""
        with self._secured() as client:
            for byte in HEAD:
                if self.done.wait(0.3):
                    return
                client.send(bytes([byte]))

    def closes_half(self):
        """Ends its own side in the middle of a request, and behind a whole one."""
        for request in (HEAD[:len(HEAD) // 2], HEAD + b"\r\n"):
            with self._secured() as client:
                client.send(request)
                client.shutdown(socket.SHUT_WR)
                self.done.wait(0.5)

    def leaves(self):
        """Asks for the whole list and goes away after its first bytes."""
        with self._secured() as client:
            client.send(HEAD + b"\r\n")
            client.recv(100)

    def exceeds(self):
        """Sends a head, and a body, beyond every limit."""
        head = b"GET / HTTP/1.1\r\nX-Much: "
        body = b"POST /v2.1/keys/vkey HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % MUCH
        for request in (head, body):
            with self._secured() as client:
                client.sendall(request + b"x" * MUCH)
                answer = client.recv(100)  # nothing where this client was too slow to hear it
                if answer and not answer.startswith(b"HTTP/1.1 400 "):
                    raise Trouble(f"{MUCH} bytes behind {request[:30]} were answered {answer} (expected: 400)")

    def sends_many(self):
        """Ten thousand requests in one connection, many of them ahead; all are answered."""
        with self._secured() as client, client.makefile("rb") as answers:
            for sent in range(0, MANY, AHEAD):
                client.sendall(b"GET /version HTTP/1.1\r\nHost: agent\r\n\r\n" * AHEAD)
                for number in range(sent, sent + AHEAD):
                    _answered(answers, number)
                if self.done.is_set():
                    return

    def reads_slowly(self):
        """Asks for the whole list and takes a few bytes of it a second."""
        with self._plain() as client:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            with self._secured(client) as secured:
                secured.send(HEAD + b"\r\n")
                while not self.done.wait(0.2):
                    secured.recv(256)


def _answered(answers, number):
    status, length = answers.readline(), 0
    if not status.startswith(b"HTTP/1.1 200 "):
        raise Trouble(f"request {number} of one connection was answered {status!r} (expected: 200)")
    while (line := answers.readline().strip().lower()):
        if line.startswith(b"content-length:"):
            length = int(line.split(b":")[1])
    answers.read(length)
