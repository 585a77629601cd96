#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The figures of packaging/bench-host: run by it, in its folder, with its certificates and its software TPM."""

import argparse
import concurrent.futures
import contextlib
import hashlib
import http.client
import json
import os
import pathlib
import re
import signal
import ssl
import statistics
import subprocess
import sys
import time
import urllib.parse

MIB = 1 << 20
NONCE = "A1b2C3d4E5f6G7h8I9j0"


class Host:
    """One configuration, its daemon and its only verifier."""

    def __init__(self, agent, url):
        address = urllib.parse.urlsplit(url)
        self.agent, self.address = agent, (address.hostname, address.port)
        self.tls = ssl.create_default_context(cafile="agent.crt" if os.path.exists("agent.crt") else None)
        self.tls.check_hostname = False
        self.tls.verify_mode = ssl.CERT_NONE  # the quote is verified, by agent verify
        self.tls.load_cert_chain("verifier.crt", "verifier.key")

    def connect(self):
        return http.client.HTTPSConnection(*self.address, context=self.tls, timeout=120)

    def get(self, connection, path):
        """The size of an answer, read in pieces; raises unless it is 200."""
        connection.request("GET", path)
        answer = connection.getresponse()
        size = 0
        while piece := answer.read(65536):
            size += len(piece)
        if answer.status != 200:
            raise RuntimeError(f"{path}: {answer.status}")
        return size

    def quote(self, connection, from_entry=0):
        return self.get(connection, f"/v2.2/quotes/integrity?nonce={NONCE}&mask=0x408&partial=0&ima_ml_entry={from_entry}")

    def first_answer(self):
        with contextlib.closing(self.connect()) as connection:
            return self.quote(connection, 1 << 30)


class Daemon:
    def __init__(self, host):
        self.host = host

    def __enter__(self):
        log = open("agent.log", "wb")
        self.started = time.monotonic()
        self.process = subprocess.Popen([self.host.agent, "run", "--config", "agent.toml"], stderr=log, stdout=log)
        while True:
            try:
                self.host.first_answer()
                break
            except (OSError, http.client.HTTPException):
                if self.process.poll() is not None or time.monotonic() > self.started + 120:
                    sys.exit("the daemon did not answer: " + pathlib.Path("agent.log").read_text()[-2000:])
                time.sleep(0.002)
        self.answered = time.monotonic() - self.started
        self.cpu_to_answer = self.cpu()
        return self

    def __exit__(self, *_):
        begun = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)
        self.stop_seconds = time.monotonic() - begun

    def proc(self, name):
        return pathlib.Path(f"/proc/{self.process.pid}/{name}").read_text()

    def memory(self):
        fields = dict(re.findall(r"^(\w+):\s+(\d+) kB", self.proc("status"), re.M))
        return {key: round(int(fields[field]) / 1024, 1) for key, field in (("rss", "VmRSS"), ("anon", "RssAnon"), ("peak", "VmHWM"))}

    def cpu(self):
        """Seconds of CPU so far."""
        fields = self.proc("stat").rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def wake_ups(self):
        """How often threads have gone to sleep so far, by their names: what they were preempted is the machine's doing."""
        by_thread = {}
        for task in pathlib.Path(f"/proc/{self.process.pid}/task").iterdir():
            with contextlib.suppress(FileNotFoundError):
                count = int(re.search(r"^voluntary_ctxt_switches:\s+(\d+)", (task / "status").read_text(), re.M)[1])
                name = (task / "comm").read_text().strip()
                by_thread[name] = by_thread.get(name, 0) + count
        return by_thread


def verified(host):
    """The agent's answer by the independent verifier; what it printed last."""
    output = subprocess.run(
        [host.agent, "identity", "--config", "agent.toml", "--ak", "tpm2b"], check=True, capture_output=True
    ).stdout
    pathlib.Path("ak.tpm2b").write_bytes(output)
    pathlib.Path("agent.crt").write_bytes(pathlib.Path("state/server-cert.crt").read_bytes())
    done = subprocess.run(
        [host.agent, "verify", f"https://{host.address[0]}:{host.address[1]}", "--cert", "verifier.crt", "--key", "verifier.key"]
        + ["--ca", "agent.crt", "--ak", "ak.tpm2b"],
        capture_output=True,
        text=True,
    )
    if done.returncode != 0:
        sys.exit("not verified: " + done.stdout + done.stderr)
    return done.stdout.strip().splitlines()[-1]


