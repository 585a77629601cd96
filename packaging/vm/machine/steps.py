# SPDX-License-Identifier: Apache-2.0
"""The steps: files NN_name.py in steps/ with a docstring (the title), run(trial), and NEEDS, the names of steps before it."""
import importlib.util
import os
import re

FOLDER = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "steps")


class Skip(Exception):
    """A step that cannot be tried on this machine says why."""


class Step:
    """One file."""

    def __init__(self, file):
        self.name = re.sub(r"^\d+_", "", file.removesuffix(".py"))
        spec = importlib.util.spec_from_file_location("steps." + self.name, os.path.join(FOLDER, file))
        self.module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(self.module)
        self.title = self.module.__doc__.strip().splitlines()[0]
        self.needs = getattr(self.module, "NEEDS", ())


def all_steps():
    return [Step(file) for file in sorted(os.listdir(FOLDER)) if file.endswith(".py")]


def chosen(names):
    """The named steps and those before them that they need, in order; all where none is named. KeyError names an unknown one."""
    steps = all_steps()
    by_name = {step.name: step for step in steps}
    wanted, rest = set(), list(names or by_name)
    while rest:
        step = by_name[rest.pop()]
        if step.name not in wanted:
            wanted.add(step.name)
            rest += step.needs
    return [step for step in steps if step.name in wanted]
