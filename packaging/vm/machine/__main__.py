# SPDX-License-Identifier: Apache-2.0
"""Tries the package on a machine with a real kernel: the steps are files, in the order of their names."""
import argparse
import os
import signal
import sys
import time
import traceback

from lab.process import Trouble

from . import steps
from .trial import Trial

def run_step(trial, step):
    start = time.monotonic()
    try:
        step.module.run(trial)
        verdict, reason = "ok", ""
    except steps.Skip as skip:
        verdict, reason = "skipped", f": {skip}"
    except Exception as trouble:  # pylint: disable=broad-except # whatever it is, the step failed
        verdict, reason = "FAILED", ""
        print(str(trouble) if isinstance(trouble, Trouble) else traceback.format_exc(), flush=True)
    print(f"{verdict:8}{step.name}: {step.title}{reason} ({time.monotonic() - start:.0f} s)", flush=True)
    return verdict

def parse():
    parser = argparse.ArgumentParser(prog="packaging/vm/run", description=__doc__)
    parser.add_argument("step", nargs="*", help="names of files in steps/, without number and .py (default: all); "
                                                "what a step needs is done before it")
    parser.add_argument("--keep", action="store_true", help="leaves the machine running afterwards until Enter or SIGTERM, and says how to enter it")
    parser.add_argument("--list", action="store_true", help="names the steps and ends")
    parser.add_argument("--image", help=argparse.SUPPRESS)
    parser.add_argument("--deb", help="another package than the one built here")
    return parser, parser.parse_args()

def keep(trial):
    machine = trial.machine
    if machine.running():
        print(f"The machine runs on: ssh {' '.join(machine.guest.options)} -p {machine.ssh_port} root@127.0.0.1\n"
              f"Its agent: https://127.0.0.1:{machine.agent_port}. SIGTERM to {os.getpid()} or the end of the input ends it.", flush=True)
        if sys.stdin.read() == "" and not sys.stdin.isatty():
            signal.pause()

def main():
    parser, arguments = parse()
    try:
        chosen = steps.chosen(arguments.step)
    except KeyError as unknown:
        parser.error(f"no step {unknown} (expected: {', '.join(step.name for step in steps.all_steps())})")
    if arguments.list:
        for step in chosen:
            print(f"{step.name:16}{step.title}")
        return
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that nothing of it stays behind
    trial = Trial(arguments.image, arguments.deb)
    verdicts = []
    try:
        for step in chosen:
            verdicts.append(run_step(trial, step))
        if arguments.keep:
            keep(trial)
    finally:
        trial.close()
    failed, skipped = verdicts.count("FAILED"), verdicts.count("skipped")
    print(f"{verdicts.count('ok')} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    sys.exit(1 if failed or not verdicts.count("ok") else 0)

main()
