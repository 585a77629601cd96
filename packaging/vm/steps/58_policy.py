# SPDX-License-Identifier: Apache-2.0
"""a policy that appraises is set up: programs run or are refused as predicted, each printed repair repairs"""
import os
import subprocess

from machine import doctor
from machine.trial import check

NEEDS = ("install",)
PLACE = "/var/lib/trial"
OWNER = 4242
KERNEL = "/sys/kernel/security/ima/policy"
APPRAISE = f"appraise func=BPRM_CHECK fowner={OWNER} appraise_type=imasig\naudit func=BPRM_CHECK fowner={OWNER}\n"
SAMPLE = os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))), "ima-policies", "remote-attestation")
AGENT = "AGENT_JAVA_OPTS=-XX:TieredStopAtLevel=1 agent"
SETUP = f"{AGENT} ima setup --policy {PLACE}/policy"


def run(trial):
    guest = trial.guest
    trial.enrolled.forget()
    prepare(trial)
    refused_line(trial)
    # The policy asks for a key that the kernel has not: nothing is installed, and the command is named.
    code, text = guest.ask(f"{SETUP} --yes", 600)
    check(code == 1 and "load the key first" in text, f"setup without the key in the kernel ended with {code}:\n{text}")
    check(guest.ask("test -e /etc/ima/ima-policy")[0] != 0, "a refused setup left a policy")
    command = text.split("load the key first: ", 1)[1].splitlines()[0]
    plan = guest.run(f"{command} && {SETUP} --dry-run", seconds=600)
    check("load the policy now" in plan and guest.ask("test -e /etc/ima/ima-policy")[0] != 0, f"a dry run installed it:\n{plan}")
    # The session that loaded the key runs the first appraised program: from then on the kernel knows the keyring.
    guest.run(f"keyctl link @u @s; {SETUP} --yes && {PLACE}/signed", seconds=600)
    trial.note("set up: refused by its key first, then planned, loaded and installed")
    judged(trial)
    after(trial)
    trial.verify()
    undone(trial)


def key(trial, name):
    path = os.path.join(trial.folder, name)
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "90", "-subj", f"/CN={name}", "-addext",
                    "keyUsage=digitalSignature", "-outform", "DER", "-out", path + ".der", "-keyout", path + ".pem"],
                   check=True, stderr=subprocess.DEVNULL)
    return path


def prepare(trial):
    """Programs of one owner: signed, changed after signing, copied, signed by a key that nobody loaded."""
    guest = trial.guest
    site, other = key(trial, "site"), key(trial, "other")
    guest.put(site + ".der", "/etc/keys/ima/site.der")
    for path in (site, other):
        guest.put(path + ".pem", f"{PLACE}/{os.path.basename(path)}.pem", "600")
    guest.run(f"cd {PLACE} && for name in signed changed foreign; do cp /bin/true $name && echo $name >>$name; done && "
              f"{AGENT} ima sign --key site.pem --cert /etc/keys/ima/site.der signed changed && {AGENT} ima sign --key other.pem foreign && "
              f"cp signed copied && echo more >>changed && chown {OWNER} signed changed foreign copied", seconds=900)
    with open(SAMPLE, encoding="utf-8") as file:
        guest.write(f"{PLACE}/policy", file.read() + APPRAISE)


def refused_line(trial):
    """The kernel refuses a policy with one wrong line; doctor says so, and the check names the line."""
    guest = trial.guest
    guest.write(f"{PLACE}/wrong", "measure func=BPRM_CHECK\nmeasure func=BPRM_CHEK\n")
    check(guest.ask(f"echo {PLACE}/wrong >{KERNEL}")[0] != 0, "the kernel took a policy with a wrong line")
    doctor.ask(trial, "policy-accepted").says("policy-accepted", "problem")
    text = guest.run(f"{AGENT} ima policy check {PLACE}/wrong", expect=1, seconds=600)
    check("wrong:2: " in text and "BPRM_CHECK" in text, f"the wrong line is not named:\n{text}")


def judged(trial):
    """What agent ima verify says of a file is what the kernel does with it."""
    guest = trial.guest
    explained = guest.run(f"{AGENT} ima policy check /etc/ima/ima-policy --explain {PLACE}/copied --func BPRM_CHECK", seconds=600)
    check("appraise: yes" in explained, f"the policy is not explained to appraise the copy:\n{explained}")
    verdicts = {}
    for name in ("signed", "changed", "foreign", "copied"):
        predicted = guest.ask(f"{AGENT} ima verify --key /etc/keys/ima {PLACE}/{name}", 600)[0] == 0
        runs = guest.ask(f"{PLACE}/{name}")[0] == 0
        check(predicted == runs, f"{name}: agent ima verify says {predicted}, the kernel runs it: {runs}")
        verdicts[name] = runs
    check(verdicts == {"signed": True, "changed": False, "foreign": False, "copied": False}, f"the kernel ran: {verdicts}")
    said = doctor.ask(trial, "denials")
    said.says("denials", "warning", "3 denials", f"{PLACE}/copied")
    guest.run(f"cd {PLACE} && {AGENT} ima sign --key site.pem --cert /etc/keys/ima/site.der copied changed && ./copied && ./changed", seconds=600)
    trial.note("ran: signed; refused: changed, foreign, copied; each as predicted, and run when signed again")


def after(trial):
    said = doctor.ask(trial)
    for name, words in {"policy-file": ["rules"], "policy-accepted": ["loaded in this boot"], "policy-loaded": ["inferred"],
                        "keyring": ["_ima"], "keys-on-disk": ["site.der"], "audit-rules": ["1805"], "next-boot": ["no file of root"],
                        "dracut-module": [], "signed-files": [], "pcr-replay": []}.items():
        said.says(name, "ok", *words)
    check(said.code == 0, f"exit code {said.code} (expected: 0): {said}")
    records = trial.guest.run("journalctl -b --no-pager -o cat _TRANSPORT=kernel + _TRANSPORT=audit | grep -o 'type=180[0-9]' | sort | uniq -c")
    check(all(f"type={number}" in records for number in (1800, 1802, 1805, 1807)), f"audit records are missing:\n{records}")


def undone(trial):
    guest = trial.guest
    guest.run(f"{AGENT} ima setup --undo", seconds=600)
    check(guest.ask("ls /etc/ima | grep .")[0] != 0, "undoing left something in /etc/ima")
    text = guest.run(f"{SETUP} --yes", seconds=600)  # this kernel takes one policy a boot
    check("at the next boot" in text.replace("\n", " "), f"setup does not say when the policy is taken:\n{text}")
    doctor.ask(trial, "next-boot").says("next-boot", "ok")
