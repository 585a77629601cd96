# SPDX-License-Identifier: Apache-2.0
"""agent migrate takes a host of Keylime's agent over and gives it back, nothing enrolled anew; then our first version's state"""
import base64
import json
import os
import struct

from lab.lab import ROOT
from lab.peer import FOLDER, STATE, UUID
from machine.fleet import HOST_AS_THE_GUEST_SEES_IT
from machine.trial import UNIT, UUID as OWN, check

NEEDS = ("install",)
KEYLIME = "keylime_agent.service"
OURS = "/var/lib/attestation-agent"
# Recorded with the same seeds of the TPM as Keylime's state.
FIRST_VERSION = os.path.join(ROOT, "agent", "src", "test", "resources", "attestation", "agent", "older")
FIRST_VERSIONS = (*STATE, "ima-list.spool", "boot-facts", "boot-time")
SITE = "/etc/attestation-agent/agent.toml.d/site.toml"
SNIPPET = "/etc/attestation-agent/agent.toml.d/50-keylime.toml"
# As Keylime ships it: started by root, it gives root up itself.
PEER = """User=root
ExecStart=/usr/local/bin/keylime_agent
Environment=RUST_LOG=keylime_agent=info TCTI=device:/dev/tpmrm0
"""
# In place of Keylime's program: our daemon, as Keylime's user, with Keylime's configuration, on Keylime's files.
STAND_IN = """User=keylime
Group=tss
RuntimeDirectory=attestation-agent
AmbientCapabilities=CAP_DAC_READ_SEARCH
ExecStart=/usr/lib/attestation-agent/runtime/bin/java @/usr/lib/attestation-agent/lib/run.options run --config /etc/keylime/agent.conf
Environment=TCTI=device:/dev/tpmrm0
"""
SERVICE = "[Unit]\nDescription=Keylime's agent\n[Service]\n{}TimeoutStopSec=120\n[Install]\nWantedBy=multi-user.target\n"


def run(trial):
    keylime_host(trial)
    before, registered = state(trial), trial.fleet.servers.registered(UUID)
    looked(trial, before)
    over(trial, before)
    same_host(trial, registered, "taken over")
    back(trial, before)
    same_host(trial, registered, "given back")
    keylimes_gone(trial)
    first_version(trial, registered)


def keylime_host(trial):
    """The TPM, the identity and the configuration of a host on which Keylime's agent was recorded; enrolled."""
    machine, guest = trial.machine, trial.guest
    trial.enrolled.forget()
    guest.run(f"systemctl disable --now {UNIT}; mv {SITE} /root; "
              f"find {OURS} -mindepth 1 -maxdepth 1 -not -name secure -exec rm -rf {{}} +", seconds=300)
    machine.power_off()
    machine.tpm.replace(os.path.join(FOLDER, "tpm2-00.permall"))
    machine.boot()
    files(trial)
    trial.enrolled.uuid = UUID
    trial.enrolled.scene.tenant_options = {"require_ek_cert": False}  # its maker's CA was that of another run
    guest.run(f"systemctl daemon-reload && systemctl -q enable --now {KEYLIME}")
    trial.enrol()


def files(trial):
    guest, binary = trial.guest, os.environ.get("KEYLIME_PEER_AGENT")
    guest.run("useradd --system --home-dir /var/lib/keylime --create-home -G tss keylime && mkdir /var/lib/keylime/secure && "
              "mount -t tmpfs -o mode=0700,size=1m,uid=keylime,gid=tss tmpfs /var/lib/keylime/secure")
    for name in STATE:
        guest.put(os.path.join(FOLDER, name), f"/var/lib/keylime/{name}", "600")
    guest.write("/etc/keylime/agent.conf", configuration(trial), "640")
    with open(trial.fleet.servers.client_ca, "rb") as file:
        guest.write("/etc/keylime/verifier-ca.crt", file.read(), "640")
    guest.run("chown -R keylime:tss /etc/keylime /var/lib/keylime && chmod 700 /var/lib/keylime")
    if binary:
        guest.put(binary, "/usr/local/bin/keylime_agent", "755")
        trial.extra.append(("/usr/local/bin/keylime_agent", guest.run("sha256sum /usr/local/bin/keylime_agent").split()[0]))
    trial.note(f"in the place of Keylime's agent: {binary or 'our daemon as its user on its files (no KEYLIME_PEER_AGENT is given)'}")
    guest.write(f"/etc/systemd/system/{KEYLIME}", SERVICE.format(PEER if binary else STAND_IN))


def configuration(trial):
    settings = {
        "uuid": UUID, "ip": "0.0.0.0", "port": 9002, "contact_ip": "127.0.0.1", "contact_port": trial.machine.agent_port,
        "registrar_ip": HOST_AS_THE_GUEST_SEES_IT, "registrar_port": trial.fleet.servers.registrar_port,
        "trusted_client_ca": "/etc/keylime/verifier-ca.crt", "keylime_dir": "/var/lib/keylime", "run_as": "keylime:tss"}
    lines = "".join(f'{key} = {value if isinstance(value, int) else chr(34) + value + chr(34)}\n' for key, value in settings.items())
    return f"[agent]\nversion = \"2.4\"\n{lines}enable_revocation_notifications = false\n"


