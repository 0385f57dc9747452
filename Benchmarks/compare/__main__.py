"""Measures vmfa beside what people would use instead, and prints a Markdown table.

    compare [--rounds N] [--output FILE] [GROUP...]      see Scripts/compare
"""
import argparse
import contextlib
import datetime
import os
import platform
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile

import codes
import durable
import harness
import http_load
import startup

GROUPS = {
    "codes": codes.comparisons, "start": startup.comparisons, "callers": durable.by_callers,
    "devices": durable.by_devices, "http": http_load.comparisons,
}


class Tools:
    """Where the programs are, and where files go."""

    def __init__(self, root, scratch):
        release, tools = os.path.join(root, ".build", "release"), os.path.join(root, ".build", "tools")
        self.vmfa = os.path.join(release, "vmfa")
        self.verifier_load = os.path.join(release, "verifier-load")
        self.service_load = os.path.join(release, "service-load")
        self.oath_bench = os.path.join(root, "Benchmarks", ".build", "release", "oath-bench")
        self.python = os.path.join(tools, "peers", "bin", "python")
        self.privacyidea = os.path.join(tools, "privacyidea")
        self.kept = os.path.join(root, ".build", "benchmarks")
        self.scratch = scratch
        os.makedirs(self.kept, exist_ok=True)
        key = os.path.join(self.kept, "master.key")
        if not os.path.exists(key):
            with open(os.open(key, os.O_CREAT | os.O_WRONLY, 0o600), "w") as file:
                file.write(secrets.token_hex(32) + "\n")
        self.environment = dict(os.environ, VMFA_KEY_FILE=key)

    def folder(self, name):
        """A new folder that other users may enter: servers run as users of their own."""
        path = os.path.join(self.scratch, name)
        os.mkdir(path)
        os.chmod(path, 0o755)
        return path


def main():
    parser = argparse.ArgumentParser(prog="Scripts/compare")
    parser.add_argument("--rounds", type=int, default=harness.ROUNDS, help="measurements of each (%(default)s)")
    parser.add_argument("--output", help="where the table goes (standard output)")
    parser.add_argument("groups", nargs="*", metavar="GROUP", help=f"of {', '.join(GROUPS)} (all)")
    arguments = parser.parse_args()
    unknown = set(arguments.groups) - set(GROUPS)
    if unknown:
        parser.error(f"there is no group {', '.join(sorted(unknown))}: there are {', '.join(GROUPS)}")

    root = os.path.realpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
    scratch = tempfile.mkdtemp(prefix="vmfa-bench-", dir="/tmp")
    os.chmod(scratch, 0o755)
    done = []
    # So that a kill, too, ends the servers that were started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        tools = Tools(root, scratch)
        for group in arguments.groups or GROUPS:
            with contextlib.closing(GROUPS[group](tools)) as comparisons:
                for comparison in comparisons:
                    comparison.run(arguments.rounds)
                    done.append(comparison)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    report = f"{heading(arguments)}\n\n{harness.table(done)}\n"
    if arguments.output:
        with open(arguments.output, "w") as file:
            file.write(report)
    print(report)


def heading(arguments):
    command = " ".join(["Scripts/compare", *(["--rounds", str(arguments.rounds)]), *arguments.groups])
    return (
        f"{datetime.date.today().isoformat()}, {machine()}: `{command}`. Medians of {arguments.rounds} rounds in which each "
        "was measured in turn; the last column is the median of the rounds' ratios.")


def machine():
    model = "a processor"
    with open("/proc/cpuinfo") as file:
        for line in file:
            if line.startswith("model name"):
                model = line.split(":")[1].strip()
                break
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / (1 << 30)
    system = platform.freedesktop_os_release().get("PRETTY_NAME", platform.system())
    openssl = subprocess.run(["openssl", "version"], capture_output=True, text=True).stdout.split()[:2]
    return f"{os.cpu_count()} cores of {model}, {memory:.0f} GiB, {system}, {' '.join(openssl)}"


if __name__ == "__main__":
    sys.exit(main())
