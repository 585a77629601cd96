# SPDX-License-Identifier: Apache-2.0
"""the kernel's list is opened once, read forward, its growth seen by the count file; a restart seeks once"""
import re

from machine.trial import UNIT, check

NEEDS = ("install",)
LIST = "runtime_measurements"


def open_files(trial):
    """Of the daemon, below securityfs: names by descriptor."""
    shown = trial.guest.run(f"ls -l /proc/{trial.main_pid()}/fd")
    return dict(re.findall(r" (\d+) -> (\S*/ima/\S+)", shown))


def traced(trial, action):
    """The daemon's calls on these descriptors while something happens."""
    guest, pid = trial.guest, trial.main_pid()
    guest.run(f"nohup strace -f -y -e trace=openat,read,pread64,lseek,readv,preadv -o /run/trace -p {pid} "
              ">/run/strace.out 2>&1 </dev/null & sleep 8")
    action()
    guest.run("sleep 3; kill -INT $(pidof strace); sleep 2")
    return [line for line in guest.read("/run/trace").decode("utf-8", "replace").splitlines() if LIST in line]


def run(trial):
    files = open_files(trial)
    lists = [name for name in files.values() if not name.endswith("_count")]
    check(len(lists) == 1, f"the daemon has {len(lists)} descriptors of the list (expected: 1): {files}")

    def grow():
        trial.new_program("traced")
        trial.remembered()

    calls = traced(trial, grow)
    on_list = [call for call in calls if f"{LIST}_count" not in call]
    reads = [call for call in on_list if re.search(r"\bread\(", call)]
    check(reads, "no read of the list was seen, although it grew:\n" + "\n".join(calls[:20]))
    others = [call for call in on_list if not re.search(r"\bread\(", call)]
    check(not others, "the list is not read forward only, or opened again:\n" + "\n".join(others[:20]))
    counts = [call for call in calls if f"{LIST}_count" in call]
    check(counts and all("pread64(" in call for call in counts), "the count file is not read by pread alone:\n" + "\n".join(counts[:20]))
    trial.note(f"{len(reads)} reads of the list, {len(counts)} of the count file, no seek, no second open")
    restart(trial)


def restart(trial):
    """The whole of a start under strace: the spool of this boot is resumed by one seek."""
    guest = trial.guest
    guest.run(f"systemctl stop {UNIT}", seconds=300)
    # PID 1 forks the service: it is followed from there, so that the unit stays as it is.
    guest.run(f"nohup strace -f -y -e trace=openat,read,pread64,lseek -o /run/trace -p 1 >/run/strace.out 2>&1 </dev/null & sleep 2; "
              f"systemctl start --no-block {UNIT}")
    trial.healthy()
    guest.run("kill -INT $(pidof strace); sleep 3")
    calls = [line for line in guest.read("/run/trace").decode("utf-8", "replace").splitlines()
             if re.search(rf"ima/(ascii|binary)_{LIST}", line)]
    opened = [call for call in calls if "openat(" in call and "= -1" not in call]
    sought = [call for call in calls if "lseek(" in call and "SEEK_SET" in call or "pread64(" in call]
    check(len(opened) == 1, f"a restart opened the list {len(opened)} times (expected: once):\n" + "\n".join(opened))
    check(len(sought) <= 1, f"a restart sought {len(sought)} times in the list (expected: at most once):\n" + "\n".join(sought))
    trial.note(f"a restart: {len(opened)} open, {len(sought)} seek, {len(calls) - len(opened) - len(sought)} reads")
    trial.remembered()
