# SPDX-License-Identifier: Apache-2.0
"""compatibility/basic-attestation-on-localhost-with-allowlist-excludelist: the legacy lists; a file of neither fails the host"""


def run(scene):
    host = scene.registered_host("allowlist", entries=40)
    lines = []
    for entry in host.entries:
        words = entry.line.split(b" ")
        lines.append(f"{words[3].split(b':')[1].decode()}  {words[4].decode('latin-1')}\n")
    allowed = host.file("allowlist.txt", "".join(lines))
    excluded = host.file("excludelist.txt", "/tmp/excluded.*\nkernel_version\n")  # the latter is no file, but a buffer
    scene.add(host, None, "--allowlist", allowed, "--exclude", excluded)
    scene.wait_attested(host)
    host.run_unknown(b"/tmp/excluded-by-the-list")
    scene.stays_attested(host)
    host.run_unknown()
    scene.wait_failed(host, "ima.validation.ima-ng.not_in_allowlist")
