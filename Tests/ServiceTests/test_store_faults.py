"""What /readyz and the service do when the store fails: a full disk, one that cannot be written to, one that fails, and a
PostgreSQL server that hangs, is gone, or is a standby.

Disks fail by strace, which has system calls on the database's log fail as the kernel would."""

import json
import os
import signal
import subprocess
import threading
import time
import unittest

from service import Service, code, step, temporary_folder

POSTGRESQL = os.environ.get("VMFA_TEST_POSTGRESQL")
SCRIPT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "Scripts", "postgresql")


class Fault:
    """A system call of a running service on some files that fails until the end of the `with`."""

    def __init__(self, service, call, error, *files, when=""):
        self.command = ["strace", "-f", "-q", "-p", str(service.process.pid), "-e", f"trace={call}",
                        "-e", f"inject={call}:error={error}{when}", "-o", "/dev/null",
                        *(word for file in files for word in ("-P", file))]

    def __enter__(self):
        self.process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL)
        status = f"/proc/{self.command[4]}/status"
        deadline = time.time() + 20
        while time.time() < deadline and "TracerPid:\t0\n" in open(status).read():
            time.sleep(0.02)
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGINT)
        self.process.wait()


class StoreFaults(unittest.TestCase):
    def ready(self):
        status, answer = self.service.request("GET", "/readyz", token=None)
        return status, answer["status"]

    def until(self, wanted, seconds=20):
        """Asks until the status is the wanted one; returns what was said with it."""
        deadline = time.time() + seconds
        while True:
            status, said = self.ready()
            if status == wanted:
                return said
            self.assertLess(time.time(), deadline, said)
            time.sleep(0.1)

    def verify(self, right):
        status, answer = self.service.request("POST", "/v1/users/ann/verify", {"code": right}, token="verify")
        return status, answer.get("result")


@unittest.skipIf(POSTGRESQL, "of SQLite's files")
class DiskFaults(StoreFaults):
    def setUp(self):
        self.service = Service().initialise().start()
        self.made = self.service.device("ann")
        self.log = f"{self.service.folder}/verifier.db-wal"
        self.until(200)

    def tearDown(self):
        if self.service.process.poll() is None:
            self.service.stop()

    def test_writing_fails_and_is_well_again(self):
        for error, word in (("ENOSPC", "full"), ("EROFS", "read-only"), ("EIO", "failing")):
            with self.subTest(error), Fault(self.service, "pwrite64", error, self.log):
                self.assertIn("cannot be", self.until(503), word)
                self.assertEqual(self.verify("000000"), (503, None))
                self.assertEqual(self.service.request("GET", "/healthz", token=None)[0], 200)
            self.assertEqual(self.until(200), "ready")
        self.assertEqual(self.verify(code(self.made["secret"], step())), (200, "accepted"))

    def test_a_disk_that_failed_ends_the_service(self):
        right = code(self.made["secret"], step())
        with Fault(self.service, "fdatasync", "EIO", when=":when=1"):
            self.assertEqual(self.verify(right), (503, None))
            self.assertEqual(self.service.process.wait(25), 74)
        self.assertIn("the disk failed while it was written to", self.service.logged())
        # Started again, it is ready; what was on its way to the disk is spent, or was not kept, and is known.
        self.service.start()
        self.assertEqual(self.until(200), "ready")
        self.assertIn(self.verify(right)[1], ("accepted", "rejected"))
        self.assertEqual(json.loads(self.service.vmfa("database", "check", "--json"))["problems"], [])

    def test_a_library_that_loses_logs_is_named_once(self):
        import ctypes.util
        library = ctypes.CDLL(ctypes.util.find_library("sqlite3")).sqlite3_libversion_number()
        loses = library < 3051003 and not 3050007 <= library < 3051000 and not 3044006 <= library < 3045000
        self.assertEqual(self.service.logged().count("can lose committed changes"), int(loses))


class ServerFaults(StoreFaults):
    """With a server of their own, which is stopped and has its processes stand still."""

    def setUp(self):
        self.folder = temporary_folder("vmfa-server-")
        os.chmod(self.folder, 0o755)
        self.server, self.standby = f"{self.folder}/pg", f"{self.folder}/standby"
        os.mkdir(self.server)
        self.running = subprocess.Popen([SCRIPT, "run", self.server], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.assertEqual(self.running.stdout.readline(), b"ready\n")
        self.service = Service(database=self.url(self.server)).initialise().start()
        self.made = self.service.device("ann")
        self.until(200)

    def tearDown(self):
        self.service.stop()
        self.running.stdin.close()
        self.running.wait()

    def url(self, folder):
        return f"postgresql:///postgres?host={folder}/socket&user=vmfa"

    def ctl(self, folder, *arguments):
        subprocess.run([SCRIPT, "ctl", folder, *arguments], check=True, stdin=subprocess.DEVNULL)

    def processes(self):
        """The server's, the first of all first."""
        first = int(open(f"{self.server}/data/postmaster.pid").readline())
        return [first, *map(int, subprocess.run(["pgrep", "-P", str(first)], capture_output=True, text=True)
                            .stdout.split())]

    def test_gone(self):
        self.ctl(self.server, "stop", "-m", "immediate")
        self.assertEqual(self.until(503), "the store cannot be reached")
        self.ctl(self.server, "start")
        self.assertEqual(self.until(200), "ready")
        self.assertEqual(self.verify(code(self.made["secret"], step())), (200, "accepted"))

    def test_hanging(self):
        """Every call has its answer within the time for one: calls that wait for others' connections too."""
        stopped, answers = self.processes(), []
        for process in stopped:
            os.kill(process, signal.SIGSTOP)
        try:
            self.assertIn(self.until(503), ("the store gives no answer", "the store cannot be reached"))

            def call():
                begun = time.monotonic()
                answers.append((self.verify("000000")[0], time.monotonic() - begun))

            callers = [threading.Thread(target=call) for _ in range(24)]
            for caller in callers:
                caller.start()
            for caller in callers:
                caller.join(60)
            self.assertEqual([status for status, _ in answers], [503] * 24)
            print("slowest answer of a server that hangs:", round(max(time for _, time in answers), 1), "s")
            done = subprocess.run(["vmfa", "user", "list"], env=self.service.environment, capture_output=True, text=True,
                                  timeout=60)
            self.assertEqual(done.returncode, 69, done.stderr)
            self.assertIn("the server gave no answer in time", done.stderr)
        finally:
            for process in stopped:
                os.kill(process, signal.SIGCONT)
        self.assertEqual(self.until(200), "ready")
        self.assertEqual(self.verify(code(self.made["secret"], step())), (200, "accepted"))

    def test_standby(self):
        os.mkdir(self.standby)
        subprocess.run([SCRIPT, "standby", self.standby, self.server], check=True, stdin=subprocess.DEVNULL)
        primary = self.service
        try:
            self.service = Service(database=self.url(self.standby), folder=primary.folder)
            self.service.tokens = primary.tokens
            self.service.start()
            self.assertEqual(self.until(503), "the store cannot be written to")
            self.ctl(self.standby, "promote")
            self.assertEqual(self.until(200), "ready")
        finally:
            self.service.stop()
            self.service = primary
            self.ctl(self.standby, "stop", "-m", "immediate")


if __name__ == "__main__":
    unittest.main()
