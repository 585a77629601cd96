# SPDX-License-Identifier: Apache-2.0
"""Other builds of the package, made from the one that was built: another version, changed jars, honest digests."""
import hashlib
import os
import re
import subprocess
import zipfile


def another(deb, folder, version):
    """The package as an earlier or later build would be: each own jar has other bytes, own-files.sha256 fits them."""
    root = os.path.join(folder, f"package-{version}")
    subprocess.run(["dpkg-deb", "-R", deb, root], check=True)
    control = os.path.join(root, "DEBIAN", "control")
    with open(control, encoding="utf-8") as file:
        text = file.read()
    with open(control, "w", encoding="utf-8") as file:
        file.write(re.sub(r"(?m)^Version: .*$", f"Version: {version}", text))
    changed = [path for path in _files(root) if os.path.basename(path).startswith("attestation-") and path.endswith(".jar")]
    for path in changed:
        with zipfile.ZipFile(path, "a") as jar:
            jar.writestr("META-INF/build", version)
    _renew_digests(root)
    made = os.path.join(folder, f"attestation-agent_{version}_amd64.deb")
    subprocess.run(["dpkg-deb", "--root-owner-group", "-Zgzip", "-z1", "-b", root, made], check=True, stdout=subprocess.DEVNULL)
    subprocess.run(["rm", "-rf", root], check=True)
    return made, len(changed)


def _files(root):
    return [os.path.join(folder, name) for folder, _, names in os.walk(root) for name in names]


def _renew_digests(root):
    """own-files.sha256 and md5sums, whose lines are DIGEST, two blanks, NAME."""
    for path in _files(root):
        algorithm = {"own-files.sha256": "sha256", "md5sums": "md5"}.get(os.path.basename(path))
        if algorithm:
            with open(path, encoding="utf-8") as file:
                lines = file.read().splitlines()
            with open(path, "w", encoding="utf-8") as file:
                file.writelines(_renewed(root, algorithm, line) + "\n" for line in lines)


def _renewed(root, algorithm, line):
    digest, name = line.split("  ", 1)
    path = os.path.join(root, name.lstrip("/"))
    if os.path.isfile(path):
        with open(path, "rb") as file:
            digest = hashlib.new(algorithm, file.read()).hexdigest()
    return f"{digest}  {name}"
