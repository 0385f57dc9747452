"""Two services on one PostgreSQL database, behind nginx in turn: what one accepted, none accepts again."""

import concurrent.futures
import http.client
import json
import os
import pathlib
import re
import signal
import subprocess
import threading
import time
import unittest
import urllib.parse

from nginx import Nginx
from service import Service, code, step, temporary_folder
from test_hostile import signed

ROUNDS = int(os.environ.get("VMFA_ROUNDS", "10"))
SCRIPTS = pathlib.Path(__file__).parents[2] / "Scripts"


class Replicas(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = temporary_folder("vmfa-replicas-")
        os.chmod(cls.folder, 0o755)
        cls.postgresql = subprocess.Popen(
            [SCRIPTS / "postgresql", "run", f"{cls.folder}/pg"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert cls.postgresql.stdout.readline() == "ready\n", "PostgreSQL did not start"
        database = f"postgresql:///postgres?host={cls.folder}/pg/socket&user=vmfa"
        cls.first = Service(database=database, folder=cls.folder).initialise()
        cls.first.vmfa("rules", "set", "--throttle", "off")
        cls.first.start()
        cls.second = Service(database=database, folder=cls.folder).start()
        cls.start_nginx()

    @classmethod
    def start_nginx(cls):
        """In turn, and without asking a second one when the first gives no answer: it may have spent the code."""
        cls.nginx = Nginx(
            cls.folder,
            http=f"""
                upstream vmfa {{
                  server 127.0.0.1:{cls.first.port} max_fails=0; server 127.0.0.1:{cls.second.port} max_fails=0;
                  keepalive 32;
                }}""",
            server="""
                location / {
                  proxy_pass http://vmfa; proxy_http_version 1.1; proxy_set_header Connection "";
                  proxy_set_header Host $http_host; proxy_next_upstream off;
                }""")
        cls.port = cls.nginx.port
        cls.first.replica_port, cls.first.own_port = cls.second.port, cls.first.port

    @classmethod
    def tearDownClass(cls):
        cls.nginx.stop()
        for service in (cls.first, cls.second):
            assert service.stop() == 0
        cls.first.vmfa("audit", "verify")
        cls.postgresql.stdin.close()
        cls.postgresql.wait()

    def send(self, body, headers, path="/"):
        """The status and the text of an answer; None where there was none."""
        try:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
            connection.request("POST", path, body.encode(), headers)
            answer = connection.getresponse()
            text = answer.read().decode()
            connection.close()
            return answer.status, text
        except (OSError, http.client.HTTPException):
            return None

    def rest(self, user, given):
        headers = {"Authorization": f"Bearer {self.first.tokens['verify']}", "Content-Type": "application/json"}
        answer = self.send(json.dumps({"code": given}), headers, f"/v1/users/{user}/verify")
        if answer is None or answer[0] >= 500:
            return None
        self.assertEqual(answer[0], 200, answer)
        return json.loads(answer[1])["result"] == "accepted"

    def sts(self, credentials, serial, given):
        body = urllib.parse.urlencode({
            "Action": "GetSessionToken", "Version": "2011-06-15", "SerialNumber": serial, "TokenCode": given})
        status, text = self.send(body, signed(credentials, body, host=f"127.0.0.1:{self.port}"))
        self.assertIn(status, (200, 403), text)
        if status == 403:
            self.assertIn("MultiFactorAuthentication failed with invalid MFA one time pass code. ", text)
        return status == 200

    def test_once(self):
        """One code, 64 times at once, over REST and STS mixed."""
        iam, done = self.first.client("iam"), 0
        with concurrent.futures.ThreadPoolExecutor(64) as pool:
            while done < ROUNDS:
                user = f"once{done}"
                made, now = self.first.device(user), step()
                key = iam.create_access_key(UserName=user)["AccessKey"]
                credentials = (key["AccessKeyId"], key["SecretAccessKey"])
                for at in (now - 1, now, now + 1):
                    given = code(made["secret"], at)
                    tries = [
                        pool.submit(self.rest, user, given) if i % 2 else pool.submit(self.sts, credentials, made["serial"], given)
                        for i in range(64)]
                    self.assertEqual(sum(t.result() for t in tries), 1, (user, at - now))
                    done += 1
        log = self.second.logged() + self.first.logged()
        self.assertNotRegex(log, "no answer|Fatal")

    def test_killed(self):
        """kill -9 of one under load: nothing accepted twice, and errors only while it is gone."""
        for kill in range(max(1, ROUNDS // 40)):
            users = {f"kill{kill}-{i}": self.first.device(f"kill{kill}-{i}")["secret"] for i in range(150)}
            accepted, errors, lock, over = [], [], threading.Lock(), threading.Event()
            gone = []

            def load(mine):
                for user in mine:
                    now = step()
                    for at in (now - 1, now, now + 1):
                        given = code(users[user], at)
                        answer = self.rest(user, given)
                        with lock:
                            if answer is None:
                                errors.append(time.time())
                            elif answer:
                                accepted.append((user, given))

            names = list(users)
            threads = [threading.Thread(target=load, args=(names[i::8],)) for i in range(8)]
            for thread in threads:
                thread.start()
            time.sleep(0.3)
            gone.append(time.time())
            self.second.process.send_signal(signal.SIGKILL)
            self.second.process.wait()
            time.sleep(0.2)
            self.second.start()
            gone.append(time.time())
            for thread in threads:
                thread.join()
            self.assertGreater(len(accepted), 100)
            late = [e for e in errors if not gone[0] - 0.1 <= e <= gone[1] + 0.5]
            self.assertEqual(late, [], gone)
            with concurrent.futures.ThreadPoolExecutor(8) as pool:
                again = list(pool.map(lambda pair: self.rest(*pair), accepted))
            self.assertEqual(sum(map(bool, again)), 0)
            self.assertNotIn(None, again)


if __name__ == "__main__":
    unittest.main()
