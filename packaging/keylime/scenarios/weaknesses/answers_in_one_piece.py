# SPDX-License-Identifier: Apache-2.0
"""a quote with 100 new entries reaches a client in one TCP segment, so that nobody waits 40 ms for an acknowledgement"""
import socket
import struct

from lab.process import Trouble

ANSWERS = 50
DATA_SEGMENTS_RECEIVED = 152  # offset of tcpi_data_segs_in in the kernel's struct tcp_info


def run(scene):
    host = scene.registered_host("segments", entries=200)
    with scene.client(host) as client:
        assert client.integrity(entry=100).status == 200
        client.connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        before = _received(client)
        sizes = {len(_good(client.integrity(nonce=f"n{number}", entry=100))) for number in range(ANSWERS)}
        segments = _received(client) - before
    if min(sizes) < 10_000 or segments > ANSWERS * 1.2:
        raise Trouble(f"{segments} segments for {ANSWERS} answers of {min(sizes)} bytes (expected: one each, of 10,000 and more)")


def _good(answer):
    if answer.status != 200:
        raise Trouble(f"answered {answer} (expected: 200)")
    return answer.body


def _received(client):
    info = client.connection.sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 256)
    return struct.unpack_from("=I", info, DATA_SEGMENTS_RECEIVED)[0]
