# SPDX-License-Identifier: Apache-2.0
"""What a scenario or a benchmark gets: the servers, hosts, and what the verifier says of them."""
import glob
import os
import shutil
import time

from .host import Host, unmount
from .ima import recorded
from .process import Trouble, wait_until
from .servers import HERE, Servers

ROOT = os.path.dirname(os.path.dirname(HERE))
TARGET = os.path.join(ROOT, "packaging", "target", "keylime")
RECORDING = os.path.join(ROOT, "src-test-fixtures/src/main/resources/attestation/fixtures/ima/debian12-6.12-tcb")


class Lab:
    """What a scenario gets: the servers, hosts, and what the verifier says of them."""

    def __init__(self, agent_command):
        self.agent_command = agent_command
        self.folder = os.path.join(TARGET, "run")
        for left in glob.glob(os.path.join(self.folder, "hosts", "*", "state", "secure")):
            unmount(left)
        shutil.rmtree(self.folder, ignore_errors=True)
        os.makedirs(self.folder)
        self.authority = os.path.join(self.folder, "tpm-ca")
        os.makedirs(self.authority)
        self.servers = Servers(TARGET, self.folder, self.authority)
        self.recording = recorded(RECORDING)[:470]  # a digest by MD5 follows, which Keylime's policy schema refuses
        self.hosts = []

    def start(self):
        start = time.monotonic()
        self.servers.install()
        print(f"  servers installed ({time.monotonic() - start:.0f} s)", flush=True)
        Host(self, "first")  # the first TPM makes the CA that the tenant trusts
        self.servers.configure()
        self.servers.start()
        print(f"  registrar and verifier run ({time.monotonic() - start:.0f} s)", flush=True)

    def host(self, name, **options):
        host = Host(self, name, **options)
        self.hosts.append(host)
        return host

    def registered_host(self, name, entries=100, **options):
        """A host whose agent runs and is registered, after a boot with so many recorded entries."""
        host = self.host(name, **options)
        host.boot(self.recording[:entries])
        host.start_agent()
        self.wait_registered(host)
        return host

    def attested_host(self, name, entries=100, **options):
        """A registered host that was added with a policy for the whole recording, and attested."""
        host = self.registered_host(name, entries, **options)
        self.add(host, host.policy(self.recording))
        self.wait_attested(host)
        return host

    def wait_registered(self, host, seconds=60):
        wait_until(f"{host.name} is registered", lambda: self.servers.registered(host.uuid), seconds, host.agent)

    def add(self, host, policy, *more):
        self.servers.tenant("-c", "add", "-t", "127.0.0.1", "-tp", str(host.port), "-u", host.uuid, "--runtime-policy", policy, *more)

    def update_policy(self, host, policy):
        """Replaces the policy of an enrolled host, as the tenant does: deleted and added again."""
        self.servers.tenant("-c", "update", "-t", "127.0.0.1", "-tp", str(host.port), "-u", host.uuid, "--runtime-policy", policy)

    def wait_attested(self, host, seconds=60):
        """Until it was attested once more than now."""
        before = self.attestations(host)
        wait_until(f"{host.name} is attested", lambda: self._good(host) and self.attestations(host) > before, seconds, host.agent)

    def _good(self, host):
        state = self.servers.state(host.uuid)
        if state and state["operational_state"] in (7, 9, 10):
            raise Trouble(f"{host.name} failed at the verifier, expected: attested; {describe(state)}")
        return bool(state) and state["attestation_status"] == "PASS"

    def attestations(self, host):
        state = self.servers.state(host.uuid)
        return state["attestation_count"] if state else 0

    def wait_failed(self, host, event, seconds=60):
        """Until the verifier has failed the host for this event (the beginning of its id)."""
        state = wait_until(f"{host.name} fails at the verifier", lambda: self._failed(host), seconds)
        if not (state["last_event_id"] or "").startswith(event):
            raise Trouble(f"{host.name} failed, but {describe(state)}, expected: event {event}")

    def _failed(self, host):
        state = self.servers.state(host.uuid)
        return state if state and state["operational_state"] in (7, 9, 10) else None

    def close_hosts(self):
        while self.hosts:
            host = self.hosts.pop()
            if self.servers.verifier and self.servers.verifier.running():
                self.servers.forget(host.uuid)
            host.close()

    def close(self):
        self.close_hosts()
        self.servers.stop()


def describe(state):
    return f"state {state['operational_state']}, status {state['attestation_status']}, event {state['last_event_id']}"
