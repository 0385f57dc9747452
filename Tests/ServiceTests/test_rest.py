"""The REST interface as a login service uses it, and as it is used wrongly."""

import base64
import concurrent.futures
import json
import re
import subprocess
import tempfile
import threading
import time
import unittest
import urllib.parse

from service import ServiceTestCase, code, step


class Verification(ServiceTestCase):
    def verify(self, user, given, **body):
        return self.service.request("POST", f"/v1/users/{user}/verify", {"code": given, **body}, token="verify")

    def test_once(self):
        made, now = self.service.device("ann"), step()
        self.assertEqual(
            self.verify("ann", code(made["secret"], now)), (200, {"result": "accepted", "device": made["serial"]}))
        for _ in range(2):
            self.assertEqual(self.verify("ann", code(made["secret"], now)), (200, {"result": "rejected", "reason": "reused"}))
        self.assertEqual(self.verify("ann", code(made["secret"], now - 1))[1]["reason"], "reused")
        self.assertEqual(self.verify("ann", code(made["secret"], now + 1))[1]["result"], "accepted")

    def test_lock(self):
        made, now = self.service.device("lou"), step()
        right = code(made["secret"], now)
        wrong = f"{(int(right) + 7) % 10**6:06d}"
        for _ in range(5):
            self.assertEqual(self.verify("lou", wrong)[1], {"result": "rejected", "reason": "wrong_code"})
        status, answer = self.verify("lou", right)
        self.assertEqual((status, answer["reason"]), (200, "locked"))
        self.assertGreaterEqual(answer["retry_after"], 1)
        self.assertEqual(self.service.request("POST", f"/v1/devices/{made['id']}/unlock")[0], 200)
        self.assertEqual(self.verify("lou", right)[1]["result"], "accepted")

    def test_nobody(self):
        self.service.vmfa("user", "create", "bare")
        for user in ("bare", "missing", "%C3%A9", "a%2Fb", "..", "%3Croot_account%3E"):
            self.assertEqual(self.verify(user, "123456"), (200, {"result": "rejected", "reason": "no_device"}), user)

    def test_spellings(self):
        made = self.service.device("var")
        right = code(made["secret"], step())
        wide = "".join(chr(0xFF10 + int(d)) for d in right)
        arabic = "".join(chr(0x660 + int(d)) for d in right)
        for given in (right[:3] + " " + right[3:], right[:3] + "-" + right[3:], "+" + right, "0" + right + "00", right[:-1], wide,
                      arabic, right[0] + "_" + right[1:], "", "0x" + right, right + "\0", "\u200b" + right, "-" + right,
                      right + ".0", "1e5", "٣", "ABCD-EFGH"):
            status, problem = self.verify("var", given)
            self.assertEqual((status, problem["code"]), (400, "bad_request"), repr(given))
            self.assertNotIn(right, json.dumps(problem))
        for given in (int(right), None, [right], {"a": right}, True):
            self.assertEqual(self.verify("var", given)[0], 400)
        # None of that was counted, and white space at the ends is forgiven, once.
        self.assertEqual(self.verify("var", f" {right}\n")[1]["result"], "accepted")
        self.assertEqual(self.verify("var", right)[1]["reason"], "reused")

    def test_repeated_answer_is_no_verification(self):
        """A kept answer that is given again does not count in the metrics."""
        made, now = self.service.device("metric"), step()

        def accepted():
            text = self.service.request("GET", "/metrics", token=None)[1].decode()
            return int(float(re.search(r'vmfa_verifications_total\{outcome="accepted"\} (\S+)', text)[1]))

        before = accepted()
        for _ in range(3):
            self.assertEqual(self.verify("metric", code(made["secret"], now), request_id="m-1")[1]["result"], "accepted")
        self.assertEqual(accepted(), before + 1)

    def test_request_id(self):
        made, now = self.service.device("ida"), step()
        right, next_one = code(made["secret"], now), code(made["secret"], now + 1)
        first = self.verify("ida", right, request_id="r-1")
        self.assertEqual(first[1]["result"], "accepted")
        for _ in range(3):
            self.assertEqual(self.verify("ida", right, request_id="r-1"), first)
        self.assertEqual(self.verify("ida", right, request_id="r-2")[1]["reason"], "reused")
        self.assertEqual(self.verify("ida", right)[1]["reason"], "reused")
        status, problem = self.verify("ida", next_one, request_id="r-1")
        self.assertEqual((status, problem["code"]), (409, "request_id_taken"))
        # That was a guess: it counts, and once the user is locked nothing is compared.
        for guess in range(2):
            self.assertEqual(self.verify("ida", f"{guess:06d}", request_id="r-1")[0], 409)
        self.assertEqual(self.verify("ida", right, request_id="r-1")[1]["reason"], "locked")
        self.service.vmfa("user", "unlock", "ida")
        # The closed door is no answer to the code: the one that was given before it stands.
        self.assertEqual(self.verify("ida", right, request_id="r-1"), first)
        # Another user's requests are their own.
        other = self.service.device("ida2")
        self.assertEqual(self.verify("ida2", code(other["secret"], now), request_id="r-1")[1]["device"], other["serial"])
        for bad in ("", 201 * "x", 7):
            self.assertEqual(self.verify("ida", next_one, request_id=bad)[0], 400)
        self.assertEqual(self.verify("ida", next_one, request_id=200 * "é")[1]["result"], "accepted")

    def test_request_id_race(self):
        made = self.service.device("race")
        right = code(made["secret"], step())
        with concurrent.futures.ThreadPoolExecutor(16) as pool:
            answers = list(pool.map(lambda _: self.verify("race", right, request_id="same"), range(48)))
        self.assertEqual({json.dumps(a) for a in answers}, {json.dumps((200, {"result": "accepted", "device": made["serial"]}))})
        with concurrent.futures.ThreadPoolExecutor(16) as pool:
            made = self.service.device("race2")
            right = code(made["secret"], step())
            answers = list(pool.map(lambda i: self.verify("race2", right, request_id=f"r{i}"), range(48)))
        self.assertEqual(sum(a[1]["result"] == "accepted" for a in answers), 1)

    def test_recovery(self):
        made = self.service.device("rec")
        status, answer = self.service.request("POST", "/v1/users/rec/recovery-codes")
        self.assertEqual((status, len(answer["recovery_codes"])), (201, 10))
        used = answer["recovery_codes"][3]
        self.assertEqual(self.verify("rec", used.lower(), request_id="x")[1], {"result": "accepted", "recovery_codes_left": 9})
        self.assertEqual(self.verify("rec", used, request_id="x")[1], {"result": "accepted", "recovery_codes_left": 9})
        self.assertEqual(self.verify("rec", used)[1], {"result": "rejected", "reason": "reused"})
        self.assertEqual(self.service.request("POST", "/v1/users/nobody/recovery-codes")[0], 404)
        self.assertEqual(made["user"], "rec")


