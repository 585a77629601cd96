#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Lists of kernels and machines that nobody recorded, written from the kernel's source and without any code of ours:
ascii and binary as the kernel prints them, and in `pcrs` (bank, mode, PCR, value) what a TPM would hold.

usage: foreign-lists.py DIRECTORY    (src/main/resources/attestation/fixtures/ima-foreign)
"""
import hashlib
import os
import struct
import sys

FIELDS = {
    "ima": "d|n", "ima-ng": "d-ng|n-ng", "ima-sig": "d-ng|n-ng|sig", "ima-buf": "d-ng|n-ng|buf",
    "ima-modsig": "d-ng|n-ng|sig|d-modsig|modsig", "ima-ngv2": "d-ngv2|n-ng", "ima-sigv2": "d-ngv2|n-ng|sig",
    "evm-sig": "d-ng|n-ng|evmsig|xattrnames|xattrlengths|xattrvalues|iuid|igid|imode",
}


class List:
    def __init__(self, order="<"):
        self.order, self.entries = order, []

    def add(self, template, *values, pcr=10, violation=False):
        """A value: bytes as stored; (alg, digest) for a digest; int for a number."""
        stored, texts = [], []
        for field, value in zip(FIELDS.get(template, template).split("|"), values, strict=True):
            data, text = self.field(template, field, value)
            stored.append(data)
            texts.append(text)
        if template == "ima":
            data = stored[0] + stored[1].ljust(256, b"\0")
        else:
            data = b"".join(self.u32(len(s)) + s for s in stored)
        self.entries.append((pcr, template, stored, texts, data, violation))

    def u32(self, value):
        return struct.pack(self.order + "I", value)

    def field(self, template, field, value):
        if field in ("d-ng", "d-ngv2", "d-modsig"):
            if value == b"":
                return b"", b""
            alg, digest = value
            return alg.encode() + b":\0" + digest, alg.encode() + b":" + digest.hex().encode()
        if field in ("n", "n-ng", "xattrnames"):
            value = value.replace(b" ", b"_")
            if field == "xattrnames" and not value:
                return b"", b""
            return (value if template == "ima" else value + b"\0"), value
        if field in ("iuid", "igid"):
            return self.u32(value), str(value).encode()
        if field == "imode":
            return struct.pack(self.order + "H", value), str(value).encode()
        return value, value.hex().encode()

    @staticmethod
    def template_hash(data, violation, bank, pad):
        size = hashlib.new(bank).digest_size
        if violation:
            return bytes(size)
        return (hashlib.sha1(data).digest() if pad else hashlib.new(bank, data).digest()).ljust(size, b"\0")

    def ascii(self, bank="sha1", pad=False):
        out = b""
        for pcr, template, _, texts, data, violation in self.entries:
            head = b"%2d %s %s" % (pcr, self.template_hash(data, violation, bank, pad).hex().encode(), template.encode())
            out += head + b"".join(b" " + t for t in texts) + b"\n"
        return out

    def binary(self, bank="sha1", pad=False):
        out = b""
        for pcr, template, stored, _, data, violation in self.entries:
            out += self.u32(pcr) + self.template_hash(data, violation, bank, pad)
            out += self.u32(len(template)) + template.encode()
            if template == "ima":
                out += stored[0] + self.u32(len(stored[1])) + stored[1]
            else:
                out += self.u32(len(data)) + data
        return out

    def pcrs(self, bank, mode):
        size = hashlib.new(bank).digest_size
        values = {}
        for pcr, _, _, _, data, violation in self.entries:
            extension = self.template_hash(data, violation, bank, mode != "HASH")
            if violation:
                extension = (b"\xff" * 20).ljust(size, b"\0") if mode == "PADDED_SHA1_VIOLATIONS_TOO" else b"\xff" * size
            values[pcr] = hashlib.new(bank, values.get(pcr, bytes(size)) + extension).digest()
        return [f"{bank} {mode} {pcr} {value.hex()}" for pcr, value in sorted(values.items())]


def digest(alg, text):
    name = {"sm3": "sm3", "rmd160": "ripemd160", "sm3-256": "sm3"}.get(alg.split(":")[-1], alg.split(":")[-1])
    return alg, hashlib.new(name, text.encode()).digest()


def usual(order, template="ima-sig"):
    """What a boot logs, in a template with or without a signature."""
    made = List(order)
    sig = bytes.fromhex("030204d33204490067") + bytes(range(103))
    tail = {"ima-sig": [b""], "ima-ng": [], "ima": []}[template]
    alg = "sha1" if template == "ima" else "sha256"
    d = (lambda t: hashlib.sha1(t.encode()).digest()) if template == "ima" else (lambda t: digest(alg, t))
    zero = bytes(20) if template == "ima" else ("sha1", bytes(20))
    made.add(template, d("boot"), b"boot_aggregate", *tail)
    made.add(template, d("init"), b"/init", *tail)
    made.add(template, d("bash"), b"/usr/bin/bash", *([sig] if tail else []))
    made.add(template, zero, b"/var/log/messages", *tail, violation=True)
    made.add(template, d("spaces"), b"/opt/a name with blanks", *tail)
    made.add(template, zero, b"/var/log/secure", *tail, violation=True)
    made.add(template, d("last"), b"/usr/sbin/sshd", *tail)
    return made


def s390x():
    made = usual(">")
    made.add("ima-buf", digest("sha256", "cert"), b".ima", b"\x30\x82\x01\x0a" + bytes(range(200)))
    made.add("ima-modsig", digest("sha256", "kernel"), b"/boot/vmlinuz", b"", digest("sha256", "kernel-"), b"\x30\x80" + bytes(90))
    made.add("ima-modsig", digest("sha256", "module"), b"/lib/modules/a.ko", b"", b"", b"")
    made.add("evm-sig", digest("sha256", "evm"), b"/usr/bin/evm", b"\x05\x02\x04" + bytes(40), b"security.selinux|security.ima",
             made.u32(32) + made.u32(33), bytes(range(65)), 1000, 1001, 0o104755)
    made.add("evm-sig", digest("sha256", "none"), b"/usr/bin/none", b"", b"", b"", b"", 0, 4294967295, 0o100644)
    made.add("ima-ngv2", digest("verity:sha512", "verity"), b"/usr/bin/verity")
    made.add("ima-sigv2", digest("ima:sha384", "384"), b"/usr/bin/384", b"\x06\x03\x06" + bytes(60), pcr=11)
    made.add("ima-ng", digest("sha3-256", "sha3"), b"/usr/bin/sha3", pcr=5)
    return made


def kexec():
    made = usual("<")
    made.add("ima-sig", digest("sha256", "boot"), b"boot_aggregate", b"")
    made.add("ima-sig", digest("sha256", "again"), b"/usr/bin/after-kexec", b"")
    return made


def odd():
    made = List()
    made.add("ima-ng", digest("sha256", "boot"), b"boot_aggregate")
    forged = b"10 " + b"0" * 40 + b" ima-ng sha256:" + b"0" * 64 + b" /bin/forged"
    for number, name in enumerate([
            b"\n", b"\n\n\n", b"/a\n", b"/b\n\n", b"\n/c", b"/d\n" + forged, forged, b"10", b"/e\n10", b" ", b"/f ", b"\t\r\x1b[2J\x7f",
            b"/\xff\xfe\xc3\x28", "/ä‮lagel.txt".encode(), b"/" + b"x" * 4094, b"\n" * 4000, b"/g\\\"'", b""]):
        made.add("ima-ng", digest("sha256", str(number)), name)
        made.add("ima-sig", digest("sha256", "s" + str(number)), name, b"")
    made.add("ima-ng", ("sha256", bytes(32)), b"/violated\nname", violation=True)
    made.add("ima-ng", digest("sha256", "plain"), b"/plain")
    made.add("ima-ng", digest("sha256", "end"), b"/ends-in-newlines\n\n")
    return made


def custom(order):
    made = List(order)
    for n in range(3):
        made.add("n-ng|d-ng", b"/name\nfirst %d" % n, digest("sha256", str(n)))
        made.add("xattrnames|n-ng|d-ngv2|buf|iuid", b"security.ima" if n else b"", b"/x%d" % n, digest("ima:sha512", str(n)), b"abc"[:n], n)
        made.add("d-modsig|modsig|sig|n", b"", b"", b"\x03", b"/short\n%d" % n)
        made.add("n-ng", b"/only-a-name-%d" % n)
        made.add("d|n", hashlib.sha1(b"%d" % n).digest(), b"/not-legacy-%d" % n)
        made.add("imode|n-ng|n", n, b"/two", b"names\n%d" % n)
    return made


def pcrs(order, first):
    """pcr= rules up to the kernel's 63; of the first entries the head was trimmed, and 32, 48..57 look like text."""
    made = List(order)
    for n, pcr in enumerate([first, 10, 24, 31, 32, 48, 57, 63, 9, 23, 63, first, 10]):
        made.add("ima-ng", digest("sha256", str(n)), b"/pcr-%d" % n, pcr=pcr)
    made.add("ima-ng", ("sha256", bytes(32)), b"/violated", violation=True)
    return made


