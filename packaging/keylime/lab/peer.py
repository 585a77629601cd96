# SPDX-License-Identifier: Apache-2.0
"""What Keylime's own agent left and answered, as it was recorded, and how it was: python3 -m lab.peer /path/of/its/binary."""
import argparse
import http.client
import http.server
import json
import os
import shutil
import subprocess
import threading

from .lab import Lab
from .pki import openssl
from .process import free_port
from .requests import ask_all
from .servers import HERE

FOLDER = os.path.join(HERE, "recordings", "peer")
STATE = ("agent_data.json", "server-private.pem", "server-cert.crt", "payload-private.pem")
ENTRIES, UUID = 20, "0fd8c5c6-7a3b-4c66-9f34-3ee8f5e3a5ab"
CONTACT_PORT = 9002


def recorded(name):
    with open(os.path.join(FOLDER, name), encoding="utf-8") as file:
        return json.load(file)


def restore(host):
    """Gives a host, before it is booted, the TPM, the state and the id with which the peer was recorded."""
    shutil.copy(os.path.join(FOLDER, "tpm2-00.permall"), host.tpm.folder)
    os.makedirs(host.state, mode=0o700, exist_ok=True)
    for name in STATE:
        shutil.copy(os.path.join(FOLDER, name), host.state)
        os.chmod(os.path.join(host.state, name), 0o600)
    host.uuid = UUID
    host.options["contact_port"] = CONTACT_PORT


class RegistrarTap:
    """Passes requests on to the registrar, and keeps the bodies that an agent sent."""

    def __init__(self, registrar_port):
        self.port, self.bodies = free_port(), []
        bodies = self.bodies

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _pass(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                if body:
                    bodies.append({"method": self.command, "path": self.path, "type": self.headers.get("Content-Type"),
                                   "body": json.loads(body)})
                upstream = http.client.HTTPConnection("127.0.0.1", registrar_port, timeout=30)
                upstream.request(self.command, self.path, body, {"Content-Type": "application/json"} if body else {})
                answer = upstream.getresponse()
                content = answer.read()
                upstream.close()
                self.send_response(answer.status)
                self.send_header("Content-Type", answer.getheader("Content-Type") or "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = do_PUT = _pass

            def log_message(self, *_):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        threading.Thread(target=self._server.serve_forever, args=(0.1,), daemon=True).start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()


def observe(scene, host):
    """Boots a host that may have been restored, runs its agent, and returns (registration, answers)."""
    tap = RegistrarTap(scene.servers.registrar_port)
    host.options["registrar_port"] = tap.port
    try:
        host.boot(scene.recording[:ENTRIES])
        host.start_agent()
        scene.wait_registered(host)
        with scene.client(host) as client:
            answers = ask_all(client, ENTRIES)
        return tap.bodies[0], answers
    finally:
        tap.close()


def _long_lived_certificate(host):
    """As the peer makes it, but for so long that the recording does not end; the peer takes what is there."""
    os.makedirs(host.state, mode=0o700, exist_ok=True)
    key, certificate = (os.path.join(host.state, name) for name in ("server-private.pem", "server-cert.crt"))
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key, "-out", certificate,
            "-days", "18250", "-subj", f"/CN={UUID}", "-addext", "subjectAltName=DNS:localhost,DNS:localhost.domain,IP:127.0.0.1,IP:::1")


def main():
    parser = argparse.ArgumentParser(prog="python3 -m lab.peer", description=__doc__)
    parser.add_argument("peer", help="the binary of Keylime's agent")
    parser.add_argument("--folder", type=os.path.abspath, required=True, help="of this run's servers and hosts, emptied before")
    arguments = parser.parse_args()
    lab = Lab(arguments.peer, folder=arguments.folder)
    scene = lab.scene("peer")
    try:
        lab.start()
        host = scene.host("peer")
        _long_lived_certificate(host)
        host.uuid = UUID
        host.options["contact_port"] = CONTACT_PORT
        registration, answers = observe(scene, host)
        host.stop_agent()
        host.tpm.power_off()
        os.makedirs(FOLDER, exist_ok=True)
        for name in STATE:
            shutil.copy(os.path.join(host.state, name), FOLDER)
        shutil.copy(os.path.join(host.tpm.folder, "tpm2-00.permall"), FOLDER)
        for name, what in (("registration.json", registration), ("answers.json", answers)):
            with open(os.path.join(FOLDER, name), "w", encoding="utf-8") as file:
                json.dump(what, file, indent=1)
                file.write("\n")
        print(subprocess.run([arguments.peer, "--version"], stdout=subprocess.PIPE, text=True, check=False).stdout)
    finally:
        scene.close()
        lab.close()


if __name__ == "__main__":
    main()