class Devices(ServiceTestCase):
    def test_life(self):
        status, made = self.service.request(
            "POST", "/v1/users/eva/devices", {"name": "eva-phone", "issuer": "Example & Co", "algorithm": "SHA256",
                                              "digits": 8, "period": 60}, token="enroll")
        self.assertEqual(status, 201)
        self.assertEqual(self.service.last.getheader("Location"), f"/v1/devices/{made['id']}")
        self.assertIn("algorithm=SHA256&digits=8&period=60", made["uri"])
        with tempfile.NamedTemporaryFile(suffix=".png") as image:
            image.write(base64.b64decode(made["qr_png"]))
            image.flush()
            read = subprocess.run(
                ["zbarimg", "--nodbus", "-q", "--raw", image.name], capture_output=True, text=True, check=True).stdout
        self.assertEqual(read.strip(), made["uri"])
        self.assertTrue(made["qr_svg"].startswith("<svg"))
        pair = subprocess.run(
            ["vmfa", "pair", "-"], input=made["uri"], capture_output=True, text=True, check=True).stdout.split()
        path = f"/v1/devices/{urllib.parse.quote(made['serial'], safe='')}"
        wrong = {"code1": pair[1], "code2": pair[0]}
        status, answer = self.service.request("POST", path + "/enable", wrong, token="enroll")
        self.assertEqual((status, answer), (422, {"result": "rejected", "reason": "refused"}))
        right = {"code1": pair[0], "code2": pair[1]}
        status, answer = self.service.request("POST", path + "/enable", right, token="enroll")
        self.assertEqual((status, answer["result"]), (200, "accepted"))
        self.assertEqual(self.service.request("POST", path + "/enable", right, token="enroll")[0], 409)
        self.assertEqual(self.service.request("POST", path + "/resync", right)[0], 422)
        status, listed = self.service.request("GET", "/v1/users/eva/devices", token="enroll")
        self.assertEqual([(d["id"], d["status"]) for d in listed["devices"]], [(made["id"], "active")])
        self.assertNotIn(made["secret"], json.dumps(listed))
        self.assertEqual(self.service.request("POST", path + "/deactivate")[1]["status"], "unassigned")
        self.assertEqual(self.service.request("POST", path + "/deactivate")[0], 409)
        self.assertEqual(self.service.request("DELETE", path)[0], 204)
        self.assertEqual(self.service.request("DELETE", path)[0], 404)

    def test_pages(self):
        for index in range(5):
            self.service.request("POST", f"/v1/users/p{index}/devices", {"name": f"page-{index}"})
        serials, cursor = [], ""
        while True:
            status, page = self.service.request("GET", f"/v1/devices?limit=2&status=unassigned{cursor}")
            self.assertEqual(status, 200)
            serials += [d["serial"] for d in page["devices"]]
            if "cursor" not in page:
                break
            cursor = "&cursor=" + urllib.parse.quote(page["cursor"], safe="")
        self.assertEqual(serials, sorted(set(serials)))
        self.assertEqual(len([s for s in serials if "/page-" in s]), 5)

    def test_refused(self):
        for body in ({"name": "a b"}, {"name": ""}, {"digits": 9}, {"digits": "6"}, {"period": 0}, {"algorithm": "MD5"},
                     {"issuer": 65 * "x"}, {"issuer": ""}, {"issuer": "a\nb"}, {"what": 1}, [], "x", 7, None):
            status, problem = self.service.request("POST", "/v1/users/ref/devices", body, raw=json.dumps(body).encode())
            self.assertEqual(status, 400, body)
            self.assertEqual(problem["status"], 400)
        for user in (129 * "x", "%20x", "x%0A", "%ff", "%", "%zz", "%00"):
            self.assertEqual(self.service.request("POST", f"/v1/users/{user}/devices", {})[0], 400, user)
        self.assertEqual(self.service.request("POST", f"/v1/users/{128 * 'x'}/devices", {})[0], 201)
        self.assertEqual(
            self.service.request("POST", "/v1/users/%E6%9D%8E%E5%9B%9B%20%3C%26%3E/devices", {})[1]["user"], "李四 <&>")
        self.service.request("POST", "/v1/users/taken/devices", {"name": "taken"})
        self.assertEqual(self.service.request("POST", "/v1/users/other/devices", {"name": "taken"})[0], 409)


