# SPDX-License-Identifier: Apache-2.0
"""removal keeps the identity, purging leaves nothing behind"""
from machine.trial import UNIT, check

NEEDS = ("install",)
LEFT = "find / -xdev \\( -name '*attestation-agent*' -o -user {uid} -o -group {gid} \\) -not -path '/proc/*' -not -path '/var/lib/dpkg/info/*' " \
       "-not -path '/var/cache/*' -not -path '/var/log/*' 2>/dev/null"


def run(trial):
    guest = trial.guest
    uid, gid = guest.run("id -u attestation-agent; id -g attestation-agent").split()
    guest.run("DEBIAN_FRONTEND=noninteractive apt-get remove -q -y attestation-agent", seconds=600)
    check(guest.ask(f"systemctl is-active {UNIT}")[0] != 0, "the removed agent still runs")
    guest.run("test -s /var/lib/attestation-agent/agent_data.json && test -s /etc/attestation-agent/agent.toml.d/site.toml")
    output = guest.run("DEBIAN_FRONTEND=noninteractive apt-get purge -q -y attestation-agent", seconds=600)
    check("/var/lib/attestation-agent" in output, f"purging does not say what it removes:\n{output}")
    left = guest.run(LEFT.format(uid=uid, gid=gid) + " || true").strip()
    check(not left, f"purging left behind:\n{left}")
    for question in ("getent passwd attestation-agent", "getent group attestation-agent", f"systemctl cat {UNIT}", "command -v agent"):
        code, text = guest.ask(question)
        check(code != 0, f"after purging: {question} still finds\n{text}")
