# SPDX-License-Identifier: Apache-2.0
"""W22 and beyond: entries of a payload's ZIP that climb, are absolute or links, land nowhere outside, and are named in the log"""
import io
import os
import zipfile

from lab.process import Trouble


def run(scene):
    host = scene.registered_host("w22z", entries=20)
    for number, name in enumerate(("../climbed", "/" + os.path.relpath(host.folder, "/") + "/climbed", "a/../../../climbed", "link")):
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as files:
            entry = zipfile.ZipInfo(name)
            entry.external_attr = (0o120777 if name == "link" else 0o100644) << 16
            files.writestr(entry, "/etc/passwd" if name == "link" else "outside")
            files.writestr("autorun.sh", "#!/bin/sh\nexit 0\n")
        scene.give_payload(host, archive.getvalue())
        host.wait_until("the payload was looked at", lambda count=number + 1: host.times_said("payload") >= count)
    secure = host.seen(host.secure)
    outside = [path for path in (f"{secure}/climbed", f"{secure}/unzipped/../climbed", f"{host.folder}/climbed", f"{host.state}/climbed")
               if os.path.lexists(path)]
    link = f"{secure}/unzipped/link"
    if outside or os.path.islink(link):
        raise Trouble(f"written: {outside} {link if os.path.islink(link) else ''} (expected: nothing)")
    host.wait_said("climbed", "link")
