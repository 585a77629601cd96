# SPDX-License-Identifier: Apache-2.0
"""A firmware's measured boot log (TCG PC Client Platform Firmware Profile, 10: crypto-agile log), and its extends."""
import hashlib
import struct

from .tpm import ALGORITHMS

EV_POST_CODE, EV_NO_ACTION, EV_SEPARATOR, EV_S_CRTM_VERSION, EV_IPL = 0x01, 0x03, 0x04, 0x08, 0x0D
BANKS = ("sha1", "sha256")
# A reference state for the verifier's measured_boot_policy_name = accept-all: not empty, so that PCRs are held against the log.
ACCEPT_ALL = '{"accepted": "all"}'


class BootLog:
    """Events (PCR, type, data), each with its digest in both banks."""

    def __init__(self):
        self.events = [(0, EV_S_CRTM_VERSION, "laboratory firmware 1.0\0".encode("utf-16-le")), (0, EV_POST_CODE, b"ACPI DATA")]
        self.events += [(pcr, EV_SEPARATOR, bytes(4)) for pcr in range(8)]
        self.events += [(8, EV_IPL, b"kernel_cmdline: root=/dev/vda1 ima_policy=tcb\0"), (9, EV_IPL, b"/boot/vmlinuz\0")]

    def bytes(self):
        algorithms = b"".join(struct.pack("<HH", ALGORITHMS[bank], hashlib.new(bank).digest_size) for bank in BANKS)
        head = b"Spec ID Event03\0" + struct.pack("<IBBBBI", 0, 0, 2, 0, 2, len(BANKS)) + algorithms + b"\0"
        return struct.pack("<II20sI", 0, EV_NO_ACTION, b"", len(head)) + head + b"".join(map(self._event, self.events))

    @staticmethod
    def _event(event):
        pcr, kind, data = event
        digests = b"".join(struct.pack("<H", ALGORITHMS[bank]) + hashlib.new(bank, data).digest() for bank in BANKS)
        return struct.pack("<III", pcr, kind, len(BANKS)) + digests + struct.pack("<I", len(data)) + data

    def extend(self, tpm):
        for pcr, _, data in self.events:
            tpm.extend(pcr, {bank: hashlib.new(bank, data).digest() for bank in BANKS})
