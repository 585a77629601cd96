# SPDX-License-Identifier: Apache-2.0
"""The runtime policy of the machine, made outside of it: what the image, the packages and the initramfs hold."""
import itertools
import os
import subprocess
import tempfile

# What root reads although it differs from machine to machine and from boot to boot; nothing of it is executed.
EXCLUDES = (r"boot_aggregate", r"/var/.*", r"/run/.*", r"/root/\.ssh/.*", r"/etc/(passwd|group|shadow|gshadow|subuid|subgid|\.pwd\.lock)-?",
            r"/etc/ld\.so\.cache", r"/etc/machine-id", r"/etc/\.#(passwd|group|shadow|gshadow).*", r"/root/etc/fstab",
            r"/etc/(ssh|systemd|attestation-agent|keylime|ima|keys)/.*", r"/usr/local/trial/.*", r"/usr/share/probe/.*")


def sums(text):
    """Lines of sha256sum for a folder that stands for the root, as pairs of name and digest."""
    return [_name_and_digest(line) for line in text.splitlines()]


def _name_and_digest(line):
    digest, name = line.split("  ", 1)
    if digest.startswith("\\"):  # sha256sum's sign that the name is escaped
        digest, name = digest[1:], name.replace("\\\\", "\\")
    return name.removeprefix("."), digest


def of_image(image):
    with open(os.path.join(image, "files.sha256"), encoding="utf-8", errors="surrogateescape") as file:
        return sums(file.read())


def of_package(deb):
    """The files of a package as they are on the disk once installed, hashed by sha256sum."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["dpkg-deb", "-x", deb, folder], check=True)
        hashed = subprocess.run("find . -type f -print0 | xargs -0 sha256sum", shell=True, cwd=folder, check=True,
                                stdout=subprocess.PIPE, text=True)
    return sums(hashed.stdout)


def runtime_policy(*files):
    """Keylime's format, from lists of names and digests: a file may be known by several, the disk's and an initramfs's."""
    digests = {}
    for name, digest in itertools.chain(*files):
        names = {name}
        if name.startswith(("/usr/bin/", "/usr/sbin/", "/usr/lib/", "/usr/lib64/")):  # reached by /bin and the like as well
            names.add(name.removeprefix("/usr"))
        for known in names:
            digests.setdefault(known, set()).add(digest)
    digests = {name: sorted(known) for name, known in digests.items()}
    return {
        "meta": {"version": 1, "generator": 0}, "release": 0, "digests": digests, "excludes": list(EXCLUDES), "keyrings": {},
        "ima": {"ignored_keyrings": ["*"], "log_hash_alg": "sha1", "dm_policy": None}, "ima-buf": {}, "verification-keys": "",
    }
