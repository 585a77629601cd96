# SPDX-License-Identifier: Apache-2.0
"""W10: a TPM2_Quote is answered with garbage for once, as by a broken driver, in nine ways: the request after it gets its quote"""
import os
import struct

from lab.mux import Mux
from lab.process import Trouble

SECONDS = 30
QUOTE = 0x158


def garbage():
    """Name to what comes in place of an answer."""
    yield "nothing behind success", struct.pack(">HII", 0x8001, 10, 0)
    yield "nothing behind success with sessions", struct.pack(">HII", 0x8002, 10, 0)
    yield "noise behind success", struct.pack(">HII", 0x8002, 210, 0) + os.urandom(200)
    yield "zeros behind success", struct.pack(">HII", 0x8002, 1034, 0) + bytes(1024)
    yield "sizes beyond the end", struct.pack(">HIII", 0x8002, 78, 0, 64) + b"\xff" * 64
    yield "another tag", struct.pack(">HII", 0x1234, 10, 0)
    yield "less than it says", struct.pack(">HII", 0x8001, 4000, 0)
    yield "an impossible size", struct.pack(">HII", 0x8001, 0xFFFFFFFF, 0)
    yield "an unknown code", struct.pack(">HII", 0x8001, 10, 0xDEADBEEF)


def run(scene):
    host = scene.host("w10")
    host.boot(scene.recording[:20])
    mux = Mux(host.tpm)
    host.tcti = mux.tcti
    lost = []
    try:
        host.start_agent()
        scene.wait_registered(host)
        for name, answer in garbage():
            given = []
            mux.before[QUOTE] = lambda _, answer=answer, given=given: None if given else given.append(1) or answer
            _status(scene, host)
            status = _status(scene, host)
            if not given or status != 200:
                lost.append(f"{name}: {status}")
                host.stop_agent()
                host.start_agent()
    finally:
        mux.close()
    if lost:
        raise Trouble(f"no quote by the next request after {lost} (expected: 200 each time)")


def _status(scene, host):
    try:
        with scene.client(host) as client:
            client.connection.timeout = 15
            return client.identity().status
    except OSError as failure:
        return repr(failure)