def state(trial, folder="/var/lib/keylime"):
    """Owner, mode and content of each file of the identity."""
    names = " ".join(STATE)
    return trial.guest.run(f"cd {folder} && stat -c '%U:%G %a %n' . {names} && sha256sum {names}")


def units(trial):
    """What systemd says of Keylime's unit and of ours."""
    return trial.guest.ask(f"for unit in {KEYLIME} {UNIT}; do systemctl is-enabled $unit; systemctl is-active $unit; done")[1].split()


def looked(trial, before):
    text = trial.command("migrate --check")
    check("nothing is in the way" in text and f"agent id: {UUID} stays" in text, f"agent migrate --check says:\n{text}")
    check(units(trial)[:2] == ["enabled", "active"] and state(trial) == before, "looking changed something")


def over(trial, before):
    trial.command("migrate")
    check(units(trial) == ["disabled", "inactive", "enabled", "active"], f"the units after migrating: {units(trial)}")
    user = trial.guest.run(f"ps -o user:32= -p {trial.main_pid()}").strip()
    check(user == "attestation-agent", f"the agent runs as {user}")
    check(state(trial) == before, "migrating changed Keylime's files: the way back is closed")
    copied = state(trial, OURS)
    check(copied == before.replace("keylime:tss", "attestation-agent:attestation-agent"), f"the copied identity:\n{copied}\nof:\n{before}")


def back(trial, before):
    trial.command("migrate --back")
    check(units(trial) == ["enabled", "active", "disabled", "inactive"], f"the units after going back: {units(trial)}")
    check(state(trial) == before, f"Keylime's files are not as they were:\n{state(trial)}\nbefore:\n{before}")
    left = trial.guest.ask(f"cd {OURS} && ls -d {' '.join(STATE)} {SNIPPET} 2>/dev/null")[1]
    check(not left, f"the identity is in two places:\n{left}")


def same_host(trial, registered, what):
    """The verifier goes on without having been told anything; the registrar knows the same keys and certificate."""
    trial.enrolled.attested()
    now = trial.fleet.servers.registered(UUID)
    for name in ("aik_tpm", "ek_tpm", "ekcert", "mtls_cert", "ip", "port"):
        check(registered[name] == now[name], f"{what}: registered with another {name}: {now[name]} (expected: {registered[name]})")
    trial.note(f"{what}: attested, with the same AK, EK and certificate")


def keylimes_gone(trial):
    trial.enrolled.forget()
    trial.enrolled.uuid = OWN
    trial.enrolled.scene.tenant("-c", "regdelete", "-u", OWN)  # a registrar takes no other TPM for an id that it knows
    trial.guest.run(f"systemctl disable --now {KEYLIME}; umount /var/lib/keylime/secure; userdel keylime; "
                    f"rm -rf /etc/systemd/system/{KEYLIME} /etc/keylime /var/lib/keylime; mv /root/site.toml {SITE}; "
                    f"systemctl daemon-reload; systemctl enable {UNIT}", seconds=300)


def first_version(trial, keylimes):
    """What the first version left, of a boot before: the host goes on with its AK, keys and certificate."""
    guest = trial.guest
    for name in FIRST_VERSIONS:
        guest.put(os.path.join(FIRST_VERSION, name), f"{OURS}/{name}", "600")
    guest.run(f"chown attestation-agent:attestation-agent {OURS}/*")
    before = state(trial, OURS)
    trial.start()
    trial.healthy()
    check(state(trial, OURS) == before, "the first version's identity was changed")
    said = guest.run(f"journalctl -b -u {UNIT} -o cat --no-pager")
    check("spool is of another boot" in said, "the journal does not tell that the spool of another boot was replaced")
    trial.enrol()
    now = trial.fleet.servers.registered(OWN)
    with open(os.path.join(FIRST_VERSION, "server-cert.crt"), encoding="utf-8") as file:
        check(now["mtls_cert"].strip() == file.read().strip(), f"registered with another certificate: {now['mtls_cert']}")
    check(now["ek_tpm"] == keylimes["ek_tpm"], f"registered with another EK: {now['ek_tpm']}")
    with open(os.path.join(FIRST_VERSION, "agent_data.json"), encoding="utf-8") as file:
        public = bytes(json.load(file)["ak_public"])
    check(base64.b64decode(now["aik_tpm"]) == struct.pack(">H", len(public)) + public, f"registered with another AK: {now['aik_tpm']}")
    trial.note("of the first version's state: attested, with its AK, keys and certificate; its spool of another boot was replaced")
