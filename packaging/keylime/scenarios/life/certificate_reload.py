# SPDX-License-Identifier: Apache-2.0
"""new server certificate of the same CA by SIGHUP: the next poll sees it, an open connection stays, the host stays attested"""
import os
import shutil
import signal
import ssl

from lab.pki import Authority, settings_of_servers
from lab.process import Trouble, wait_until


def run(scene):
    authority = Authority(os.path.join(scene.lab.folder, "reload"), "authority")
    scene.own_servers(**settings_of_servers(authority, authority.certificate))
    key, certificate = authority.issue("agent", "P-256")
    host = scene.attested_host("reload", entries=20, server_key=key, server_cert=certificate)
    before = _served(host)
    with scene.client(host) as kept:
        kept.get("/version")
        new_key, new_certificate = authority.issue("renewed", "P-256")
        shutil.copy(new_key, key)
        shutil.copy(new_certificate, certificate)
        host.agent.child.send_signal(signal.SIGHUP)
        wait_until("the new certificate is served", lambda: _served(host) != before, 120, host.agent)
        answer = kept.get("/version")
        if answer.status != 200:
            raise Trouble(f"the open connection got {answer} (expected: 200)")
    with open(certificate, encoding="ascii") as file:
        assert _served(host) == file.read(), "served is not what is in the file"
    scene.stays_attested(host)


def _served(host):
    return ssl.get_server_certificate(("127.0.0.1", host.port))