class Tokens(ServiceTestCase):
    def test_scopes(self):
        made = self.service.device("tok")
        calls = [
            ("verify", "POST", "/v1/users/tok/verify", {"code": "000000"}), ("enroll", "POST", "/v1/users/tok/devices", {}),
            ("enroll", "GET", "/v1/users/tok/devices", None),
            ("enroll", "POST", f"/v1/devices/{made['id']}/enable", {"code1": "000000", "code2": "000000"}),
            ("admin", "GET", "/v1/devices", None), ("admin", "GET", "/v1/audit", None),
            ("admin", "POST", f"/v1/devices/{made['id']}/resync", {"code1": "000000", "code2": "000000"}),
            ("admin", "POST", f"/v1/devices/{made['id']}/unlock", None),
            ("admin", "POST", "/v1/users/tok/recovery-codes", None),
            ("admin", "POST", f"/v1/devices/{made['id']}/deactivate", None), ("admin", "DELETE", f"/v1/devices/{made['id']}", None),
        ]
        for scope, method, path, body in calls:
            for token in ("verify", "enroll"):
                status, answer = self.service.request(method, path, body, token=token)
                if token != scope:
                    self.assertEqual((status, answer["code"]), (403, "wrong_scope"), (token, path))
            for token in (None, "vmfa_" + 43 * "A", "", 5000 * "x"):
                status, answer = self.service.request(method, path, body, token=token)
                self.assertEqual((status, answer["code"]), (401, "unauthorized"), (token, path))
                self.assertEqual(self.service.last.getheader("WWW-Authenticate"), "Bearer")
            self.assertNotIn(self.service.request(method, path, body)[0], (401, 403), path)

    def test_root(self):
        """Root's second factor is no program's affair: not that it has, nor to make one of what waits in its name."""
        self.assertEqual(self.service.request("POST", "/v1/users/%3Croot_account%3E/devices", {})[1]["code"], "root_user")
        self.assertEqual(
            self.service.request("POST", "/v1/users/%3Croot_account%3E/recovery-codes")[1]["code"], "root_user")
        waiting = self.service.client("iam").create_virtual_mfa_device(VirtualMFADeviceName="waiting")["VirtualMFADevice"]
        path = urllib.parse.quote(waiting["SerialNumber"], safe="")
        pair = {"code1": "000000", "code2": "000001"}
        # Unlocking it would unlock root.
        for verb, body in (("enable", pair), ("resync", pair), ("deactivate", None), ("unlock", None)):
            status, problem = self.service.request("POST", f"/v1/devices/{path}/{verb}", body)
            self.assertEqual((status, problem["code"]), (403, "root_user"), verb)
        self.assertEqual(self.service.request("DELETE", f"/v1/devices/{path}")[0], 204)

    def test_revoked(self):
        made = json.loads(self.service.vmfa("token", "create", "short", "--scope", "admin", "--json"))["token"]
        time.sleep(1)
        self.assertEqual(self.service.request("GET", "/v1/devices", token=made)[0], 200)
        self.service.vmfa("token", "revoke", "short")
        time.sleep(1)
        self.assertEqual(self.service.request("GET", "/v1/devices", token=made)[0], 401)


