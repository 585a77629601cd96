# SPDX-License-Identifier: Apache-2.0
"""no process has a capability, exposure is at most 1.3; from inside the unit no shell, no other's file, no mount"""
import os
import re
import subprocess

from machine.trial import UNIT, check

NEEDS = ("install",)
REFUSED = {"shell", "others-file", "shadow", "own-configuration", "own-code", "disk", "mount", "executable-made"}
GIVEN = {"tpm", "list"}
# The shipped unit with another program in it; its sandbox stays, line by line.
AS_PROBE = r"""sed -e '/^ExecStartPre=/d; /^ExecReload=/d; /^WatchdogSec=/d; /^Restart/d; /^Type=/d; /^NotifyAccess=/d' \
    -e 's|^ExecStart=.*|Type=oneshot\nExecStart=/usr/lib/attestation-agent/runtime/bin/java --enable-native-access=ALL-UNNAMED -XX:-UsePerfData -Xmx32m -cp /usr/share/probe Probe|' \
    -e 's|^RuntimeDirectory=.*|RuntimeDirectory=probe|' -e 's|^TimeoutStartSec=.*|TimeoutStartSec=600|' \
    $(systemctl show -p FragmentPath --value attestation-agent.service) >/run/systemd/system/probe.service && systemctl daemon-reload"""


def run(trial):
    exposure = trial.guest.run(f"systemd-analyze security --no-pager {UNIT} | tail -n 1")
    value = float(re.search(r": (\d+\.\d+) ", exposure)[1])
    check(value <= 1.3, f"exposure {value} (expected: at most 1.3)")
    processes = capabilities(trial.guest)
    trial.note(f"exposure {value}; {processes} processes, every capability set empty")
    probe(trial)


def capabilities(guest):
    pids = guest.run(f"cat /sys/fs/cgroup$(systemctl show -p ControlGroup --value {UNIT})/cgroup.procs").split()
    uid = guest.run("id -u attestation-agent").strip()
    for pid in pids:
        status = dict(line.split(":\t", 1) for line in guest.run(f"cat /proc/{pid}/status").splitlines() if ":\t" in line)
        for capability in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"):
            check(int(status[capability], 16) == 0, f"process {pid}: {capability} {status[capability]} (expected: 0)")
        check(status["Uid"].split() == [uid] * 4 and status["NoNewPrivs"] == "1" and status["Seccomp"] == "2", f"process {pid}: {status}")
    check(pids, "the unit has no process")
    return len(pids)


def probe(trial):
    guest = trial.guest
    source = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "probe", "Probe.java")
    subprocess.run([os.path.join(os.environ["JAVA_HOME"], "bin", "javac"), "--release", "25", "-d", trial.folder, source], check=True)
    classes = [name for name in os.listdir(trial.folder) if name.startswith("Probe") and name.endswith(".class")]
    for name in classes:
        guest.put(os.path.join(trial.folder, name), f"/usr/share/probe/{name}")
    guest.run("mkdir -p /var/lib/probe && echo secret >/var/lib/probe/secret && chmod 600 /var/lib/probe/secret && chown nobody /var/lib/probe/secret")
    free = verdicts(guest.run("cd / && /usr/lib/attestation-agent/runtime/bin/java --enable-native-access=ALL-UNNAMED -XX:-UsePerfData -cp /usr/share/probe Probe; "
                              "umount /mnt", seconds=600))
    check(set(free.values()) == {"ok"} and set(free) == REFUSED | GIVEN, f"outside of the sandbox root is refused something (the probe is wrong): {free}")
    guest.run(AS_PROBE)
    guest.run("systemctl start probe.service", seconds=900)
    inside = verdicts(guest.run("journalctl -u probe.service -o cat --no-pager"))
    guest.run("rm /run/systemd/system/probe.service; systemctl daemon-reload")
    allowed = {name for name in REFUSED if inside.get(name) == "ok"}
    check(not allowed and set(inside) == set(free), f"inside the unit these are possible: {sorted(allowed)}; all: {inside}")
    check(all(inside[name] == "ok" for name in GIVEN), f"inside the unit what the agent needs is refused: {inside}")
    trial.note("inside the unit refused: " + ", ".join(sorted(REFUSED)))


def verdicts(text):
    return {name: "ok" if verdict.startswith("ok") else verdict for name, verdict in re.findall(r"^probe (\S+) (.*)$", text, re.M)}
