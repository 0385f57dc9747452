"""Instructions for a code, a search and a verification, counted by callgrind: whatever else the machine does."""
import json
import os
import platform
import re
import shutil
import subprocess
import tempfile

import codes
from harness import Comparison, Participant
from tools import BENCHMARKS

BOUNDS = os.path.join(BENCHMARKS, "bounds.json")
TOLERANCE = 0.10
# What is counted, and how many of it are enough.
COUNTED = {"step": 1000, "fresh": 1000, "scan": 2, "verify": 200}
# The same in C.
FLOORS = {"step": "step-evp", "fresh": "fresh-evp"}
TITLES = {"step": codes.STEP, "fresh": codes.FRESH, "scan": codes.SCAN, "verify": codes.VERIFY}


def comparisons(tools):
    with Counter(tools.oath_bench) as count:
        for name in COUNTED:
            participants = [Participant("vmfa", lambda name=name: count(name))]
            if name in FLOORS:
                participants.append(Participant("EVP_MAC in C", lambda name=name: count(name, FLOORS[name])))
            yield Comparison(TITLES[name], "I", participants)


class Counter:
    """A function that counts the instructions of one: those of twice as many less those of so many, so that the start of
    the program cancels out."""

    def __init__(self, program):
        for tool in ("valgrind", "strip"):
            if not shutil.which(tool):
                raise SystemExit(f"instructions: {tool} is missing: Scripts/bootstrap test installs it where there is apt-get")
        self.folder = tempfile.TemporaryDirectory()
        # valgrind stumbles over what Swift writes for debuggers.
        self.program = os.path.join(self.folder.name, "oath-bench")
        subprocess.run(["strip", "--strip-debug", "-o", self.program, program], check=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.folder.cleanup()

    def __call__(self, name, variant=None):
        count = COUNTED[name]
        return (self.total(variant or name, 2 * count) - self.total(variant or name, count)) / count

    def total(self, name, count):
        # Without the SHA extensions and AVX2, which valgrind has on some machines only.
        run = subprocess.run(
            ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", self.program], input=f"{name} {count}\n",
            env=dict(os.environ, OPENSSL_ia32cap=":0"), text=True, capture_output=True)
        found = re.search(r"Collected : (\d+)", run.stderr)
        if run.returncode or not found:
            raise SystemExit(f"instructions: valgrind could not run {self.program}:\n{run.stderr[-2000:]}")
        return int(found[1])


def check(program, record):
    """Compares with bounds.json, or writes it anew. Other processors have other instructions: there nothing is compared."""
    with open(BOUNDS) as file:
        bounds = json.load(file)
    here = platform.machine()
    if here != bounds["machine"] and not record:
        print(f"instructions: not compared: recorded on {bounds['machine']}, this is {here}")
        return
    with Counter(program) as count:
        counts = {name: round(count(name)) for name in COUNTED}
        floors = {name: round(count(name, floor)) for name, floor in FLOORS.items()}
    exceeded = False
    for name, number in counts.items():
        recorded = bounds["instructions"].get(name, number)
        beside = f"; EVP_MAC in C {floors[name]:,}" if name in floors else ""
        print(f"{name}: {number:,} instructions (recorded {recorded:,}{beside})")
        exceeded |= number > recorded * (1 + TOLERANCE)
    if record:
        openssl = subprocess.run(["openssl", "version"], capture_output=True, text=True).stdout.split()[1]
        with open(BOUNDS, "w") as file:
            file.write(json.dumps({"machine": here, "openssl": openssl, "instructions": counts}, indent=2) + "\n")
    elif exceeded:
        raise SystemExit(
            f"instructions: more than {TOLERANCE:.0%} above what was recorded (with OpenSSL {bounds['openssl']}). "
            "Where that is meant: make bench-record")
