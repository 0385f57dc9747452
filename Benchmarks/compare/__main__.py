"""Measures vmfa beside what people would use instead, in one run, and prints a Markdown table of ratios.

Builds the release first, and installs the peers: from Debian, and from PyPI into .build/tools. Wants a machine that does
nothing else, and half an hour. The databases that it measures on stay in .build/benchmarks.
"""
import argparse
import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile

import codes
import durable
import harness
import http_load
import instructions
import startup
from tools import ROOT, Tools, machine

GROUPS = {
    "codes": codes.comparisons, "instructions": instructions.comparisons, "start": startup.comparisons,
    "callers": durable.by_callers, "devices": durable.by_devices, "http": http_load.comparisons,
}


def main():
    arguments = parsed()
    only_instructions = arguments.check or arguments.record
    build("oath-bench" if only_instructions else "bench-build")
    if only_instructions:
        instructions.check(Tools.oath_bench, arguments.record)
        return

    scratch = tempfile.mkdtemp(prefix="vmfa-bench-")
    os.chmod(scratch, 0o755)
    # So that a kill, too, ends the servers that were started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    done = []
    try:
        tools = Tools(scratch)
        title = heading(arguments, tools)
        for group in arguments.groups or GROUPS:
            with contextlib.closing(GROUPS[group](tools)) as comparisons:
                for comparison in comparisons:
                    comparison.run(1 if comparison.unit == "I" else arguments.rounds)
                    done.append(comparison)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
        # What was measured before something failed took its time.
        if done:
            report(f"{title}\n\n{harness.table(done)}\n", arguments.output)


def parsed():
    parser = argparse.ArgumentParser(
        prog="Scripts/compare", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=harness.ROUNDS, help="measurements of each (%(default)s)")
    parser.add_argument("--output", help="where the table goes as well")
    parser.add_argument("--check", action="store_true", help="only compare instructions with Benchmarks/bounds.json")
    parser.add_argument("--record", action="store_true", help="only write Benchmarks/bounds.json anew")
    parser.add_argument("groups", nargs="*", metavar="GROUP", help=f"of {', '.join(GROUPS)} (all)")
    arguments = parser.parse_args()
    if arguments.rounds < 1:
        parser.error("--rounds is 1 or more")
    if unknown := sorted(set(arguments.groups) - set(GROUPS)):
        parser.error(f"there is no group {', '.join(unknown)}: there are {', '.join(GROUPS)}")
    return arguments


def build(target):
    """By make, which knows how a release is built."""
    if subprocess.run(["make", "--no-print-directory", target], cwd=ROOT, stdout=sys.stderr).returncode:
        raise SystemExit(f"compare: make {target} failed")


def heading(arguments, tools):
    command = " ".join(["Scripts/compare", "--rounds", str(arguments.rounds), *arguments.groups])
    return (
        f"{machine(tools)}: `{command}`. Medians of {arguments.rounds} rounds in which each was measured in turn; the last "
        "column is the median of the rounds' ratios.")


def report(text, path):
    if path:
        with open(path, "w") as file:
            file.write(text)
    print(text)


if __name__ == "__main__":
    main()
