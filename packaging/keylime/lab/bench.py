# SPDX-License-Identifier: Apache-2.0
"""Measures agents side by side, on the same kind of TPM, list, servers and configuration; nothing is asserted."""
import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import threading
import time

from .ima import measured
from .lab import ROOT, Lab
from .mux import Mux
from .pki import Authority
from .process import Process, Trouble, free_port, listens, wait_until

QUOTE = 0x158
BARE = "bare"


class Bench:
    """One agent at a time; the figures in a table by row and agent."""

    def __init__(self, scene, java, load, quick):
        self.scene, self.java, self.load_program, self.quick = scene, java, load, quick
        self.table, self.made = {}, 0

    def put(self, row, agent, figure):
        self.table.setdefault(row, {})[agent] = figure
        print(f"  {agent:6}{row}: {figure}", flush=True)

    def entries(self, count):
        start, self.made = self.made, self.made + count
        return [measured(b"/usr/lib/x86_64-linux-gnu/some/library/libnumber-%07d.so.1" % i, i.to_bytes(32, "big"), "ima-ng")
                for i in range(start, start + count)]

    def load(self, host, requests, connections=1, entry=0, fresh=False):
        keys = os.path.join(self.scene.servers.work, "cv_ca")
        ran = subprocess.run(
            [self.java, self.load_program, str(host.port), f"{keys}/client-cert.crt", f"{keys}/client-private.pem",
             str(requests), str(connections), str(entry)] + (["fresh"] if fresh else []),
            stdout=subprocess.PIPE, text=True, check=True)
        return {name: float(value) for name, value in re.findall(r"(\w+)=([\d.]+)", ran.stdout)}

    def rows(self, agent):
        clients = Authority(os.path.join(self.scene.lab.folder, "clients", agent), "clients", key="P-256")
        host = self.scene.host(agent, trusted_client_ca=f"{self.scene.servers.client_ca}, {clients.certificate}")
        host.boot(self.entries(1000))
        mux = Mux(host.tpm)
        host.tcti = mux.tcti
        try:
            self._start(agent, host, "first start until registered, s")
            host.stop_agent()
            self._start(agent, host, "start with an existing key until registered, s")
            self._small_list(agent, host, mux)
            self._connections(agent, host.port, host.agent.child.pid, clients)
            self._growing(agent, host)
            self._large_list(agent, host)
            self._chip(agent, host, mux)
        finally:
            self.scene.close()
            mux.close()
        if agent == "ours":
            self._bare(host, clients)

    def _connections(self, agent, port, pid, clients):
        """Full handshakes with a P-256 certificate, by a client that costs little itself."""
        key, certificate = clients.issue(f"client-{agent}", "P-256")
        seconds = 3 if self.quick else 10
        for _ in range(2):  # the first for the JVM's compiler
            before = _cpu_seconds(pid)
            ran = subprocess.run(
                ["openssl", "s_time", "-connect", f"127.0.0.1:{port}", "-cert", certificate, "-key", key, "-new", "-time", str(seconds),
                 "-www", "/version"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
            made = re.search(r"(\d+) connections in (\d+) real seconds", ran.stdout)
            if not made or int(made[1]) < 10:
                raise Trouble(f"openssl s_time made no connections:\n{ran.stdout[-2000:]}")
            used = _cpu_seconds(pid) - before
        self.put("new mutual-TLS connections/s", agent, round(int(made[1]) / int(made[2]), 1))
        self.put("server's CPU for one, ms", agent, round(used * 1000 / int(made[1]), 3))

    def _bare(self, host, clients):
        """The same from Netty and BoringSSL alone, in the same JVM with the same options, certificate and client."""
        port = free_port()
        files = [os.path.join(host.state, "server-cert.crt"), os.path.join(host.state, "server-private.pem"), clients.certificate]
        tree = os.path.join(ROOT, "packaging", "target")
        options = f"-cp {tree}/bench:{tree}/attestation-agent/lib/* BareTls {port} {' '.join(files)}"  # what follows it is not looked at
        bare = Process("the bare server", [f"{tree}/attestation-agent/bin/agent", "run"], os.path.join(host.folder, "bare.log"),
                       {**os.environ, "AGENT_JAVA_OPTS": options})
        try:
            wait_until("the bare server listens", lambda: listens(port), 60, bare)
            self._connections(BARE, port, bare.child.pid, clients)
        finally:
            bare.stop()

    def _start(self, agent, host, row):
        start = time.monotonic()
        host.start_agent()
        wait_until("an answer", lambda: self.scene.servers.registered(host.uuid), 90, host.agent, 0.02)
        self.put(row, agent, round(time.monotonic() - start, 2))

    def _small_list(self, agent, host, mux):
        requests = 50 if self.quick else 200
        self.put("resident, idle, MB", agent, round(host.resident(), 1))
        self.load(host, 20, entry=1000)
        mux.take_counts()
        got = self.load(host, requests, entry=1000)
        counts = mux.take_counts()
        self.put("TPM commands for one quote", agent, round(sum(counts.values()) / max(1, counts[QUOTE]), 2))
        self.put("nothing new at 1,000, p50 ms", agent, got["p50"])
        self.put("nothing new at 1,000, p99 ms", agent, got["p99"])
        self.put("100 new of 1,000, p50 ms", agent, self.load(host, requests // 2, entry=900)["p50"])
        for connections in (8, 16):
            got = self.load(host, 2 * requests, connections, 1000)
            self.put(f"{connections} connections, requests/s", agent, got["rate"])
            self.put(f"{connections} connections, unanswered", agent, int(got["failed"]))
        self.put("a new connection each, requests/s", agent, self.load(host, requests, 1, 1000, fresh=True)["rate"])

    def _growing(self, agent, host):
        for rate in (20, 100, 300):
            feed = threading.Thread(target=self._feed, args=(host, rate, rate * 8))
            feed.start()
            got = self.load(host, 60, entry=len(host.entries))
            feed.join()
            self.put(f"p50 at {rate} entries/s, ms", agent, got["p50"])
            self.put(f"unanswered of 60 at {rate} entries/s", agent, int(got["failed"]))

    def _feed(self, host, rate, count):
        start = time.monotonic()
        for number, entry in enumerate(self.entries(count)):
            host.measure(entry)
            time.sleep(max(0, start + (number + 1) / rate - time.monotonic()))

    def _large_list(self, agent, host):
        size = 5_000 if self.quick else 50_000
        host.measure(*self.entries(size - len(host.entries) if size > len(host.entries) else 0))
        size = len(host.entries)
        self.load(host, 2)
        self.put("nothing new, large list, p50 ms", agent, self.load(host, 50, entry=size)["p50"])
        self.put("whole large list, p50 ms", agent, self.load(host, 10)["p50"])
        self.load(host, 16, 8)
        self.put("resident after whole large lists, MB", agent, round(host.resident(), 1))

    def _chip(self, agent, host, mux):
        mux.delays = {QUOTE: 0.2, None: 0.012}
        self.put("at a chip's pace, p50 ms", agent, self.load(host, 15, entry=len(host.entries))["p50"])
        mux.delays = {}

    def print_table(self, agents):
        print(f"\n{'':44}" + "".join(f"{agent:>12}" for agent in agents))
        for row, figures in self.table.items():
            print(f"{row:44}" + "".join(f"{figures.get(agent, '-'):>12}" for agent in agents))


def _cpu_seconds(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii") as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main():
    parser = argparse.ArgumentParser(prog="packaging/bench-peer", description=__doc__)
    parser.add_argument("peer", help="the peer's binary, which takes Keylime's configuration by KEYLIME_AGENT_CONFIG")
    parser.add_argument("--ours", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--java", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--load", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--only", choices=("peer", "ours"), help="one of the two")
    parser.add_argument("--quick", action="store_true", help="fewer requests, a smaller list")
    parser.add_argument("--json", help="writes the figures into this file as well")
    arguments = parser.parse_args()
    agents = {name: command for name, command in (("peer", arguments.peer), ("ours", arguments.ours)) if arguments.only in (None, name)}
    lab = Lab("")
    bench = Bench(lab.scene(), arguments.java, arguments.load, arguments.quick)
    try:
        lab.start()
        for name, command in agents.items():
            lab.agent_command = command
            bench.rows(name)
    except Trouble as trouble:
        print(trouble, file=sys.stderr)
        sys.exit(1)
    finally:
        lab.close()
    bench.print_table([*agents, *([BARE] if "ours" in agents else [])])
    if arguments.json:
        with open(arguments.json, "w", encoding="utf-8") as file:
            json.dump(bench.table, file, indent=1)


if __name__ == "__main__":
    main()
