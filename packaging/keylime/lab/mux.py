# SPDX-License-Identifier: Apache-2.0
"""Lets clients that keep their connection share a software TPM, counts the commands, is as slow as a chip, away, or in between."""
import collections
import socket
import socketserver
import struct
import threading
import time

from .process import free_port_pair


class Mux:
    """TPM commands on port, swtpm's control channel (answers success to all) on port + 1."""

    def __init__(self, tpm):
        self.tpm, self.port = tpm, free_port_pair()
        self.tcti = f"swtpm:host=127.0.0.1,port={self.port}"
        self.commands = collections.Counter()
        self.delays = {}  # seconds by command code, None for any other
        self.before = {}  # by command code: called before the TPM gets one; bytes that it returns are the answer instead
        self._turn = threading.Lock()
        self._clients = set()
        self._servers = []
        self.come_back()

    def take_counts(self):
        counts, self.commands = self.commands, collections.Counter()
        return counts

    def go_away(self):
        """Nothing listens any more, and connections end: a TPM that was taken away, though its state stays."""
        for server in self._servers:
            server.shutdown()
            server.server_close()
        for client in list(self._clients):
            try:
                client.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass  # it is gone
        self._servers = []

    close = go_away

    def come_back(self):
        self._servers = [self._serve(self.port, self._tpm), self._serve(self.port + 1, _control)]

    def _serve(self, port, talk):
        clients = self._clients

        class Handler(socketserver.BaseRequestHandler):
            def handle(self):
                self.request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                clients.add(self.request)
                try:
                    talk(self.request)
                except (EOFError, OSError):
                    pass  # the client is gone
                finally:
                    clients.discard(self.request)

        class Server(socketserver.ThreadingTCPServer):
            allow_reuse_address, daemon_threads, request_queue_size = True, True, 64

        server = Server(("127.0.0.1", port), Handler)
        threading.Thread(target=server.serve_forever, args=(0.1,), daemon=True).start()
        return server

    def _tpm(self, client):
        while True:
            client.sendall(self._forward(_message(client)))

    def _forward(self, command):
        code, = struct.unpack_from(">I", command, 6)
        with self._turn:
            hook = self.before.get(code)
            return (hook(command) if hook else None) or self._ask(code, command)

    def _ask(self, code, command):
        with socket.create_connection(("127.0.0.1", self.tpm.port)) as upstream:
            upstream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            upstream.sendall(command)
            answer = _message(upstream)
            time.sleep(self.delays.get(code, self.delays.get(None, 0)))
        self.commands[code] += 1
        return answer


def _control(client):
    while client.recv(4096):
        client.sendall(bytes(4))


def _message(connection):
    head = _need(connection, 10)
    return head + _need(connection, struct.unpack(">I", head[2:6])[0] - 10)


def _need(connection, length):
    received = b""
    while len(received) < length:
        part = connection.recv(length - len(received))
        if not part:
            raise EOFError
        received += part
    return received
