# SPDX-License-Identifier: Apache-2.0
"""What `agent doctor` says in the machine, by the names of its checks."""
import json
import re

from .trial import check

SHELL = "runuser -u {user} -- env AGENT_JAVA_OPTS=-XX:TieredStopAtLevel=1 agent {arguments} 2>/dev/null"


class Findings(dict):
    """Name of a check: its state, evidence and repair."""

    def __init__(self, code, text):
        super().__init__((line["check"], line) for line in map(json.loads, re.findall(r"(?m)^{.*", text)))
        self.code = code

    def says(self, name, state, *words):
        """Insists on a state and on what the evidence names; returns the repair."""
        found = self[name]
        check(found["state"] == state and all(word in found["evidence"] for word in words),
              f"doctor says of {name}: {found} (expected: {state}, with {words})")
        check((state == "ok") == (found["repair"] == ""), f"doctor has a repair for what is ok, or none for what is not: {found}")
        return found["repair"]


def ask(trial, *checks, user="root"):
    """All checks, or these, as this user sees them."""
    code, text = trial.guest.ask(SHELL.format(user=user, arguments=" ".join(("doctor", "--json", *checks))), 600)
    check(code in (0, 1, 2), f"agent doctor ended with exit code {code} (expected: 0, 1 or 2):\n{text}")
    return Findings(code, text)