def starts(host, count):
    answers, cpu = [], []
    for _ in range(count):
        with Daemon(host) as daemon:
            answers.append(daemon.answered * 1000)
            cpu.append(daemon.cpu_to_answer * 1000)
    return {
        "first_answer_ms": {"median": round(statistics.median(answers)), "min": round(min(answers)), "all": [round(a) for a in answers]},
        "cpu_to_answer_ms": round(statistics.median(cpu)),
    }


def idle(daemon, settle, seconds):
    """After a while, since what was just used is still being compiled."""
    time.sleep(settle)
    cpu, before, begun = daemon.cpu(), daemon.wake_ups(), time.monotonic()
    time.sleep(seconds)
    took, after = time.monotonic() - begun, daemon.wake_ups()
    waking = {name: round((count - before.get(name, 0)) / took, 2) for name, count in after.items()}
    return {
        "cpu_percent": round((daemon.cpu() - cpu) / took * 100, 3),
        "wake_ups_per_second": round(sum(waking.values()), 2),
        "by_thread": {name: rate for name, rate in sorted(waking.items(), key=lambda item: -item[1]) if rate > 0},
    }


def load(host, requests):
    begun = time.monotonic()
    for _ in range(requests):
        host.first_answer()
    return round(requests / (time.monotonic() - begun))


def long_list(host, entries):
    """A list of that length: the recorded one, then entries of the same form with names of their own."""
    path = pathlib.Path("ascii_runtime_measurements")
    with path.open("ab") as out:
        for number in range(path.read_bytes().count(b"\n"), entries):
            data = hashlib.sha256(b"%d" % number).hexdigest().encode()
            name = b"/usr/lib/some/where/file-%d" % number
            fields = (b"sha256:\0" + bytes.fromhex(data.decode()), name + b"\0", b"")
            template = b"".join(len(field).to_bytes(4, "little") + field for field in fields)
            digest = hashlib.sha1(template).hexdigest().encode()
            out.write(b"10 " + digest + b" ima-sig sha256:" + data + b" " + name + b" \n")
    pathlib.Path("runtime_measurements_count").write_text(f"{entries}\n")


def read_whole(host):
    with contextlib.closing(host.connect()) as connection:
        return host.quote(connection)


def eight_readers(host):
    begun = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(8) as readers:
        sizes = list(readers.map(lambda _: read_whole(host), range(8)))
    return {"seconds": round(time.monotonic() - begun, 1), "mib_each": round(sizes[0] / MIB, 1)}


def measure(options):
    host = Host(options.agent, options.url)
    figures = {}
    with Daemon(host) as daemon:
        figures["enrolment_first_answer_ms"] = round(daemon.answered * 1000)
        print("verifier:", verified(host))
        time.sleep(3)
        figures["memory_after_enrolment_mib"] = daemon.memory()
    figures.update(starts(host, options.starts))
    with Daemon(host) as daemon:
        print("verifier:", verified(host))
        time.sleep(3)
        figures["memory_after_start_mib"] = daemon.memory()
        figures["idle"] = idle(daemon, options.settle, options.idle)
        figures["new_connections_per_second_python"] = load(host, 2000)
        figures["memory_after_load_mib"] = daemon.memory()
        if options.entries:
            long_list(host, options.entries)
            figures["eight_readers"] = eight_readers(host)
            figures["memory_after_long_list_mib"] = daemon.memory()
    figures["stop_ms"] = round(daemon.stop_seconds * 1000)
    return figures


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--agent", required=True)
    parser.add_argument("--url", required=True)
    parser.add_argument("--starts", type=int, default=7)
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--idle", type=int, default=30)
    parser.add_argument("--settle", type=int, default=30)
    parser.add_argument("--json")
    options = parser.parse_args()
    figures = measure(options)
    for name, value in figures.items():
        print(f"{name:36} {json.dumps(value)}")
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps(figures, indent=2) + "\n")


main()
