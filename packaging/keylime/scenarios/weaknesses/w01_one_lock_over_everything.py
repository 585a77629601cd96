# SPDX-License-Identifier: Apache-2.0
"""W1: while 16 clients fetch a list of 20 MB, a tenant's identity quote does not wait until those lists are built and sent"""
import threading

from lab.ima import measured
from lab.process import Trouble

CLIENTS, ENTRIES = 16, 60_000


def run(scene):
    host = scene.host("w01")
    host.boot(scene.recording[:5])
    host.list_only([measured(b"/opt/lib/%0200d.so" % number, number.to_bytes(32, "big")) for number in range(ENTRIES)])
    host.start_agent()
    scene.wait_registered(host)
    with scene.client(host) as client:
        whole = len(client.integrity().body)
    read = [0] * CLIENTS
    asked = threading.Barrier(CLIENTS + 1)
    readers = [threading.Thread(target=_read, args=(scene, host, read, number, asked)) for number in range(CLIENTS)]
    for reader in readers:
        reader.start()
    with scene.client(host) as client:
        client.get("/version")  # connected before
        asked.wait()
        answer = client.identity()
        meanwhile = sum(read)
    for reader in readers:
        reader.join()
    if answer.status != 200 or meanwhile > CLIENTS * whole / 2:
        raise Trouble(f"when the identity quote came ({answer.status}), {100 * meanwhile // (CLIENTS * whole)} % of the lists "
                      f"had been sent (expected: 200, less than half)")


def _read(scene, host, read, number, asked):
    with scene.client(host) as client:
        client.connection.request("GET", "/v2.1/quotes/integrity?nonce=lab&mask=0x400&partial=1")
        asked.wait()
        answer = client.connection.getresponse()
        while part := answer.read(65536):
            read[number] += len(part)
