# SPDX-License-Identifier: Apache-2.0
"""a host of Keylime's own agent is taken over and given back: same AK, same certificate, no new enrolment"""
import os

from machine.fleet import HOST_AS_THE_GUEST_SEES_IT
from machine.steps import Skip
from machine.trial import UNIT, check

NEEDS = ("install",)
KEYLIME_UNIT = """[Unit]
Description=Keylime's agent
[Service]
ExecStart=/usr/local/bin/keylime_agent
Environment=RUST_LOG=keylime_agent=info TCTI=device:/dev/tpmrm0
TimeoutStopSec=60
"""
OURS_ON_ITS_FILES = f"""[Service]
ExecStart=
ExecStart=/usr/lib/attestation-agent/runtime/bin/java @/usr/lib/attestation-agent/lib/run.options run --config /etc/keylime/agent.conf
ReadWritePaths=/var/lib/keylime
"""
DROP_IN = f"/etc/systemd/system/{UNIT}.d/keylime.conf"
SAME = "cd /var/lib/keylime; sha256sum server-cert.crt; grep -o '\"ak_context\":[^]]*' agent_data.json | sha256sum"


def configuration(trial):
    settings = {
        "uuid": trial.enrolled.uuid, "ip": "0.0.0.0", "port": 9002, "contact_ip": "127.0.0.1", "contact_port": trial.machine.agent_port,
        "registrar_ip": HOST_AS_THE_GUEST_SEES_IT, "registrar_port": trial.fleet.servers.registrar_port,
        "trusted_client_ca": "/etc/keylime/verifier-ca.crt", "keylime_dir": "/var/lib/keylime", "run_as": "keylime:tss"}
    lines = "".join(f'{key} = {value if isinstance(value, int) else chr(34) + value + chr(34)}\n' for key, value in settings.items())
    return f"[agent]\nversion = \"2.4\"\n{lines}enable_revocation_notifications = false\n"


def run(trial):
    binary = os.environ.get("KEYLIME_PEER_AGENT")
    if not binary:
        raise Skip("no binary of Keylime's own agent: give its path in KEYLIME_PEER_AGENT")
    guest = trial.guest
    trial.enrolled.forget()
    guest.run(f"systemctl disable --now {UNIT}", seconds=300)
    keylime_host(trial, binary)
    trial.enrol()
    before = guest.run(SAME)
    guest.run("systemctl stop keylime_agent && chown -R attestation-agent:attestation-agent /var/lib/keylime && chmod 755 /etc/keylime")
    guest.write(DROP_IN, OURS_ON_ITS_FILES)
    guest.run("systemctl daemon-reload")
    trial.start()
    trial.enrolled.attested()
    check(guest.run(SAME) == before, "the AK or the certificate is another after the take-over")
    trial.note("taken over: attested with the same AK and certificate")
    give_back(trial)
    check(guest.run(SAME) == before, "the AK or the certificate is another after giving back")
    own_again(trial)


def keylime_host(trial, binary):
    guest = trial.guest
    guest.run("useradd --system --home-dir /var/lib/keylime --create-home -G tss keylime")
    guest.put(binary, "/usr/local/bin/keylime_agent", "755")
    digest = guest.run("sha256sum /usr/local/bin/keylime_agent").split()[0]
    trial.extra.append(("/usr/local/bin/keylime_agent", digest))
    guest.write("/etc/keylime/agent.conf", configuration(trial), "640")
    with open(trial.fleet.servers.client_ca, "rb") as file:
        guest.write("/etc/keylime/verifier-ca.crt", file.read())
    guest.write("/etc/systemd/system/keylime_agent.service", KEYLIME_UNIT)
    guest.run("chown -R keylime:tss /etc/keylime /var/lib/keylime; systemctl daemon-reload; systemctl start keylime_agent")


def give_back(trial):
    trial.guest.run(f"systemctl stop {UNIT} && chown -R keylime:tss /var/lib/keylime && systemctl start keylime_agent", seconds=300)
    trial.enrolled.attested()
    trial.note("given back: Keylime's agent is attested again")


def own_again(trial):
    trial.enrolled.forget()
    trial.guest.run(f"systemctl disable --now keylime_agent; rm {DROP_IN}; systemctl daemon-reload; userdel keylime; "
                    f"umount /var/lib/keylime/secure; rm -rf /etc/keylime /var/lib/keylime; systemctl enable {UNIT}")
    trial.start()
    trial.healthy()
