# SPDX-License-Identifier: Apache-2.0
"""Runs the scenarios: each is a file with a docstring (what it shows) and run(scene); a verdict is what the verifier says."""
import argparse
import concurrent.futures
import importlib.util
import os
import signal
import sys
import threading
import time
import traceback

from .lab import ROOT, TARGET, Lab
from .process import Process, Trouble
from .servers import HERE

FOLDER = os.path.join(HERE, "scenarios")


def scenarios(wanted):
    """Name (folder/file) and module of those that are wanted by name, file or folder; all without a wish."""
    for folder, folders, files in os.walk(FOLDER):
        folders.sort()
        for file in sorted(files):
            name = os.path.relpath(os.path.join(folder, file), FOLDER).removesuffix(".py")
            if file.endswith(".py") and (not wanted or set(wanted) & {name, os.path.basename(name), os.path.dirname(name)}):
                spec = importlib.util.spec_from_file_location(name, os.path.join(folder, file))
                module = importlib.util.module_from_spec(spec)
                spec.loader.exec_module(module)
                yield name, module


class Run:
    """Runs several scenarios side by side: they mostly wait for the verifier's next poll."""

    def __init__(self, lab, record):
        self.lab, self.record, self.passed, self._lock = lab, record, [], threading.Lock()

    def all(self, chosen, jobs):
        with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
            # The long ones first, so that none of them is left over at the end.
            for name, module in sorted(chosen, key=lambda one: -getattr(one[1], "SECONDS", 10)):
                pool.submit(self.one, name, module)

    def one(self, name, module):
        start, trouble = time.monotonic(), None
        scene = self.lab.scene(name)
        try:
            module.run(scene)
        except Exception as failure:  # pylint: disable=broad-except # whatever it is, the scenario failed
            trouble = str(failure) if isinstance(failure, Trouble) else traceback.format_exc()
        try:
            scene.close()
        except Exception:  # pylint: disable=broad-except # what cannot be ended is a failure too
            trouble = trouble or traceback.format_exc()
        self._tell(name, " ".join(module.__doc__.split()), trouble, time.monotonic() - start)

    def _tell(self, name, shown, trouble, seconds):
        with self._lock:
            if trouble:
                print(trouble, flush=True)
            else:
                self.passed.append(name)
            print(f"{'FAILED' if trouble else 'ok':8}{name}: {shown} ({seconds:.0f} s)", flush=True)
        if self.record:
            os.makedirs(self.record, exist_ok=True)
            with open(os.path.join(self.record, f"{os.path.basename(name)}.txt"), "w", encoding="utf-8") as file:
                file.write(f"{name}: {shown}\n{'FAILED' if trouble else 'ok'}\n{trouble or ''}".rstrip() + "\n")


def _give_up(number, _):
    """At once, whatever the scenarios wait for, and with everything that was started."""
    Process.kill_all()
    os._exit(128 + number)


def main():
    parser = argparse.ArgumentParser(prog="packaging/keylime/run", description=__doc__)
    parser.add_argument("scenario", nargs="*", help="files in scenarios/ without .py, or folders in it (default: all)")
    parser.add_argument("--agent", default=os.path.join(ROOT, "packaging/target/attestation-agent/bin/agent") + " run",
                        help="the command that runs the agent in the foreground (default: the runnable tree's)")
    parser.add_argument("--folder", type=os.path.abspath, default=os.path.join(TARGET, "run"),
                        help="where servers and hosts keep their files and logs; emptied before (default: packaging/target/keylime/run)")
    parser.add_argument("--jobs", type=int, default=3, help="how many scenarios at the same time (default: 3)")
    parser.add_argument("--record", metavar="FOLDER", help="also writes what was found into a file of it for each scenario")
    parser.add_argument("--list", action="store_true", help="only prints the scenarios")
    arguments = parser.parse_args()
    chosen = list(scenarios(arguments.scenario))
    if not chosen:
        parser.error(f"no such scenario among {arguments.scenario} (expected: names in {FOLDER}, see --list)")
    if arguments.list:
        for name, module in chosen:
            print(f"{name}: {' '.join(module.__doc__.split())}")
        return 0
    for end in (signal.SIGTERM, signal.SIGINT):
        signal.signal(end, _give_up)
    lab = Lab(arguments.agent, os.environ.get("KEYLIME_PEER_AGENT"), arguments.folder)
    left_out = [name for name, module in chosen if getattr(module, "NEEDS_PEER", False) and not lab.peer]
    chosen = [one for one in chosen if one[0] not in left_out]
    run = Run(lab, arguments.record)
    try:
        lab.start()
        run.all(chosen, arguments.jobs)
    finally:
        lab.close()
        Process.kill_all()  # what a failed scenario could not end
    for name in left_out:
        print(f"left out {name}: set KEYLIME_PEER_AGENT to the path of Keylime's own agent to run it")
    print(f"{len(run.passed)} passed, {len(chosen) - len(run.passed)} failed" + (f", {len(left_out)} left out" if left_out else ""))
    return 0 if len(run.passed) == len(chosen) else 1


sys.exit(main())
