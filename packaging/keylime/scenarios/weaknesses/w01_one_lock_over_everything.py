# SPDX-License-Identifier: Apache-2.0
"""W1: the TPM is not held while a list of 20 MB is read: eight clients ask for it, and all eight quotes are taken before that much
was read for them"""
import os

from lab.ima import measured
from lab.mux import Mux
from lab.process import Trouble

QUOTE, CLIENTS, ENTRIES = 0x158, 8, 60_000
REQUEST = "/v2.1/quotes/integrity?nonce=lab&mask=0x400&partial=1"


def run(scene):
    host = scene.host("w01")
    host.boot(scene.recording[:5])
    host.list_only([measured(b"/opt/lib/%0200d.so" % number, number.to_bytes(32, "big")) for number in range(ENTRIES)])
    size = os.path.getsize(host.list)
    mux = Mux(host.tpm)
    host.tcti = mux.tcti
    clients = []
    try:
        host.start_agent()
        scene.wait_registered(host)
        with scene.client(host) as client:
            assert client.integrity().status == 200  # the list is known, as it is after a first poll
        read = []
        mux.before[QUOTE] = lambda _: read.append(host.bytes_read())
        clients = [scene.client(host) for _ in range(CLIENTS)]
        for client in clients:  # which do not read the answers yet
            client.connection.request("GET", REQUEST)
        host.wait_until("all quotes are taken", lambda: len(read) >= CLIENTS, 120)
        meanwhile = read[CLIENTS - 1] - read[0]
        if meanwhile > (CLIENTS - 1) * size / 2:
            raise Trouble(f"{meanwhile} bytes were read between the first and the last of {CLIENTS} quotes, the list has {size} "
                          f"(expected: less than half of it for each)")
    finally:
        for client in clients:
            client.close()
        mux.close()