class Operations(ServiceTestCase):
    def test_seen(self):
        self.assertEqual(self.service.request("GET", "/healthz", token=None), (200, {"status": "ok"}))
        self.assertEqual(self.service.request("GET", "/readyz", token=None), (200, {"status": "ready"}))
        made = self.service.device("met")
        for guess in ("000000", "000001"):
            self.service.request("POST", "/v1/users/met/verify", {"code": guess, "request_id": "one"}, token="verify")
        for _ in range(4):
            self.service.request("POST", "/v1/users/met/verify", {"code": "000000"}, token="verify")
        self.service.request("POST", "/v1/users/met%0Aevil_total%20666/verify", {"code": "000000"}, token="verify")
        text = self.service.request("GET", "/metrics", token=None)[1].decode()
        for line in ('vmfa_verifications_total{outcome="wrong_code"} 5', 'vmfa_verifications_total{outcome="locked"} 1',
                     "vmfa_locked_users 1.0", "vmfa_store_errors_total 0"):
            self.assertIn(line, text)
        self.assertNotIn("evil", text)
        self.assertNotIn("met", "".join(l for l in text.splitlines() if 'user="' in l))
        self.assertNotIn(made["secret"], text)

    def test_guess_budget(self):
        from service import Service
        other = Service("--guess-budget", "3", "--log-format", "json").initialise().start()
        try:
            for index in range(5):
                other.device(f"g{index}")
                other.request("POST", f"/v1/users/g{index}/verify", {"code": "000000"}, token="verify")
            lines = [json.loads(line) for line in other.logged().splitlines()]
            self.assertEqual(sum("wrong codes in a minute" in line["message"] for line in lines), 1)
            self.assertIn("vmfa_guess_budget_exceeded 1.0", other.request("GET", "/metrics")[1].decode())
        finally:
            other.stop()

    def test_store_gone(self):
        """The door stays shut while the store is away."""
        from service import Service
        other = Service().initialise().start()
        made, right = other.device("sto"), None
        try:
            path = f"{other.folder}/verifier.db"
            right = code(made["secret"], step())
            subprocess.run(["mv", path, path + ".away"], check=True)
            status, problem = other.request("POST", "/v1/users/sto/verify", {"code": right}, token="verify")
            self.assertEqual((status, problem["code"]), (503, "unavailable"))
            self.assertEqual(other.request("GET", "/readyz", token=None)[0], 503)
            self.assertEqual(other.request("GET", "/healthz", token=None)[0], 200)
            with self.assertRaisesRegex(Exception, "ServiceUnavailable"):
                other.client("sts").get_caller_identity()
            subprocess.run(["mv", path + ".away", path], check=True)
            status, answer = other.request("POST", "/v1/users/sto/verify", {"code": right}, token="verify")
            self.assertEqual((status, answer["result"]), (200, "accepted"))
        finally:
            other.stop()

    def test_damage(self):
        """What is damaged costs none of the others, in no list, and is told of."""
        from service import Service
        from visitor import Visitor
        other = Service().initialise().start()
        try:
            made = {user: other.device(user) for user in ("ann", "ben", "cat")}
            other.vmfa("user", "create", "dan")
            with open(f"{other.folder}/password", "w") as file:
                file.write("correct horse")
            other.vmfa("user", "create", "eve", "--administrator", "--password-file", file.name)
            visitor = Visitor(other)
            visitor.sign_in("eve", "correct horse")
            subprocess.run(
                ["sqlite3", f"{other.folder}/verifier.db",
                 "UPDATE vmfa_device_use SET drift = 1000000 WHERE user_name = 'ben';"
                 "UPDATE vmfa_user SET failures = 1 << 40 WHERE name = 'dan';"
                 "INSERT INTO vmfa_tag (user_name, serial, place, name, value) VALUES ('cat', '', 0, CAST(x'FF' AS TEXT), '');"
                 "UPDATE vmfa_token SET created_at = -1 WHERE name = 'enroll';"
                 "INSERT INTO vmfa_account_setting VALUES ('password_policy.minimum_length', 'x')"], check=True)
            time.sleep(0.6)
            status, page = other.request("GET", "/v1/devices")
            self.assertEqual((status, [device["user"] for device in page["devices"]]), (200, ["ann", "cat"]))
            self.assertEqual(page["unreadable"], [made["ben"]["serial"]])
            self.assertNotIn("unreadable", other.request("GET", f"/v1/devices?cursor={made['ben']['serial']}")[1])
            status, first = other.request("GET", "/v1/devices?limit=2")
            self.assertEqual((len(first["devices"]), first["cursor"]), (1, made["ben"]["serial"]))

            iam = other.client("iam")
            self.assertEqual([user["UserName"] for user in iam.list_users()["Users"]], ["ann", "eve"])
            devices = iam.list_virtual_mfa_devices(AssignmentStatus="Assigned")["VirtualMFADevices"]
            self.assertEqual([device["SerialNumber"] for device in devices], [made["ann"]["serial"], made["cat"]["serial"]])
            self.assertEqual([device["User"]["UserName"] for device in devices], ["ann", "cat"])

            self.assertEqual(visitor.get("/users"), 200)
            self.assertIn(">ann</a>", visitor.body)
            self.assertIn("The user cat cannot be shown: a tag of cat cannot be read back", visitor.text)
            self.assertIn("The user dan cannot be shown: the user dan cannot be read back", visitor.text)
            self.assertIn(f"The user ben cannot be shown: the device {made['ben']['serial']} cannot", visitor.text)

            self.assertIn("dan is left out of a list: the user dan cannot be read back", other.logged())
            self.assertEqual(other.request("GET", "/v1/devices", token="enroll")[0], 401)
            self.assertEqual(other.logged().count("enroll is left out of a list: the token enroll cannot be read back"), 1)
            verified = other.request("POST", "/v1/users/cat/verify", {"code": code(made["cat"]["secret"], step())}, token="verify")
            self.assertEqual(verified[1]["result"], "accepted")
            refused = other.request("POST", "/v1/users/ben/verify", {"code": code(made["ben"]["secret"], step())}, token="verify")
            self.assertEqual((refused[0], refused[1]["code"]), (503, "unavailable"))
        finally:
            other.stop()

    def test_audit(self):
        self.service.device("aud")
        status, page = self.service.request("GET", "/v1/audit?limit=1")
        self.assertEqual((status, len(page["records"])), (200, 1))
        rest = self.service.request("GET", f"/v1/audit?after={page['after']}&limit=1000")[1]
        names = [r["eventName"] for r in rest["records"]]
        self.assertIn("EnableMFADevice", names)
        enabled = next(r for r in rest["records"] if r["eventName"] == "EnableMFADevice")
        self.assertEqual((enabled["userIdentity"]["principalId"], enabled["sourceIPAddress"]), ("token:enroll", "127.0.0.1"))
        self.assertTrue(enabled["requestID"])
        # Who is at the end goes on after the last row, and is shown what came since.
        last = rest["records"][-1]["eventID"]
        self.service.device("aud2")
        more = self.service.request("GET", f"/v1/audit?after={last}")[1]["records"]
        self.assertEqual([r["eventName"] for r in more], ["CreateUser", "CreateVirtualMFADevice", "EnableMFADevice"])
        everything = self.service.request("GET", "/v1/audit?after=")[1]["records"]
        self.assertIn(last, [r["eventID"] for r in everything])
        status, problem = self.service.request("GET", "/v1/audit?after=nothing")
        self.assertEqual((status, problem["code"]), (400, "no_such_audit_row"))

    def test_drain(self):
        """What is under way when the service is asked to end is carried to its end."""
        from service import Service
        other = Service().initialise().start()
        made = other.device("dra")
        answers = []

        def keep_asking():
            while True:
                try:
                    answers.append(other.request("POST", "/v1/users/dra/verify", {"code": code(made["secret"], step())}, token="verify"))
                except OSError:
                    return

        threads = [threading.Thread(target=keep_asking) for _ in range(4)]
        for thread in threads:
            thread.start()
        time.sleep(0.5)
        self.assertEqual(other.stop(), 0)
        for thread in threads:
            thread.join()
        self.assertGreater(len(answers), 20)
        self.assertEqual({status for status, _ in answers}, {200})
        other.vmfa("audit", "verify")


if __name__ == "__main__":
    unittest.main()
