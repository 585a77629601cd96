# SPDX-License-Identifier: Apache-2.0
"""Runs the scenarios: each is a file with a docstring (its name) and run(lab); a verdict is what the verifier says."""
import argparse
import importlib.util
import os
import signal
import sys
import time
import traceback

from .lab import ROOT, Lab
from .process import Trouble
from .servers import HERE


def scenarios(wanted):
    folder = os.path.join(HERE, "scenarios")
    for file in sorted(os.listdir(folder)):
        name = file.removesuffix(".py")
        if file.endswith(".py") and (not wanted or name in wanted):
            spec = importlib.util.spec_from_file_location(name, os.path.join(folder, file))
            module = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(module)
            yield name, module


def run_one(lab, name, module):
    start = time.monotonic()
    try:
        module.run(lab)
        verdict = "ok"
    except Exception as trouble:  # pylint: disable=broad-except # whatever it is, the scenario failed
        verdict = "FAILED"
        print(f"{trouble}" if isinstance(trouble, Trouble) else traceback.format_exc(), flush=True)
    lab.close_hosts()
    print(f"{verdict:8}{name}: {module.__doc__.strip().splitlines()[0]} ({time.monotonic() - start:.0f} s)", flush=True)
    return verdict == "ok"


def main():
    parser = argparse.ArgumentParser(prog="packaging/keylime/run", description=__doc__)
    parser.add_argument("scenario", nargs="*", help="names of files in scenarios/, without .py (default: all)")
    parser.add_argument("--agent", default=os.path.join(ROOT, "packaging/target/attestation-agent/bin/agent") + " run",
                        help="the command that runs the agent in the foreground (default: the runnable tree's)")
    arguments = parser.parse_args()
    chosen = list(scenarios(arguments.scenario))
    if not chosen or arguments.scenario and len(chosen) != len(arguments.scenario):
        parser.error(f"no such scenario among {arguments.scenario} (expected: names of {HERE}/scenarios)")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that nothing of it stays behind
    lab = Lab(arguments.agent)
    passed = 0
    try:
        lab.start()
        for name, module in chosen:
            passed += run_one(lab, name, module)
    finally:
        lab.close()
    print(f"{passed} passed, {len(chosen) - passed} failed")
    sys.exit(0 if passed == len(chosen) else 1)


main()