def md5():
    made = List()
    made.add("ima", hashlib.md5(b"boot").digest(), b"boot_aggregate")
    for n in range(20):
        made.add("ima", hashlib.md5(b"%d" % n).digest(), b"/usr/bin/file-%d" % n)
    made.add("ima", hashlib.md5(b"long").digest(), b"n" * 255)
    return made


def sm3():
    made = List()
    made.add("ima-sig", digest("sm3", "boot"), b"boot_aggregate", b"")
    made.add("ima-sig", digest("sm3-256", "older spelling"), b"/usr/bin/older", b"")
    made.add("ima-sig", ("sm3", bytes(32)), b"/var/log/violated", b"", violation=True)
    made.add("ima-sig", digest("rmd160", "rmd"), b"/usr/bin/rmd", b"")
    return made


def write(root, name, made, banks, lists=(("", "sha1", False),)):
    folder = os.path.join(root, name)
    os.makedirs(folder, exist_ok=True)
    for suffix, bank, pad in lists:
        for form in ("ascii", "binary"):
            with open(os.path.join(folder, f"{form}_runtime_measurements{suffix}"), "wb") as out:
                out.write(getattr(made, form)(bank, pad))
    with open(os.path.join(folder, "pcrs"), "w") as out:
        out.write("\n".join(line for bank, mode in banks for line in made.pcrs(bank, mode)) + "\n")
    with open(os.path.join(folder, "counts"), "w") as out:
        lines = made.ascii().count(b"\n")
        out.write(f"{len(made.entries)} {sum(e[5] for e in made.entries)} {lines}\n")


