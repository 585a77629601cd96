# SPDX-License-Identifier: Apache-2.0
"""What is in a quote string of Keylime's wire format: r, TPMS_ATTEST, TPMT_SIGNATURE and the PCR blob."""
import base64
import hashlib
import struct


class Quote:
    """The parts as bytes, and the PCR values that were sent beside the quote."""

    def __init__(self, text):
        self.parts = text[1:].split(":")
        self.attest, self.signature, self.blob = (base64.b64decode(part, validate=True) for part in self.parts)
        self.pcrs = dict(zip(self._selected(), self._digests()))

    def _selected(self):
        bitmap = int.from_bytes(self.blob[7:10], "little")
        return [pcr for pcr in range(24) if bitmap >> pcr & 1]

    def _digests(self):
        for at in range(136, len(self.blob), 532):
            for slot in range(at + 4, at + 532, 66):
                size, = struct.unpack_from("<H", self.blob, slot)
                if size:
                    yield self.blob[slot + 2:slot + 2 + size]


def binding(public):
    """What PCR 16 (sha256) holds for this payload key."""
    return hashlib.sha256(bytes(32) + hashlib.sha256(public.encode()).digest()).digest()
