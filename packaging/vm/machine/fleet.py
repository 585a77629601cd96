# SPDX-License-Identifier: Apache-2.0
"""Keylime's unmodified servers outside of the machine, from the laboratory of packaging/keylime, with patience for emulation."""
import json
import os
import time

from lab.lab import Lab
from lab.process import Trouble, wait_until
from lab.scene import Scene, describe
from lab.tpm import make_authority

HOST_AS_THE_GUEST_SEES_IT = "10.0.2.2"
# A boot of the machine is a minute and more in which nothing answers.
PATIENCE = {"quote_interval": 2, "retry_interval": 3, "max_retries": 200}


class Fleet(Lab):
    """Polls the machine at its forwarded port; the guest reaches the servers at 10.0.2.2."""

    def __init__(self, folder):
        super().__init__("", folder=folder)
        make_authority(self.authority)
        self.started = False

    def start(self):
        """Once, when the first step wants it."""
        if self.started:
            return
        start = time.monotonic()
        self.servers.install()
        self.servers.configure(verifier=PATIENCE)
        self.servers.start()
        self.started = True
        print(f"  Keylime's registrar and verifier run outside ({time.monotonic() - start:.0f} s)", flush=True)


class Enrolled:
    """The machine as the laboratory names a host."""

    def __init__(self, fleet, machine, uuid, folder):
        self.fleet, self.machine, self.uuid, self.folder = fleet, machine, uuid, folder
        self.scene = Scene(fleet, "vm")
        self.name, self.port = "the machine", machine.agent_port

    @property
    def agent(self):
        """The process without which waiting is in vain."""
        return self.machine.process

    def activated(self):
        """By which of its agents does not matter: it is added long after a start."""
        return True

    def add(self, policy):
        path = os.path.join(self.folder, "policy.json")
        with open(path, "w", encoding="utf-8") as file:
            json.dump(policy, file)
        self.scene.wait_registered(self, 300)
        self.scene.add(self, path)

    def attested(self, seconds=300):
        """Until it was attested twice more than now: the second poll began after this call."""
        before = self.scene.attestations(self)
        wait_until("two more attestations", lambda: self._passes() and self.scene.attestations(self) >= before + 2, seconds, self.agent)

    def _passes(self):
        state = self.fleet.servers.state(self.uuid)
        if state and state["operational_state"] in (7, 9, 10):
            raise Trouble(f"the verifier failed the machine (expected: attested): {describe(state)}\n{self.fleet.servers.verifier.tail(12)}")
        return bool(state) and state["attestation_status"] == "PASS"

    def failed(self, event, named, seconds=200):
        """Until the verifier has failed it for this event, and its log names the file."""
        self.scene.wait_failed(self, event, seconds)
        with open(self.fleet.servers.verifier.log, encoding="utf-8", errors="replace") as log:
            if named not in log.read():
                raise Trouble(f"the verifier's log does not name {named}")

    def forget(self):
        """The verifier does not know it any more, whether or not it did."""
        if self.fleet.started and self.fleet.servers.state(self.uuid):
            self.scene.delete(self)
