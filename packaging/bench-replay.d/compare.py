#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The figures of packaging/bench-replay: run by it."""

import argparse
import hashlib
import json
import os
import statistics
import struct
import subprocess
import sys
import tempfile
import time

BANKS = {"sha1": 20, "sha256": 32}
PCRS = 24


def write_list(path, entries):
    """A list of ima-ng entries, each another file; returns PCR 10 of both banks."""
    sha1, sha256, pack = hashlib.sha1, hashlib.sha256, struct.pack
    pcr1, pcr256 = bytes(20), bytes(32)
    with open(path, "wb", buffering=1 << 20) as out:
        for i in range(entries):
            name = b"/usr/lib/x86_64-linux-gnu/big/file-%d\0" % i if i else b"boot_aggregate\0"
            digest = b"sha256:\0" + sha256(b"%d" % i).digest()
            data = pack("<I", len(digest)) + digest + pack("<I", len(name)) + name
            logged = sha1(data).digest()
            out.write(pack("<I", 10) + logged + pack("<I", 6) + b"ima-ng" + pack("<I", len(data)) + data)
            pcr1 = sha1(pcr1 + logged).digest()
            pcr256 = sha256(pcr256 + sha256(data).digest()).digest()
    return {"sha1": pcr1, "sha256": pcr256}


def write_pcrs(path, bank, pcr10):
    """As the kernel prints the PCRs of a TPM 1.2: the only form that evmctl reads from a file."""
    with open(path, "w", encoding="ascii") as out:
        for pcr in range(PCRS):
            initial = b"\xff" if 17 <= pcr <= 22 else b"\0"
            value = pcr10 if pcr == 10 else initial * BANKS[bank]
            out.write(f"PCR-{pcr:02d}: {value.hex(' ').upper()} \n")


def run(command):
    """Wall clock and CPU of one run, in seconds."""
    before, start = os.times(), time.monotonic()
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    wall, after = time.monotonic() - start, os.times()
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)}: exit {done.returncode}\n{done.stdout}{done.stderr}")
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return wall, cpu


def medians(measured):
    return {name: round(statistics.median(column), 3) for name, column in zip(("wall", "cpu"), zip(*measured))}


def compare(options, folder):
    path = os.path.join(folder, "list")
    pcrs = write_list(path, options.entries)
    figures = {"entries": options.entries, "bytes": os.path.getsize(path), "runs": options.runs, "banks": {}}
    print(f"{options.entries} entries, {figures['bytes'] / 1e6:.0f} MB, {options.runs} runs of each in turns, medians")
    for bank, pcr10 in pcrs.items():
        file = os.path.join(folder, "pcrs." + bank)
        write_pcrs(file, bank, pcr10)
        commands = {
            "evmctl": ["evmctl", "ima_measurement", "--pcrs", f"{bank},{file}", path],
            "agent": [options.agent, "ima", "replay", path, "--bank", bank, "--expect", "10=" + pcr10.hex()],
        }
        measured = {name: [] for name in commands}
        for _ in range(options.runs):
            for name, command in commands.items():
                measured[name].append(run(command))
        result = {name: medians(runs) for name, runs in measured.items()}
        result["ratio"] = {of: round(result["agent"][of] / result["evmctl"][of], 3) for of in ("wall", "cpu")}
        figures["banks"][bank] = result
        for name in ("evmctl", "agent"):
            print(f"  {bank:7} {name:7} {result[name]['wall']:7.2f} s, CPU {result[name]['cpu']:6.2f} s")
        print(f"  {bank:7} ratio   {result['ratio']['wall']:7.2f}   CPU {result['ratio']['cpu']:6.2f}")
    return figures


def main():
    arguments = argparse.ArgumentParser(prog="packaging/bench-replay")
    arguments.add_argument("--agent", required=True)
    arguments.add_argument("--entries", type=int, default=1_000_000)
    arguments.add_argument("--runs", type=int, default=5)
    arguments.add_argument("--json")
    options = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        figures = compare(options, folder)
    if options.json:
        with open(options.json, "w", encoding="ascii") as out:
            json.dump(figures, out, indent=2)


if __name__ == "__main__":
    main()
