# SPDX-License-Identifier: Apache-2.0
"""a payload's script is refused in one sentence; with the shipped drop-in it runs as another user, who sees no key, and ends with the agent"""
import io
import re
import time
import zipfile

from lab.process import Trouble
from machine.trial import UNIT, check

NEEDS = ("install",)
DROP_IN = f"/etc/systemd/system/{UNIT}.d/payload-scripts.conf"
SETTING = "/etc/attestation-agent/agent.toml.d/payload.toml"
DYNAMIC_USERS = range(61184, 65520)  # of systemd's DynamicUser
SAYS = "journalctl -b -o cat --no-pager -t attestation-agent-payload"
SCRIPT = r"""#!/bin/sh
echo "folder $(pwd) $(stat -c '%a %u' derived_tci_key)"
echo "capabilities $(grep CapEff /proc/self/status)"
for secret in /var/lib/attestation-agent/server-private.pem /etc/attestation-agent/agent.toml /run/attestation-agent/agent.sock \
    /dev/tpmrm0 /root/.bashrc; do
    if [ -e "$secret" ]; then echo "seen $secret"; fi
done
if touch /etc/written /var/lib/written 2>/dev/null; then echo "seen /etc"; fi
"""


def give(trial, script):
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as files:
        files.writestr("autorun.sh", script)
    trial.enrolled.scene.give_payload(trial.enrolled, archive.getvalue())


def wait_journal(trial, command, text, seconds=120):
    end = time.monotonic() + seconds
    while text not in (said := trial.guest.run(command)):
        if time.monotonic() > end:
            raise Trouble(f"{command} does not say: {text}\n{said}")
        time.sleep(1)
    return said


def restart(trial):
    trial.guest.run(f"systemctl daemon-reload && systemctl restart {UNIT}", seconds=600)
    trial.healthy()


def run(trial):
    guest = trial.guest
    journal = f"journalctl -b -o cat --no-pager -u {UNIT}"
    guest.write(SETTING, "payload.enabled = true\n")
    restart(trial)
    wait_journal(trial, journal, "payload scripts and actions will not run")
    give(trial, SCRIPT + "exit 7\n")
    said = wait_journal(trial, journal, "autorun.sh: not run - the agent's unit lets it start no program")
    check("payload-scripts.conf" in said, f"the refusal does not name the drop-in:\n{said}")
    check(not guest.run(SAYS + " || true").replace("-- No entries --", "").strip(), "a script ran without the drop-in")

    guest.run(f"mkdir -p $(dirname {DROP_IN}) && cp /usr/share/attestation-agent/payload-scripts.conf {DROP_IN}")
    restart(trial)
    give(trial, SCRIPT + "exit 7\n")
    wait_journal(trial, journal, "autorun.sh ended with exit status 7 (expected: 0)")
    said = guest.run(SAYS)
    check("capabilities CapEff:\t0000000000000000" in said, f"the script had capabilities:\n{said}")
    user = re.search(r"^folder /var/lib/attestation-agent/secure/unzipped 600 (\d+)$", said, re.M)
    check(user and int(user[1]) in DYNAMIC_USERS, f"the script ran elsewhere, or not as a user of its own:\n{said}")
    check("seen " not in said, f"the script saw what is not for it:\n{said}")

    give(trial, "#!/bin/sh\necho sleeps\n(sleep 987654 &)\nsleep 987654\n")
    wait_journal(trial, SAYS, "sleeps")
    check(guest.ask("pgrep -f 'sleep 987654'")[0] == 0, "the script does not run")
    guest.run(f"rm {DROP_IN} {SETTING}")
    restart(trial)
    check(guest.ask("pgrep -f 'sleep 987654'")[0] != 0, "what the script started outlived the agent")
    active = guest.run("systemctl list-units --no-legend --plain 'attestation-agent-payload*'").strip()
    check(not active, f"without the drop-in there is still:\n{active}")
    check(guest.ask("test -e /run/attestation-agent-payload.sock")[0] != 0, "without the drop-in there is still a socket")
    trial.note("refused without the drop-in; with it: a user of its own, no key, no capability, exit status 7 in the journal; killed with the agent")