def boot_value(bank, pcr):
    return hashlib.new(bank, b"%s %d" % (bank.encode(), pcr)).digest()


def aggregate(alg, pcrs, bank=None):
    return hashlib.new(alg, b"".join(boot_value(bank or alg, i) for i in pcrs)).digest()


def boot_aggregates(root):
    """What kernels make of PCRs (ima_calc_boot_aggregate_tfm and its history), and what none makes: result, banks, line."""
    folder = os.path.join(root, "boot-aggregates")
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "pcrs"), "w") as out:
        for bank in ("sha1", "sha256", "sha384", "sha512", "sm3"):
            out.writelines(f"{bank} {i} {boot_value(bank, i).hex()}\n" for i in range(10))
    to7, to9 = range(8), range(10)
    cases = [
        ("AGREES", "sha1,sha256", "ima-sig", "sha256", aggregate("sha256", to9)),  # 5.8 on, ima_hash=sha256
        ("AGREES", "sha1,sha256,sha384", "ima-ng", "sha384", aggregate("sha384", to9)),  # ima_hash=sha384
        ("AGREES", "sha512", "ima-ng", "sha512", aggregate("sha512", to9)),
        ("AGREES", "sha1,sha256", "ima-ngv2", "ima:sha256", aggregate("sha256", to9)),
        ("AGREES", "sha1", "ima-sig", "sha1", aggregate("sha1", to7)),  # no bank but SHA-1
        ("AGREES", "sha1,sha256", "ima-ng", "sha1", aggregate("sha1", to7)),  # before 5.8, whatever the banks
        ("AGREES", "sha1,sha256", "ima", None, aggregate("sha1", to7)),  # field d is SHA-1 always
        ("AGREES", "sha256", "ima-ng", "sha256", aggregate("sha256", to7)),  # 5.4 stable took half of the change
        ("DIFFERS", "sha1", "ima-ng", "sha1", aggregate("sha1", to9)),
        ("DIFFERS", "sha256", "ima-ng", "sha256", aggregate("sha256", range(9))),
        ("DIFFERS", "sha256", "ima-ng", "sha256", aggregate("sha256", range(11))),
        ("DIFFERS", "sha256", "ima-ng", "sha256", aggregate("sha256", reversed(to9))),
        ("DIFFERS", "sha1,sha256", "ima-ng", "sha256", aggregate("sha256", to9, "sha1")),
        ("DIFFERS", "sha1,sha256", "ima-ng", "sha1", aggregate("sha1", to7, "sha256")),
        ("NO_TPM", "sha1,sha256", "ima-sig", "sha256", bytes(32)),
        ("NO_TPM", "sha1", "ima", None, bytes(20)),
        ("CANNOT_TELL", "sha1", "ima-ng", "sha256", aggregate("sha256", to9)),
        ("CANNOT_TELL", "sha1,sm3", "ima-ng", "sm3", aggregate("sm3", to9)),  # a hash the JDK lacks
        ("CANNOT_TELL", "sha1", "ima-ng", "rmd160", bytes(range(20))),
    ]
    with open(os.path.join(folder, "table"), "wb") as out:
        for result, banks, template, alg, value in cases:
            made = List()
            tail = [b""] if template == "ima-sig" else []
            made.add(template, value if alg is None else (alg, value), b"boot_aggregate", *tail)
            out.write(f"{result} {banks} ".encode() + made.ascii())


