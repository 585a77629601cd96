# SPDX-License-Identifier: Apache-2.0
"""An attacker in the place of an agent: has its TLS key, passes the verifier's requests on, and may change the answers."""
import http.server
import os
import ssl
import threading


class Impostor:
    """Listens on the host's port; the real agent must listen on real_port, and answers what change does not."""

    def __init__(self, scene, host, real_port, change):
        """change: from the path and a call that asks the real agent (for an Answer), to the bytes of the answer's body."""
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(os.path.join(host.state, "server-cert.crt"), os.path.join(host.state, "server-private.pem"))
        tls.verify_mode = ssl.CERT_OPTIONAL
        tls.load_verify_locations(scene.servers.client_ca)

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                def real(path=self.path):
                    with scene.client(host, real_port) as client:
                        return client.get(path)

                body = change(self.path, real)
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", host.port), Handler, bind_and_activate=False)
        self._server.allow_reuse_address = True
        self._server.server_bind()
        self._server.server_activate()
        self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        threading.Thread(target=self._server.serve_forever, args=(0.1,), daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()
