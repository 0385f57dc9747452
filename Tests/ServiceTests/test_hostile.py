"""What a hostile client sends: nothing of it may be answered with a 5xx, stop the service, or show in its log."""

import datetime
import hashlib
import hmac
import http.client
import json
import re
import socket
import statistics
import time
import unittest
import urllib.parse

from service import ServiceTestCase, code, step


def signed(credentials, body="", *, method="POST", service="sts", region="us-east-1", when=None, scope_date=None,
           host="", headers=None, query="", key=None, drop=(), extra_signed=()):
    """Headers of a request signed by hand, so that anything about it can be wrong."""
    when = when or datetime.datetime.now(datetime.timezone.utc)
    stamp, day = when.strftime("%Y%m%dT%H%M%SZ"), scope_date or when.strftime("%Y%m%d")
    sent = {"host": host, "x-amz-date": stamp, **(headers or {})}
    if method == "POST":
        sent.setdefault("content-type", "application/x-www-form-urlencoded")
    names = sorted(set(sent) - set(drop) | set(extra_signed))
    canonical = "\n".join([method, "/", query] + [f"{n}:{sent.get(n, '')}" for n in names] + [
        "", ";".join(names), hashlib.sha256(body.encode()).hexdigest()])
    scope = f"{day}/{region}/{service}/aws4_request"
    text = "\n".join(["AWS4-HMAC-SHA256", stamp, scope, hashlib.sha256(canonical.encode()).hexdigest()])
    secret = ("AWS4" + (key or credentials[1])).encode()
    for part in (day, region, service, "aws4_request"):
        secret = hmac.new(secret, part.encode(), hashlib.sha256).digest()
    signature = hmac.new(secret, text.encode(), hashlib.sha256).hexdigest()
    sent["authorization"] = (
        f"AWS4-HMAC-SHA256 Credential={credentials[0]}/{scope}, SignedHeaders={';'.join(names)}, Signature={signature}")
    return sent


IDENTITY = "Action=GetCallerIdentity&Version=2011-06-15"


