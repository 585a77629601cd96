# SPDX-License-Identifier: Apache-2.0
"""Measurement lists: recorded ones, made-up entries, and Keylime's runtime policy for them."""
import hashlib
import os
import struct


class Entry:
    """One entry: the line that the kernel prints, and the template data that it extends the digest of."""

    def __init__(self, line, data, violation=False):
        self.line, self.data, self.violation = line, data, violation

    def digest(self, bank):
        digest = hashlib.new(bank, self.data).digest()
        return b"\xff" * len(digest) if self.violation else digest


def measured(path, digest, template="ima-sig"):
    """The entry of a file as a kernel makes it; path and digest (sha256) as bytes."""
    fields = [b"sha256:\0" + digest, path + b"\0"] + ([b""] if template == "ima-sig" else [])
    data = b"".join(struct.pack("<I", len(field)) + field for field in fields)
    text = [b"10", hashlib.sha1(data).hexdigest().encode(), template.encode(), b"sha256:" + digest.hex().encode(), path]
    return Entry(b" ".join(text + ([b""] if template == "ima-sig" else [])), data)


def recorded(folder):
    """The entries of a boot that was recorded with both the kernel's binary and its ASCII list."""
    with open(os.path.join(folder, "binary_runtime_measurements"), "rb") as file:
        binary = file.read()
    with open(os.path.join(folder, "ascii_runtime_measurements"), "rb") as file:
        lines = file.read().split(b"\n")[:-1]
    entries, at = [], 0
    while at < len(binary):
        template_hash = binary[at + 4:at + 24]
        name_length, = struct.unpack_from("<I", binary, at + 24)
        data_length, = struct.unpack_from("<I", binary, at + 28 + name_length)
        start = at + 32 + name_length
        entries.append(Entry(lines[len(entries)], binary[start:start + data_length], template_hash == bytes(20)))
        at = start + data_length
    assert len(entries) == len(lines), f"{folder}: {len(entries)} binary entries, {len(lines)} lines"
    return entries


def runtime_policy(entries, excludes=()):
    """Keylime's policy in which every one of the entries is as it should be."""
    digests, buffers = {}, {}
    for entry in entries:
        words = entry.line.split(b" ")
        digest, name = words[3].split(b":")[1].decode(), words[4].decode("latin-1")
        if int(digest, 16):
            (buffers if words[2] == b"ima-buf" else digests).setdefault(name, []).append(digest)
    return {
        "meta": {"version": 1, "generator": 0},
        "release": 0,
        "digests": digests,
        "excludes": list(excludes),
        "keyrings": {},
        "ima": {"ignored_keyrings": ["*"], "log_hash_alg": "sha1", "dm_policy": None},
        "ima-buf": buffers,
        "verification-keys": "",
    }
