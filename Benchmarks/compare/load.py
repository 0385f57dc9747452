"""verifier-load and service-load of the project, and databases for them that are kept between runs."""
import contextlib
import os
import re
import shutil
import socket
import subprocess
import time
import urllib.request

from harness import say
from tools import ROOT, write_secret
from worker import Worker

SCRIPT = os.path.join(ROOT, "Tests", "ServiceLoad", "verify.lua")
PERIOD = 30


class Verifiers(Worker):
    """A verifier-load on a database with so many devices, of which no step above `step` was used."""

    def __init__(self, tools, url, devices):
        super().__init__(tools.verifier_load, url, environment=tools.environment)
        self.devices, self.step = devices, 0
        self.listen()  # ready

    def fill(self):
        say(f"making {self.devices:,} devices")
        self.ask(f"setup 0 {self.devices}")
        return self

    def rate(self, callers, count):
        """A measurement: so many callers at once, right codes of users of their own."""
        def measure():
            first = self.step + 3
            self.step += 3 * (count // callers + 1)
            answer = self.ask(f"time {self.devices} {callers} {count} {first}")
            accepted, rate = re.search(r"accepted (\d+) .*rate (\d+)", answer).groups()
            if int(accepted) != count // callers * callers:
                raise SystemExit(f"compare: of {count} right codes {accepted} were accepted")
            return float(rate)
        return measure

    def resident(self):
        """Bytes of memory that its process has."""
        with open(f"/proc/{self.process.pid}/statm") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    def write_codes(self, path):
        """The codes of this moment, a line for each user."""
        self.tell(f"codes {self.devices}")
        with open(path, "w") as file:
            while (line := self.listen()) != "done":
                file.write(line + "\n")


def sqlite(tools, purpose, devices):
    """A database file with so many devices, of which no code was used: a copy of one that is kept, since what earlier runs
    had left in it would be measured too."""
    kept = os.path.join(tools.kept, f"unused-{devices}.db")
    if not os.path.exists(kept):
        url = f"sqlite:{remove(kept + '.new')}"
        with Verifiers(tools, url, devices) as verifiers:
            verifiers.fill()
        # Seals the audit rows of that, which a service would do as it begins; and as it ends, the log is in the file.
        subprocess.run(
            [tools.vmfa, "audit", "head", "--database", url], check=True, stdout=subprocess.DEVNULL, env=tools.environment)
        os.rename(kept + ".new", kept)
    path = remove(os.path.join(tools.kept, f"{purpose}-{devices}.db"))
    shutil.copy(kept, path)
    # What waits for the disk now is not to be waited for later.
    os.sync()
    return Verifiers(tools, f"sqlite:{path}", devices), path


def remove(path):
    """With SQLite's files beside it. Returns the path."""
    for suffix in ("", "-wal", "-shm"):
        with contextlib.suppress(FileNotFoundError):
            os.remove(path + suffix)
    return path


class Service:
    """A service-load."""

    def __init__(self, tools, database, folder):
        port = free_port()
        self.address, self.token = f"http://127.0.0.1:{port}", os.path.join(folder, "token")
        self.log = os.path.join(folder, "service.log")
        self.process = subprocess.Popen(
            [tools.service_load, database, tools.environment["VMFA_KEY_FILE"], f"127.0.0.1:{port}"],
            stdout=subprocess.PIPE, stderr=open(self.log, "w"), text=True, env=tools.environment)
        token = self.process.stdout.readline()
        if not token:
            with open(self.log) as log:
                raise SystemExit(f"compare: service-load did not start: {log.read()[-1000:]}")
        write_secret(self.token, token)

    def wrk(self, path, codes, seconds):
        return wrk(SCRIPT, self.address, seconds, 2, path, self.token, codes, "2")

    def verifications(self):
        """How many codes it has accepted, and how many not."""
        metrics = request(f"{self.address}/metrics")
        counts = re.findall(r'^vmfa_verifications_total\{outcome="(\w+)"\} (\d+)', metrics, re.MULTILINE)
        accepted = sum(int(count) for outcome, count in counts if outcome == "accepted")
        return accepted, sum(int(count) for _, count in counts) - accepted

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()


def request(address, body=None, timeout=20):
    """Without a proxy, whatever the environment says."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(address, body, timeout) as response:
        return response.read().decode()


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def wrk(script, address, seconds, threads, *arguments):
    """What wrk prints of 64 connections."""
    run = subprocess.run(
        ["wrk", f"-t{threads}", "-c64", f"-d{seconds}s", "--timeout", "20s", "--latency", "-s", script, address, "--",
         *arguments], text=True, capture_output=True, check=True)
    if "Non-2xx" in run.stdout:
        raise SystemExit(f"compare: {address} refused requests:\n{run.stdout}")
    return run.stdout


def requests_per_second(output):
    return float(re.search(r"Requests/sec:\s+([\d.]+)", output)[1])


def p99(output):
    number, unit = re.search(r"99%\s+([\d.]+)(us|ms|s)", output).groups()
    return float(number) * {"us": 1e-6, "ms": 1e-3, "s": 1}[unit]


def wait_for_new_step():
    time.sleep(PERIOD - time.time() % PERIOD + 0.2)
