"""Instructions for a code and for a search, counted by callgrind: the same whatever else the machine does.

    instructions.py OATH-BENCH [--record]

Compares with bounds.json, or writes it anew; ends with 1 where one is exceeded.
"""
import json
import os
import re
import subprocess
import sys
import tempfile

BOUNDS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "bounds.json")
TOLERANCE = 0.10
# What is counted, and how many of it are enough.
COUNTED = {"step": 1000, "fresh": 1000, "scan": 2, "verify": 200}
FLOORS = {"step": "step-evp", "fresh": "fresh-evp"}


def instructions(program, name, count):
    """Instructions of one: those of `2 * count` less those of `count`, so that the start of the program cancels out."""
    return (total(program, name, 2 * count) - total(program, name, count)) / count


def total(program, name, count):
    # No SHA extensions and no AVX2: valgrind may know them or not.
    environment = dict(os.environ, OPENSSL_ia32cap=":0")
    run = subprocess.run(
        ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", program], input=f"{name} {count}\n",
        env=environment, text=True, capture_output=True)
    found = re.search(r"Collected : (\d+)", run.stderr)
    if run.returncode or not found:
        raise SystemExit(f"instructions: valgrind could not run {program}:\n{run.stderr[-2000:]}")
    return int(found[1])


def counts(program):
    with tempfile.TemporaryDirectory() as folder:
        # valgrind stumbles over what Swift writes for debuggers.
        stripped = os.path.join(folder, "oath-bench")
        subprocess.run(["strip", "--strip-debug", "-o", stripped, program], check=True)
        for name, count in COUNTED.items():
            floor = FLOORS.get(name)
            yield name, instructions(stripped, name, count), floor and instructions(stripped, floor, count)


def main():
    program, record = sys.argv[1], "--record" in sys.argv
    with open(BOUNDS) as file:
        bounds = json.load(file)
    exceeded = False
    for name, count, floor in counts(program):
        bound = bounds[name] * (1 + TOLERANCE)
        beside = f", EVP_MAC in C {floor:,.0f}" if floor else ""
        print(f"{name}: {count:,.0f} instructions (recorded {bounds[name]:,}, bound {bound:,.0f}{beside})")
        exceeded |= count > bound
        if record:
            bounds[name] = round(count)
    if record:
        with open(BOUNDS, "w") as file:
            file.write(json.dumps(bounds, indent=2) + "\n")
    elif exceeded:
        raise SystemExit("instructions: a bound is exceeded. Where that is meant: make bench-record")


if __name__ == "__main__":
    main()
