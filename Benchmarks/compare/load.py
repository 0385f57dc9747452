"""verifier-load and service-load of the project, and databases for them that are kept between runs."""
import os
import re
import socket
import subprocess
import time

from harness import say
from worker import Worker

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
SCRIPT = os.path.join(ROOT, "Tests", "ServiceLoad", "verify.lua")
PERIOD = 30


class Verifiers:
    """A verifier-load on a database with so many devices."""

    def __init__(self, tools, url, devices):
        self.devices = devices
        self.worker = Worker(tools.verifier_load, url, environment=tools.environment)
        self.worker.process.stdout.readline()  # ready
        # Steps of the future, so that those of an earlier run are behind.
        self.step = int(time.time())

    def fill(self):
        self.worker.ask(f"setup 0 {self.devices}")
        return self

    def rate(self, callers, count):
        """A measurement: so many callers at once, right codes of random users."""
        def measure():
            answer = self.worker.ask(f"time {self.devices} {callers} {count} {self.step}")
            self.step += 3 * (count // callers + 1)
            return float(re.search(r"rate (\d+)", answer)[1])
        return measure

    def resident(self):
        """Bytes of memory that its process has."""
        with open(f"/proc/{self.worker.process.pid}/statm") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    def write_codes(self, path):
        """The codes of this moment, a line for each user."""
        self.worker.process.stdin.write(f"codes {self.devices}\n")
        self.worker.process.stdin.flush()
        with open(path, "w") as file:
            while (line := self.worker.process.stdout.readline()) != "done\n":
                file.write(line)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.worker.end()


def sqlite(tools, devices):
    """A database file with so many devices: what was made before is used again."""
    path = os.path.join(tools.kept, f"{devices}.db")
    verifiers = Verifiers(tools, f"sqlite:{path}", devices)
    made = path + ".made"
    if not os.path.exists(made):
        say(f"making {devices:,} devices")
        verifiers.fill()
        open(made, "w").close()
    return verifiers, path


class Service:
    """A service-load."""

    def __init__(self, tools, database):
        port = free_port()
        self.address = f"http://127.0.0.1:{port}"
        self.process = subprocess.Popen(
            [tools.service_load, database, tools.environment["VMFA_KEY_FILE"], f"127.0.0.1:{port}"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=tools.environment)
        self.token = self.process.stdout.readline().strip()

    def wrk(self, path, codes, seconds):
        return wrk(SCRIPT, self.address, seconds, 2, path, self.token, codes, "2")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def wrk(script, address, seconds, threads, *arguments):
    """What wrk prints of 64 connections."""
    run = subprocess.run(
        ["wrk", f"-t{threads}", "-c64", f"-d{seconds}s", "--timeout", "20s", "--latency", "-s", script, address, "--",
         *arguments], text=True, capture_output=True, check=True)
    return run.stdout


def requests_per_second(output):
    return float(re.search(r"Requests/sec:\s+([\d.]+)", output)[1])


def p99(output):
    number, unit = re.search(r"99%\s+([\d.]+)(us|ms|s)", output).groups()
    return float(number) * {"us": 1e-6, "ms": 1e-3, "s": 1}[unit]


def wait_for_new_step():
    time.sleep(PERIOD - time.time() % PERIOD + 0.2)
