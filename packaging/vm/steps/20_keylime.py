# SPDX-License-Identifier: Apache-2.0
"""Keylime attests it while programs run; one that the policy does not know fails it, by name"""

NEEDS = ("install",)


def run(trial):
    trial.enrol()
    trial.guest.run("openssl version; capsh --print; tpm2_getcap properties-fixed; strace -V; ip address; attr -h || true")
    trial.enrolled.attested()
    trial.guest.run("(cat /bin/true; echo changed) >/usr/local/bin/stranger; chmod 755 /usr/local/bin/stranger; /usr/local/bin/stranger")
    trial.enrolled.failed("ima.validation", "/usr/local/bin/stranger")
    # What the operator does: looks at it, knows it from now on, and enrols the host again.
    digest = trial.guest.run("sha256sum /usr/local/bin/stranger").split()[0]
    trial.extra.append(("/usr/local/bin/stranger", digest))
    trial.enrolled.forget()
    trial.enrol()
