"""Sign-ins that are sent and abandoned, or only sent, in numbers: what they cost others, the disk, and the end of the service."""

import concurrent.futures
import http.client
import json
import os
import re
import socket
import time
import unittest
import urllib.parse

from service import Service, code, step
from visitor import Visitor

PASSWORD = "Correct-horse-1"
STORM = 600


class Storm(unittest.TestCase):
    def setUp(self):
        self.service = Service()
        self.file = f"{self.service.folder}/password"
        with open(self.file, "w") as file:
            file.write(PASSWORD)
        self.service.initialise("--password-file", self.file)
        self.service.vmfa("user", "create", "alice", "--password-file", self.file)
        self.service.start()
        self.stopped = False

    def tearDown(self):
        if not self.stopped:
            self.assertEqual(self.service.stop(), 0)

    def form(self, number):
        """A sign-in form with a wrong password, as bytes: each under a name of its own, so that no name is full."""
        visitor = Visitor(self.service)
        visitor.get("/signin")
        body = urllib.parse.urlencode({"token": visitor.token, "user": f"nobody{number}", "password": "wrong"})
        cookies = "; ".join(f"{name}={value}" for name, value in visitor.cookies.items())
        head = (f"POST /signin HTTP/1.1\r\nHost: x\r\nCookie: {cookies}\r\nContent-Length: {len(body)}\r\n"
                "Content-Type: application/x-www-form-urlencoded\r\n\r\n")
        return (head + body).encode()

    def rows(self):
        """Rows of refused sign-ins."""
        found = self.service.vmfa("audit", "list", "--event", "ConsoleLogin", "--json", "--limit", "1000")
        return sum(1 for line in json.loads(found) if line.get("outcome") == "rejected")

    def send(self, form):
        connection = socket.create_connection(("127.0.0.1", self.service.port), timeout=30)
        connection.sendall(form)
        return connection

    def test_abandoned(self):
        """Who goes away is not worked for: neither the next sign-in nor the end of the service waits for them."""
        forms = [self.form(number) for number in range(STORM)]
        for form in forms:
            self.send(form).close()
        begun = time.time()
        visitor = Visitor(self.service)
        status = visitor.sign_in("alice", PASSWORD)
        seconds = time.time() - begun
        print(f"abandoned: a right sign-in {status} after {seconds:.2f} s", flush=True)
        self.assertEqual(status, 303)
        # Each form that is worked for takes a hash and leaves a row: a few were compared before their client had gone.
        self.assertLess(self.rows(), STORM / 4)
        for form in forms:
            self.send(form).close()
        begun = time.time()
        self.assertEqual(self.service.stop(), 0)
        self.stopped = True
        print(f"abandoned: {self.rows()} rows; ended after {time.time() - begun:.2f} s", flush=True)

    def test_waiting(self):
        """Who waits in a line that is full is told so at once, without a row; and so is whoever comes beside them."""
        forms = [self.form(number) for number in range(STORM)]
        connections = [self.send(form) for form in forms]
        statuses = []
        for connection in connections:
            answer = http.client.HTTPResponse(connection)
            answer.begin()
            text = answer.read().decode()
            statuses.append(answer.status)
            if answer.status == 503:
                self.assertTrue(1 <= int(answer.getheader("Retry-After")) <= 10)
                self.assertIn("try again", text)
            connection.close()
        self.assertEqual(set(statuses), {403, 503})
        self.assertGreater(statuses.count(503), STORM / 2)
        self.assertEqual(self.rows(), statuses.count(403))
        # What was refused for being too much is no try, and is no fault of the store's.
        visitor = Visitor(self.service)
        self.assertEqual(visitor.sign_in("alice", PASSWORD), 303)
        self.assertNotIn("no answer", self.service.logged())
        self.assertIn("vmfa_store_errors_total 0", self.service.request("GET", "/metrics", token=None)[1].decode())


if __name__ == "__main__":
    unittest.main()
