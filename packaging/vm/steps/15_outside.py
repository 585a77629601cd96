# SPDX-License-Identifier: Apache-2.0
"""a verifier outside proves the whole list, then only what is new, and refuses another host's key"""
import os
import subprocess

from machine.trial import check

NEEDS = ("install",)


def run(trial):
    trial.remembered()
    trial.new_program("once")
    text = trial.remembered()
    check("verified" in text.lower(), f"agent verify ended with 0, but does not say verified:\n{text}")
    text = trial.command("status")
    trial.note(f"agent status: {text.strip().splitlines()[0]}")
    stranger = os.path.join(trial.folder, "stranger.pem")
    subprocess.run(f"openssl genrsa 2048 2>/dev/null | openssl rsa -pubout -out {stranger} 2>/dev/null", shell=True, check=True)
    trial.verify(ak=stranger, expect=1)
