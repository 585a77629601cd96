# SPDX-License-Identifier: Apache-2.0
"""upgrade from another build: one restart, same identity, spool and enrolment kept; one that fails leaves the old running"""
from machine.trial import UNIT, check

NEEDS = ("keylime",)
IDENTITY = "sha256sum /var/lib/attestation-agent/agent_data.json /var/lib/attestation-agent/server-*"
INSTALL = "DEBIAN_FRONTEND=noninteractive apt-get install -q -y --allow-downgrades --no-install-recommends {deb} </dev/null"


def started(trial):
    """How often systemd has had it ready in this boot."""
    return int(trial.guest.run(f"journalctl -b _PID=1 -u {UNIT} -o cat --no-pager | grep -c '^Started'"))


def version(trial):
    return trial.guest.run("dpkg-query -W -f '${Version}' attestation-agent")


def changes(trial, deb, restarts):
    """Installs deb; so many restarts follow, the identity is the same, and Keylime goes on."""
    identity, before, pid = trial.guest.run(IDENTITY), started(trial), trial.main_pid()
    output = trial.guest.run(INSTALL.format(deb=deb), seconds=900)
    trial.healthy()
    check(started(trial) - before == restarts, f"{started(trial) - before} restarts (expected: {restarts}):\n{output}")
    check((trial.main_pid() == pid) == (restarts == 0), "the process is not the expected one")
    check(trial.guest.run(IDENTITY) == identity, "the identity changed")
    return output


def run(trial):
    guest, current = trial.guest, version(trial)
    guest.put(trial.older, "/var/tmp/older.deb")
    changes(trial, "/var/tmp/older.deb", 1)
    check(version(trial) != current, f"version {current} is still installed")
    trial.enrolled.attested()
    guest.write("/etc/attestation-agent/agent.toml.d/wrong.toml", "[https]\nprot = 9002\n", "644")
    output = changes(trial, "/var/tmp/agent.deb", 0)
    check("former one goes on" in output and "prot" in output, f"the upgrade does not say why the old one goes on:\n{output}")
    trial.enrolled.attested()
    guest.run("rm /etc/attestation-agent/agent.toml.d/wrong.toml")
    changes(trial, "--reinstall /var/tmp/agent.deb", 1)  # until now the other build went on running
    check(version(trial) == current, f"version {version(trial)} (expected: {current})")
    trial.enrolled.attested()
    trial.remembered()
