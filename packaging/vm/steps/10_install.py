# SPDX-License-Identifier: Apache-2.0
"""the package is installed, configured, enabled and started: status says healthy"""
from machine.trial import NOT_ASKED, UNIT, check


def run(trial):
    machine, guest = trial.machine, trial.guest
    machine.boot()
    guest.put(trial.deb, "/var/tmp/agent.deb")
    before = guest.run("getent passwd attestation-agent || true")
    check(not before, f"the image has the package's user already: {before}")
    guest.run("DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends /var/tmp/agent.deb", seconds=600)
    check("inactive" in guest.ask(f"systemctl is-active {UNIT}")[1], "the package started the agent before it was configured")
    trial.configure()
    trial.command("config check", user="attestation-agent")
    guest.run(f"systemctl enable {UNIT}")
    trial.start()
    trial.healthy()
    # Registered, but not polled yet: that is degraded, exit code 1.
    text = trial.command("status", expect=1)
    check(NOT_ASKED in text, f"agent status does not say that no verifier has asked yet:\n{text}")
    entries = int(guest.run("cat /sys/kernel/security/integrity/ima/runtime_measurements_count"))
    trial.note(f"{entries} entries in the kernel's list; status: {text.strip().splitlines()[0]}")
    trial.pin()
