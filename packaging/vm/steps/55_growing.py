# SPDX-License-Identifier: Apache-2.0
"""quotes taken while the list grows without pause all verify; odd file names are served as the kernel logged them"""
from machine.trial import check

NEEDS = ("install",)
ROUNDS = 8
# A newline that forges a line, a tab, an escape sequence, blanks, a quote and a backslash. Not bytes that are no UTF-8: the
# JSON of Keylime's wire has no form for them, so no verifier can replay a list that has such a name.
ODD = r"""
mkdir -p /usr/local/odd; cd /usr/local/odd
n=$(printf 'x\n10 0000000000000000000000000000000000000000 ima-sig sha256:%064d /forged ' 0 | tr '/' '_')
for name in "$n" "$(printf 'tab\there')" "$(printf '\033[2Jcleared')" 'with  blanks ' 'quote"back\slash' ; do
    cp /bin/true "./$name" && echo >>"./$name" && "./$name"
    count=$((${count:-0} + 1))
done
echo $count
"""


def run(trial):
    guest = trial.guest
    trial.enrolled.forget()  # Keylime counts lines, and takes the forged one for an entry
    guest.run("mkdir -p /usr/local/grow; nohup sh -c 'i=0; while [ -e /usr/local/grow ]; do i=$((i+1)); cp /bin/true /usr/local/grow/$i "
              "&& /usr/local/grow/$i; rm -f /usr/local/grow/$((i-5)); done' >/dev/null 2>&1 </dev/null &")
    counts = []
    for _ in range(ROUNDS):
        trial.remembered("--no-pubkey")
        counts.append(int(guest.run("cat /sys/kernel/security/integrity/ima/runtime_measurements_count")))
    guest.run("rm -rf /usr/local/grow; sleep 1; rm -rf /usr/local/grow")
    check(all(later > earlier for earlier, later in zip(counts, counts[1:])), f"the list did not grow between the quotes: {counts}")
    trial.note(f"{ROUNDS} quotes verified while the list grew from {counts[0]} to {counts[-1]} entries")
    odd = int(guest.run(ODD).split()[-1])
    trial.remembered()
    trial.verify()
    listed = guest.read("/sys/kernel/security/integrity/ima/binary_runtime_measurements")
    check(b"/usr/local/odd/x\n10_0000" in listed, "the kernel did not log the odd names")
    trial.note(f"{odd} odd names measured, served and verified, a newline that forges a line among them")
    trial.healthy()
