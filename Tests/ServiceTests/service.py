"""A running `vmfa serve`, and what its clients need, for the tests beside this file.

The program is the vmfa on PATH; everything it writes is in a temporary folder."""

import atexit
import base64
import hashlib
import hmac
import http.client
import json
import os
import re
import shutil
import struct
import subprocess
import tempfile
import time
import unittest

import boto3
import botocore.config

ACCOUNT = "123456789012"


def run(*arguments, **options):
    """Standard output of a vmfa command that must end well."""
    done = subprocess.run(["vmfa", *arguments], capture_output=True, text=True, **options)
    if done.returncode != 0:
        raise AssertionError(f"vmfa {arguments[0]}: status {done.returncode}: {done.stderr}")
    return done.stdout


def code(secret, step):
    """The six digits of a base32 secret at a step (RFC 6238)."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    mac = hmac.new(key, struct.pack(">q", step), hashlib.sha1).digest()
    offset = mac[19] & 15
    return f"{(struct.unpack('>I', mac[offset:offset + 4])[0] & 0x7FFFFFFF) % 10**6:06d}"


def step():
    """The present step, with time left in it for a test to be through before the next one."""
    while time.time() % 30 > 25:
        time.sleep(0.2)
    return int(time.time()) // 30


def temporary_folder(prefix):
    """A new folder that is there as long as the tests run, and longer where KEEP is set."""
    folder = tempfile.mkdtemp(prefix=prefix)
    if not os.environ.get("KEEP"):
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


class Service:
    """One `vmfa serve` on a port of its own. With a database of its own it is a service, with another's a replica."""

    def __init__(self, *options, database=None, folder=None, environment=None):
        self.folder = folder or temporary_folder("vmfa-service-")
        self.environment = dict(os.environ, HOME=self.folder, VMFA_DATABASE=database or self.new_database())
        for name in ("XDG_DATA_HOME", "XDG_STATE_HOME", "VMFA_KEY_FILE", "VMFA_KEY_COMMAND"):
            self.environment.pop(name, None)
        self.environment.update(environment or {})
        self.options = options

    def new_database(self):
        """A SQLite file, or where VMFA_TEST_POSTGRESQL is a server's socket, a database there."""
        socket = os.environ.get("VMFA_TEST_POSTGRESQL")
        if not socket:
            return f"sqlite:{self.folder}/verifier.db"
        name = "service_" + os.path.basename(self.folder).lower().replace("-", "_")
        subprocess.run(["psql", "-q", "-h", socket, "-U", "vmfa", "postgres", "-c", f'CREATE DATABASE "{name}"'], check=True)
        return f"postgresql:///{name}?host={socket}&user=vmfa"

    def start(self):
        self.log = open(f"{self.folder}/serve-{id(self)}.log", "a+")
        begun = self.log.tell()
        self.process = subprocess.Popen(
            ["vmfa", "serve", "--listen", getattr(self, "listen", "127.0.0.1:0"), *self.options],
            env=self.environment, stderr=self.log)
        deadline = time.time() + 30
        while time.time() < deadline:
            self.log.seek(begun)
            found = re.search(r"listening on \w+://(\S+):(\d+)", self.log.read())
            if found:
                self.port = int(found[2])
                self.listen = f"127.0.0.1:{self.port}"
                return self
            if self.process.poll() is not None:
                break
            time.sleep(0.02)
        self.log.seek(begun)
        raise AssertionError("the service did not start: " + self.log.read())

    def stop(self):
        self.process.terminate()
        status = self.process.wait(30)
        self.log.close()
        return status

    def vmfa(self, *arguments):
        return run(*arguments, env=self.environment)

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def logged(self):
        with open(self.log.name) as log:
            return log.read()

    def initialise(self, *options):
        made = json.loads(self.vmfa("account", "init", "--json", "--account-id", ACCOUNT, *options))
        self.root = (made["access_key_id"], made["secret_access_key"], None)
        # A lock of one second, counted in whole ones, may be over before a test has looked at it.
        self.vmfa("rules", "set", "--lock-base", "60")
        self.tokens = {
            scope: json.loads(self.vmfa("token", "create", scope, "--scope", scope, "--json"))["token"]
            for scope in ("verify", "enroll", "admin")}
        return self

    def client(self, name, credentials=None):
        key, secret, session = credentials or self.root
        return boto3.client(
            name, region_name="us-east-1", endpoint_url=self.url, aws_access_key_id=key, aws_secret_access_key=secret,
            aws_session_token=session,
            config=botocore.config.Config(retries={"total_max_attempts": 1}, parameter_validation=False))

    def request(self, method, path, body=None, token="admin", headers=None, raw=None):
        """Status and decoded body of a REST call."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        sent = {} if token is None else {"Authorization": f"Bearer {self.tokens.get(token, token)}"}
        if raw is None and body is not None:
            raw = json.dumps(body).encode()
        if raw is not None:
            sent["Content-Type"] = "application/json"
        sent.update(headers or {})
        connection.request(method, path, raw, sent)
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        self.last = answer
        return answer.status, json.loads(text) if text and b"json" in answer.getheader("Content-Type", "").encode() else text

    def device(self, user, name=None):
        """An enabled device whose last three codes are still to be had: its serial and its secret."""
        status, made = self.request("POST", f"/v1/users/{user}/devices", {"name": name} if name else {}, token="enroll")
        assert status == 201, made
        now = step()
        pair = {"code1": code(made["secret"], now - 3), "code2": code(made["secret"], now - 2)}
        status, answer = self.request("POST", f"/v1/devices/{made['id']}/enable", pair, token="enroll")
        assert status == 200, answer
        return made


class ServiceTestCase(unittest.TestCase):
    """Tests that share one service."""

    @classmethod
    def setUpClass(cls):
        cls.service = Service().initialise().start()

    @classmethod
    def tearDownClass(cls):
        status = cls.service.stop()
        assert status == 0, f"serve ended with {status}"
        # Whatever was sent, nothing of it may have been more than the service could take.
        log = cls.service.logged()
        assert not re.search(r"Fatal|fatal|no answer:", log), log
