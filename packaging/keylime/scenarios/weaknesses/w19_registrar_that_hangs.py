# SPDX-License-Identifier: Apache-2.0
"""W19: the registrar takes the connection and never answers: the agent serves all the same, and registers elsewhere later"""
import socket

from lab.process import Trouble, free_port, listens, wait_until


def run(scene):
    port = free_port()
    with socket.create_server(("127.0.0.1", port)):
        host = scene.host("w19", registrar_port=port)
        host.boot(scene.recording[:20])
        host.start_agent(listening=False)
        wait_until("the agent listens", lambda: listens(host.port), 60, host.agent)
        with scene.client(host) as client:
            answer = client.integrity()
        if answer.status != 200:
            raise Trouble(f"answered {answer} while the registrar hangs (expected: 200)")
    host.stop_agent()
    host.options["registrar_port"] = scene.servers.registrar_port
    host.start_agent()
    scene.wait_registered(host)