class Signatures(ServiceTestCase):
    def send(self, headers, body=IDENTITY, method="POST", target="/"):
        connection = http.client.HTTPConnection("127.0.0.1", self.service.port, timeout=10)
        connection.request(method, target, body.encode() if body else None, headers)
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        self.assertTrue(text.startswith("<") and "RequestId>" in text, text)
        told = re.search("<Code>(.*?)</Code><Message>(.*?)</Message>", text)
        return (answer.status, told[1] if told else None, told[2] if told else text)

    def sign(self, body=IDENTITY, **options):
        return signed(self.service.root, body, host=f"127.0.0.1:{self.service.port}", **options)

    def assertRefused(self, answer, code, message=""):
        self.assertEqual(answer[:2], (403 if code != "IncompleteSignature" else 400, code), answer)
        self.assertIn(message, answer[2])

    def test_right(self):
        self.assertEqual(self.send(self.sign())[0], 200)
        # Values are folded, and names may come in any case.
        headers = self.sign(headers={"x-amz-meta": "a b"})
        headers["X-Amz-Meta"] = "  a   b "
        del headers["x-amz-meta"]
        self.assertEqual(self.send(headers)[0], 200)

    def test_one_of_each(self):
        """A second header that says who signed, and names of signed headers that are empty."""
        body, path = IDENTITY, ("127.0.0.1", self.service.port)
        good = self.sign()

        def answer(*more):
            with socket.create_connection(path, timeout=10) as connection:
                lines = [f"{name}: {value}" for name, value in good.items()] + [f"{name}: {value}" for name, value in more]
                head = "\r\n".join(["POST / HTTP/1.1", *lines, f"Content-Length: {len(body)}", "Connection: close"])
                connection.sendall((head + "\r\n\r\n" + body).encode())
                got = b""
                while chunk := connection.recv(65536):
                    got += chunk
            return got.decode()

        self.assertTrue(answer().startswith("HTTP/1.1 200"))
        for name, value in (("Authorization", good["authorization"]), ("authorization", "Basic eDp5"), ("Authorization", ""),
                            ("X-Amz-Date", good["x-amz-date"]), ("x-amz-date", "20200101T000000Z")):
            got = answer((name, value))
            self.assertTrue(got.startswith("HTTP/1.1 400") and "IncompleteSignature" in got, (name, got[:200]))
        for service, version in (("sts", "2011-06-15"), ("iam", "2010-05-08")):
            body = f"Action={'GetCallerIdentity' if service == 'sts' else 'GetUser'}&Version={version}"
            good = self.sign(body, service=service)
            for names in (";host;x-amz-date", "host;;x-amz-date", "host;x-amz-date;"):
                good["authorization"] = re.sub("SignedHeaders=[^,]*", f"SignedHeaders={names}", good["authorization"])
                got = answer()
                self.assertTrue(got.startswith("HTTP/1.1 400") and "IncompleteSignature" in got, (names, got[:200]))

    def test_wrong(self):
        headers = self.sign()
        last = headers["authorization"][-1]
        flipped = dict(headers, authorization=headers["authorization"][:-1] + ("0" if last != "0" else "1"))
        self.assertRefused(self.send(flipped), "SignatureDoesNotMatch", "The request signature we calculated does not match")
        self.assertRefused(self.send(headers, IDENTITY + "&A=b"), "SignatureDoesNotMatch")
        self.assertRefused(self.send(dict(headers, host="elsewhere")), "SignatureDoesNotMatch")
        self.assertRefused(self.send(self.sign(key=40 * "x")), "SignatureDoesNotMatch")
        self.assertRefused(self.send({"content-type": "application/x-www-form-urlencoded"}), "MissingAuthenticationToken")
        unknown = signed(("AKIA" + 16 * "Q", 40 * "x"), IDENTITY, host=f"127.0.0.1:{self.service.port}")
        self.assertRefused(self.send(unknown), "InvalidClientTokenId")
        self.assertRefused(self.send(self.sign(drop=("host",))), "SignatureDoesNotMatch", "'Host'")
        self.assertRefused(self.send(self.sign(drop=("x-amz-date",))), "SignatureDoesNotMatch")
        self.assertRefused(self.send(self.sign(extra_signed=("x-absent",))), "SignatureDoesNotMatch")
        self.assertRefused(
            self.send(dict(headers, **{"x-amz-security-token": "AAAA"})), "SignatureDoesNotMatch")
        for scope in (dict(region="us%0Aeast"), dict(region="")):
            self.assertRefused(self.send(self.sign(**scope)), "IncompleteSignature")
        self.assertRefused(
            self.send(self.sign(scope_date=datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m"))),
            "SignatureDoesNotMatch", "Date in Credential scope")
        for authorization in ("AWS4-HMAC-SHA256", "AWS4-HMAC-SHA256 Credential=a", "AWS4-HMAC-SHA512 x",
                              headers["authorization"].replace("/aws4_request", ""),
                              headers["authorization"].replace("Signature=", "Signatur="),
                              headers["authorization"] + ", Signature=00", "AWS4-HMAC-SHA256 =,=,="):
            self.assertRefused(self.send(dict(headers, authorization=authorization)), "IncompleteSignature")
        for stamp in ("2026", "20260230T000000Z", "99999999T999999Z", "2026-11-21T00:00:00Z", "x" * 16):
            self.assertRefused(self.send(dict(headers, **{"x-amz-date": stamp})), "IncompleteSignature")

    def test_time(self):
        now = datetime.datetime.now(datetime.timezone.utc)
        minutes = lambda n: now + datetime.timedelta(minutes=n)
        self.assertEqual(self.send(self.sign(when=minutes(-14)))[0], 200)
        self.assertEqual(self.send(self.sign(when=minutes(14)))[0], 200)
        self.assertRefused(self.send(self.sign(when=minutes(-60))), "SignatureDoesNotMatch", "Signature expired: ")
        self.assertRefused(self.send(self.sign(when=minutes(-16))), "SignatureDoesNotMatch", "Signature expired: ")
        self.assertRefused(self.send(self.sign(when=minutes(16))), "SignatureDoesNotMatch", "Signature not yet current: ")
        self.assertRefused(
            self.send(self.sign(scope_date="20200101")), "SignatureDoesNotMatch", "Date in Credential scope")

    def test_scope(self):
        self.assertRefused(
            self.send(self.sign(service="iam")), "SignatureDoesNotMatch", "Credential should be scoped to correct service: 'sts'")
        self.assertRefused(self.send(self.sign(service="s3")), "SignatureDoesNotMatch", "correct service")
        body = "Action=GetUser&Version=2010-05-08"
        self.assertRefused(self.send(self.sign(body), body), "SignatureDoesNotMatch", "correct service: 'iam'")
        self.assertEqual(self.send(self.sign(body, service="iam"), body)[0], 200)
        # IAM's actions are not STS's.
        body = "Action=GetUser&Version=2011-06-15"
        self.assertEqual(self.send(self.sign(body), body)[:2], (400, "InvalidAction"))

    def test_replay(self):
        """A request that is sent again does again what it did; a code in it is spent."""
        self.service.request("POST", "/v1/users/rep/devices", {})
        made = self.service.device("rep")
        iam = self.service.client("iam")
        key = iam.create_access_key(UserName="rep")["AccessKey"]
        credentials = (key["AccessKeyId"], key["SecretAccessKey"])
        body = urllib.parse.urlencode({
            "Action": "GetSessionToken", "Version": "2011-06-15", "SerialNumber": made["serial"],
            "TokenCode": code(made["secret"], step())})
        headers = signed(credentials, body, host=f"127.0.0.1:{self.service.port}")
        self.assertEqual(self.send(headers, body)[0], 200)
        self.assertRefused(self.send(headers, body), "AccessDenied", "invalid MFA one time pass code")

    def test_query(self):
        """Signatures in the query string, as they are handed on in URLs."""
        now = datetime.datetime.now(datetime.timezone.utc)

        def url(expires="60", when=now, signature=None, signed={}, **extra):
            key, secret = self.service.root[:2]
            stamp, day = when.strftime("%Y%m%dT%H%M%SZ"), when.strftime("%Y%m%d")
            scope = f"{day}/us-east-1/sts/aws4_request"
            given = {"Action": "GetCallerIdentity", "Version": "2011-06-15", "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
                     "X-Amz-Credential": f"{key}/{scope}", "X-Amz-Date": stamp, "X-Amz-Expires": expires,
                     "X-Amz-SignedHeaders": "host", **signed}
            query = urllib.parse.urlencode(sorted(given.items()), quote_via=urllib.parse.quote, safe="-_.~")
            host = f"127.0.0.1:{self.service.port}"
            canonical = "\n".join(["GET", "/", query, f"host:{host}", "", "host", hashlib.sha256(b"").hexdigest()])
            text = "\n".join(["AWS4-HMAC-SHA256", stamp, scope, hashlib.sha256(canonical.encode()).hexdigest()])
            signing = ("AWS4" + secret).encode()
            for part in scope.split("/"):
                signing = hmac.new(signing, part.encode(), hashlib.sha256).digest()
            made = hmac.new(signing, text.encode(), hashlib.sha256).hexdigest()
            return "/?" + query + "&X-Amz-Signature=" + (signature or made) + "".join(f"&{k}={v}" for k, v in extra.items())

        get = lambda target: self.send({}, body="", method="GET", target=target)
        self.assertEqual(get(url())[0], 200)
        self.assertRefused(get(url(signature=64 * "0")), "SignatureDoesNotMatch")
        self.assertRefused(get(url(Extra="1")), "SignatureDoesNotMatch")
        for odd in ("a\nb", "a\tb", "a\x85b", "a+b c"):
            self.assertNotEqual(get(url(signed={"Note": odd}))[1], "SignatureDoesNotMatch", odd)
        # What is signed is what is read: a plus is a space.
        self.assertRefused(get(url(signed={"Note": "a+b"}).replace("%2B", "+")), "SignatureDoesNotMatch")
        self.assertEqual(get(url(signed={"Note": "a b"}).replace("a%20b", "a+b"))[0], 200)
        ago = now - datetime.timedelta(seconds=90)
        self.assertRefused(get(url(when=ago)), "SignatureDoesNotMatch", "Signature expired")
        self.assertEqual(get(url(when=ago, expires="600"))[0], 200)
        for expires in ("0", "604801", "-1", "x", ""):
            self.assertRefused(get(url(expires=expires)), "IncompleteSignature")

    def test_forms(self):
        for body, expected in [
            ("", "MissingAction"), ("Action=&Version=2011-06-15", "MissingAction"), ("Action=X&Version=2011-06-15", "InvalidAction"),
            ("Action=X", "InvalidAction"), ("Action=X&Version=9", "InvalidAction"), ("Action=%zz", "MalformedInput"),
            ("Action=%ff", "MalformedInput"), ("Action=GetUser%00&Version=2010-05-08", "MalformedInput"), (IDENTITY + "&Version=2011-06-15", "MalformedInput"),
            ("&".join(f"a{i}=" for i in range(300)), "MalformedInput"),
        ]:
            answer = self.send(self.sign(body), body)
            self.assertEqual(answer[:2], (400, expected), body[:50])
        answer = self.send(self.sign('{"Action":"GetCallerIdentity"}', headers={"content-type": "application/json"}),
                           '{"Action":"GetCallerIdentity"}')
        self.assertEqual(answer[:2], (400, "MalformedInput"))
        body = "Action=%3Cscript%3E%26&Version=2011-06-15"
        self.assertIn("&lt;script&gt;&amp;", self.send(self.sign(body), body)[2])


class Wire(ServiceTestCase):
    """Below HTTP's good manners."""

    def raw(self, sent, wait=5, half_close=False):
        self.ended = False
        with socket.create_connection(("127.0.0.1", self.service.port), timeout=wait) as connection:
            got = b""
            try:
                connection.sendall(sent)
                if half_close:
                    connection.shutdown(socket.SHUT_WR)
                while chunk := connection.recv(65536):
                    got += chunk
                self.ended = True
            except (TimeoutError, ConnectionError):
                pass
            return got

    def alive(self):
        self.assertEqual(self.service.request("GET", "/readyz", token=None)[0], 200)

    def test_garbage(self):
        for sent in (b"\0\1\2\3" * 100, b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
                     b"GET /\xff HTTP/1.1\r\nHost: x\r\n\r\n", b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
                     b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n",
                     b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\nabc",
                     b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
                     b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"):
            got = self.raw(sent)
            self.assertTrue(got == b"" or got.startswith(b"HTTP/1.1 4"), (sent, got))
        self.alive()

    def test_pipelined_garbage(self):
        got = self.raw(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n" * 3 + b"rubbish\r\n\r\n")
        self.assertEqual(got.count(b"HTTP/1.1 200 OK"), 3)
        self.assertEqual(got.count(b"HTTP/1.1 400"), 1)
        self.alive()

    def test_last_request(self):
        """In whatever spelling a request says that it is the last: the answer says so too, and is followed by the end."""
        get = b"GET /healthz HTTP/1.1\r\nHost: x\r\n"
        for sent in (get + b"Connection: close\r\n\r\n", get + b"connection: Close\r\n\r\n",
                     get + b"Connection: upgrade, CLOSE\r\n\r\n", b"GET /healthz HTTP/1.0\r\n\r\n",
                     b"GET /healthz HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"):
            # Before a connection that is kept would end, after half a minute.
            got = self.raw(sent + get + b"\r\n", wait=20)
            self.assertTrue(self.ended, sent)
            self.assertEqual(got.count(b"HTTP/1.1 200 OK"), 1, (sent, got))
            self.assertEqual(got.lower().count(b"\r\nconnection: close\r\n"), 1, (sent, got))
        # The one before it does not say so.
        got = self.raw(get + b"\r\n" + get + b"Connection: Close\r\n\r\n", wait=20)
        first, second = got.split(b"HTTP/1.1 200 OK")[1:]
        self.assertNotIn(b"connection: close", first.lower())
        self.assertIn(b"connection: close", second.lower())

    def test_host(self):
        for sent in (b"GET /healthz HTTP/1.1\r\n\r\n", b"GET /healthz HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n"):
            self.assertTrue(self.raw(sent).startswith(b"HTTP/1.1 400"), sent)
        # One that is empty is one.
        self.assertIn(b"200 OK", self.raw(b"GET /healthz HTTP/1.1\r\nHost:\r\nConnection: close\r\n\r\n"))
        self.alive()

    def test_continue(self):
        """Who waits to be told to go on is told, if the body is wanted."""
        token = f"Authorization: Bearer {self.service.tokens['verify']}\r\n".encode()
        head = (b"POST /v1/users/a/verify HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nExpect: 100-Continue\r\n"
                + token)
        go_on = b"HTTP/1.1 100 Continue\r\n\r\n"
        # Also behind a request that has yet to be answered.
        for before in (b"", b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"):
            with socket.create_connection(("127.0.0.1", self.service.port), timeout=10) as connection:
                def until(end):
                    got = b""
                    while not got.endswith(end):
                        self.assertTrue(chunk := connection.recv(1000), got)
                        got += chunk
                    return got
                connection.sendall(before + head + b"Content-Length: 17\r\n\r\n")
                self.assertEqual(until(go_on).count(b"HTTP/1.1 200 OK"), 1 if before else 0)
                connection.sendall(b'{"code":"000000"}')
                self.assertIn(b'"rejected"', until(b"}"))
                # Who does not wait is not told.
                connection.sendall(head + b'Content-Length: 17\r\n\r\n{"code":"000000"}')
                self.assertLessEqual(until(b"}").count(go_on), 1)
        refused = self.raw(head + b"Content-Length: 1000000\r\n\r\n")
        self.assertTrue(refused.startswith(b"HTTP/1.1 413"), refused[:60])

    def test_header_flood(self):
        many = b"GET /healthz HTTP/1.1\r\nHost: x\r\n" + b"".join(b"X-%d: y\r\n" % i for i in range(2000)) + b"\r\n"
        large = b"GET /healthz HTTP/1.1\r\nHost: x\r\nX: " + b"y" * 100_000 + b"\r\n\r\n"
        blank = b"GET /healthz HTTP/1.1\r\nHost: x\r\nX:" + b" " * 1_000_000 + b"y\r\n\r\n"
        endless = b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n"
        allowed, beyond = (b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX: " + count * b"y" + b"\r\n\r\n"
                           for count in (15_000, 17_000))
        self.assertIn(b"200 OK", self.raw(allowed))
        for sent in (many, large, blank, endless, beyond):
            got = self.raw(sent)
            self.assertTrue(got == b"" or got.startswith(b"HTTP/1.1 400"), got[:100])
        self.alive()

    def test_bodies(self):
        token = f"Authorization: Bearer {self.service.tokens['verify']}\r\n".encode()
        head = b"POST /v1/users/a/verify HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n" + token
        announced = self.raw(head + b"Content-Length: 1048576\r\n\r\n" + b"x" * 1000)
        self.assertTrue(announced.startswith(b"HTTP/1.1 413"), announced[:60])
        sent = self.raw(head + b"Content-Length: 1048576\r\n\r\n" + b"x" * 1048576)
        self.assertTrue(sent == b"" or sent.startswith(b"HTTP/1.1 413"), sent[:60])
        chunked = self.raw(
            head + b"Transfer-Encoding: chunked\r\n\r\n" + (b"8000\r\n" + b" " * 0x8000 + b"\r\n") * 4 + b"0\r\n\r\n")
        self.assertTrue(chunked.startswith(b"HTTP/1.1 413"), chunked[:60])
        edge = b'{"code":"' + b"1" * (65536 - 11) + b'"}'
        status = self.service.request("POST", "/v1/users/a/verify", raw=edge, token="verify")[0]
        self.assertEqual((len(edge), status), (65536, 400))
        self.assertEqual(self.service.request("POST", "/v1/users/a/verify", raw=edge + b" ", token="verify")[0], 413)
        cut = self.raw(head + b"Content-Length: 100\r\n\r\n{", half_close=True)
        self.assertTrue(cut == b"" or cut.startswith(b"HTTP/1.1 400"), cut[:60])
        self.alive()

    def test_slow(self):
        """Heads and bodies that trickle in do not hold a connection for ever."""
        token = f"Authorization: Bearer {self.service.tokens['verify']}\r\n".encode()
        begun = time.time()
        with socket.create_connection(("127.0.0.1", self.service.port), timeout=40) as connection:
            connection.sendall(
                b"POST /v1/users/a/verify HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n"
                + token + b"\r\n")
            try:
                while time.time() - begun < 30:
                    connection.sendall(b" ")
                    time.sleep(0.5)
            except OSError:
                pass
        self.assertLess(time.time() - begun, 20)

    def test_json(self):
        for raw, status in [
            (b"", 400), (b"{", 400), (b"nul", 400), (b'{"code":"1"', 400), (b'{"code":"123456","code":"123456"}', 400),
            (b'{"code":"\xff"}', 400), (b'{"code":"\\ud800"}', 400), (b"[" * 100_0 + b"]" * 100_0, 400),
            (b'{"code":1e999}', 400), (b'\xef\xbb\xbf{"code":"123456"}', 400), (b'{"code":"123456"}{}', 400),
            (b'{"code":"000000"}', 200),
        ]:
            self.assertEqual(self.service.request("POST", "/v1/users/a/verify", raw=raw, token="verify")[0], status, raw[:40])
        for kind in ("text/plain", "application/x-www-form-urlencoded", "application/jsonp", ""):
            answer = self.service.request(
                "POST", "/v1/users/a/verify", raw=b'{"code":"123456"}', token="verify", headers={"Content-Type": kind})
            self.assertEqual(answer[0], 415, kind)
        kind = {"Content-Type": "Application/JSON; charset=utf-8"}
        self.assertEqual(
            self.service.request("POST", "/v1/users/a/verify", raw=b'{"code":"000000"}', token="verify", headers=kind)[0], 200)

    def test_routes(self):
        for method, path, status in [
            ("GET", "/nothing", 404), ("GET", "/v1", 404), ("GET", "/v1/users", 404), ("PUT", "/v1/devices", 405),
            ("POST", "/healthz", 405), ("DELETE", "/v1/users/a/verify", 405), ("GET", "/v1/users//devices", 404),
            ("GET", "/v1/../v1/devices", 404), ("GET", "/%2e%2e/etc/passwd", 404), ("GET", "//etc/passwd", 404),
            ("GET", "/v1/devices/", 404), ("BREW", "/", 400), ("PUT", "/", 405), ("OPTIONS", "/v1/devices", 405), ("HEAD", "/healthz", 200),
        ]:
            with self.subTest(path=path, method=method):
                self.assertEqual(self.service.request(method, path)[0], status)
                if status == 405 and method != "BREW":
                    self.assertTrue(self.service.last.getheader("Allow"))
        self.service.request("GET", "/nothing")
        self.assertEqual(self.service.last.getheader("Content-Type"), "application/problem+json")
        self.assertTrue(self.service.last.getheader("X-Request-Id"))

    def test_log(self):
        """Nobody writes lines of their own, and no secret gets in."""
        made = self.service.device("log")
        right = code(made["secret"], step())
        self.service.request("POST", "/v1/users/log/verify", {"code": right}, token="verify")
        self.service.request("POST", f"/v1/users/{right}%0d%0aFORGED/verify", {"code": right}, token="verify")
        self.service.request("GET", "/v1/devices?x=%0AFORGED", token="admin")
        self.service.request("GET", "/v1/devices", token="vmfa_FORGED" + 32 * "x")
        log = self.service.logged()
        for secret in (right, made["secret"], self.service.root[1], *self.service.tokens.values(), "FORGED"):
            self.assertNotIn(secret, log)

    def test_enumeration(self):
        """Neither text nor time tells a user who is there, and has no device, from one who is not."""
        for index in range(20):
            self.service.vmfa("user", "create", f"there{index}")
        times = {"there": [], "nobody": []}
        for round in range(100):
            for kind in times:
                begun = time.perf_counter()
                answer = self.service.request("POST", f"/v1/users/{kind}{round % 20}/verify", {"code": "123456"}, token="verify")
                times[kind].append(time.perf_counter() - begun)
                self.assertEqual(answer, (200, {"result": "rejected", "reason": "no_device"}))
        for kind in times:
            answer = self.service.request("POST", f"/v1/users/{kind}0/verify", {"code": "AAAA-BBBB-CCCC-DDDD"}, token="verify")
            self.assertEqual(answer, (200, {"result": "rejected", "reason": "no_device"}))
        there, nobody = (statistics.median(t) for t in times.values())
        self.assertLess(max(there, nobody) / min(there, nobody), 2, (there, nobody))


if __name__ == "__main__":
    unittest.main()
