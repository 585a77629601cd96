# SPDX-License-Identifier: Apache-2.0
"""What a scenario or a benchmark gets: hosts, what the verifier says of them, and servers of its own where it needs them."""
import os

from .client import Client, context
from .host import Host
from .process import Trouble, wait_until

# What a verifier of 7.14.3 says (and spells) of a quote whose signature, nonce or clock is wrong; after a wrong signature it goes on
# without any PCR, and what it says last is the one that it misses.
BAD_QUOTE = ("qoute_validation.quote_validation", "pcr_validation.missing_pcr_16")
NOT_POLLED = (7, 9, 10)  # Failed, Invalid Quote, Tenant Quote Failed


class Scene:
    """Closes at its end what it started. Options of hosts are Keylime's, see agent.conf."""

    def __init__(self, lab, name):
        self.lab, self.name = lab, name
        self.servers, self.recording = lab.servers, lab.recording
        self.hosts, self.own = [], None
        self.tenant_options = {}

    def own_servers(self, paths=None, **options):
        """Servers for this scene alone: other settings of verifier, registrar, tenant; other paths of CA, certificate and key."""
        self.servers = self.own = self.lab.more_servers(self.name)
        if paths:
            self.own.client_ca, self.own.client_certificate, self.own.client_key = paths
        self.own.configure(**options)
        self.own.start()

    def tenant(self, *arguments, succeeds=True):
        return self.servers.tenant(*arguments, succeeds=succeeds, **self.tenant_options)

    def give_payload(self, host, payload):
        """U with these bytes as payload and V, as tenant and verifier send them; K is then the agent's."""
        with self.client(host) as client:
            sealed = self.servers.seal(client.get("/v2.1/keys/pubkey").results["pubkey"], host.uuid, payload)
            for part in ("ukey", "vkey"):
                answer = client.post(f"/v2.1/keys/{part}", sealed[part])
                if answer.status != 200:
                    raise Trouble(f"{part} was answered by {answer} (expected: 200)")

    def client(self, host, port=None):
        """With the certificate of the verifier."""
        return Client(port or host.port, context(self.servers.client_certificate, self.servers.client_key))

    def host(self, name, **options):
        host = Host(self, self.lab.host_folder(name), **options)
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

    def wait_registered(self, host, seconds=120):
        """Anew since the agent was started: the record of an earlier start is active until the agent registers again."""
        wait_until(
            f"{host.name} is registered",
            lambda: host.activated() and self.servers.registered(host.uuid), seconds, host.agent)

    def add(self, host, policy=None, *more, command="add", succeeds=True):
        """As an operator does it; returns what the tenant said."""
        policies = ("--runtime-policy", policy) if policy else ()
        return self.tenant("-c", command, "-t", "127.0.0.1", "-tp", str(host.port), "-u", host.uuid, *policies, *more, succeeds=succeeds)

    def delete(self, host):
        """Until the verifier does not know it any more."""
        self.tenant("-c", "delete", "-u", host.uuid)
        wait_until(f"{host.name} is deleted", lambda: self.servers.state(host.uuid) is None, 60)

    def update_policy(self, host, policy):
        """Replaces the policy of an enrolled host, as the tenant does: deleted and added again."""
        self.add(host, policy, command="update")

    def wait_attested(self, host, seconds=120):
        """Until it was attested once more than now."""
        before = self.attestations(host)
        wait_until(f"{host.name} is attested", lambda: self._good(host) and self.attestations(host) > before, seconds, host.agent)

    def _good(self, host):
        state = self.servers.state(host.uuid)
        if state and state["operational_state"] in NOT_POLLED:
            raise Trouble(f"{host.name} failed at the verifier, expected: attested; {describe(state)}")
        return bool(state) and state["attestation_status"] == "PASS"

    def attestations(self, host):
        state = self.servers.state(host.uuid)
        return state["attestation_count"] if state else 0

    def version_used(self, host):
        """The API version with which the verifier asks this host."""
        return self.stored(host, "supported_version")

    def stored(self, host, column, table="verifiermain", database="cv_data.sqlite"):
        """What a server keeps of a host and does not tell by its API."""
        with self.servers.database(database) as opened:
            return opened.execute(f"select {column} from {table} where agent_id = ?", (host.uuid,)).fetchone()[0]

    def registered_as(self, host, column):
        """What the registrar keeps of it: iak_tpm and idevid_tpm, for example."""
        return self.stored(host, column, "registrarmain", "reg_data.sqlite")

    def wait_failed(self, host, event, seconds=120):
        """Until the verifier has failed the host for this event (the beginning of its id, or a tuple of them)."""
        state = wait_until(f"{host.name} fails at the verifier", lambda: self._failed(host), seconds)
        if not (state["last_event_id"] or "").startswith(event):
            raise Trouble(f"{host.name} failed, but {describe(state)}, expected: event {event}")
        return state

    def _failed(self, host):
        state = self.servers.state(host.uuid)
        return state if state and state["operational_state"] in NOT_POLLED else None

    def stays_attested(self, host, times=2):
        for _ in range(times):
            self.wait_attested(host)

    def close(self):
        while self.hosts:
            host = self.hosts.pop()
            if self.servers.verifier and self.servers.verifier.running():
                self.servers.forget(host.uuid)
            host.close()
        if self.own:
            self.own.stop()


def describe(state):
    return f"state {state['operational_state']}, status {state['attestation_status']}, event {state['last_event_id']}"
