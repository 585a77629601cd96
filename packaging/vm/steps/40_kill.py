# SPDX-License-Identifier: Apache-2.0
"""kill -9: systemd starts it again, and it attests with the same identity"""
from machine.trial import check

NEEDS = ("install",)


def run(trial):
    pid, restarts = trial.main_pid(), trial.restarts()
    trial.guest.run(f"kill -9 {pid}")
    trial.wait_status(lambda verdict, text: verdict in ("healthy", "degraded") and trial.main_pid() not in (0, pid), "healthy with another process")
    trial.healthy()
    check(trial.restarts() == restarts + 1, f"{trial.restarts() - restarts} restarts (expected: 1)")
    trial.remembered()