real = [("sha1", "HASH"), ("sha256", "HASH"), ("sha512", "HASH")]
older = [("sha1", "HASH"), ("sha256", "PADDED_SHA1_VIOLATIONS_TOO"), ("sha384", "PADDED_SHA1_VIOLATIONS_TOO")]
root = sys.argv[1]
write(root, "3.10-template-ima", usual("<", "ima"), [("sha1", "HASH")])
write(root, "3.10-template-ima-big-endian", usual(">", "ima"), [("sha1", "HASH")])
write(root, "3.10-template-ima-md5", md5(), [("sha1", "HASH")])
write(root, "4.18-ima-ng-padded", usual("<", "ima-ng"), older)
write(root, "4.18-ima-ng-padded-big-endian", usual(">", "ima-ng"), older)
write(root, "5.14-s390x", s390x(), real, (("", "sha1", False), ("_sha256", "sha256", False)))
write(root, "6.10-padded-sha512-bank", usual("<"), [("sha1", "HASH"), ("sha512", "PADDED_SHA1")],
      (("", "sha1", False), ("_sha512", "sha512", True)))
write(root, "6.10-sm3-bank", sm3(), [("sha1", "HASH"), ("sm3", "HASH")], (("", "sha1", False), ("_sm3_256", "sm3", False)))
write(root, "6.10-unknown-bank", sm3(), [("sha1", "HASH")], (("", "sha1", False), ("_tpm_alg_27", "sha3_256", True)))
write(root, "6.16-kexec-carried-over", kexec(), real)
write(root, "custom-formats", custom("<"), real)
write(root, "custom-formats-big-endian", custom(">"), real)
write(root, "odd-names", odd(), real)
write(root, "pcrs-to-63", pcrs("<", 32), real)
write(root, "pcrs-to-63-of-digits", pcrs("<", 57), real)
write(root, "pcrs-to-63-big-endian", pcrs(">", 48), real)
boot_aggregates(root)
