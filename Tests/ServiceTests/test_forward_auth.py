"""A page of some application behind a real nginx that asks the service before it lets anybody through (auth_request)."""

import http.server
import os
import pathlib
import re
import threading
import unittest

from nginx import Nginx
from service import Service, code, step, temporary_folder
from visitor import Visitor

PASSWORD = "Correct-horse-1"
README = pathlib.Path(__file__).parents[2] / "README.md"


class Application(http.server.BaseHTTPRequestHandler):
    """Says whom it takes the visitor for."""

    def do_GET(self):
        body = f"hello {self.headers.get('X-Forwarded-User')}".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class ForwardAuth(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.service = Service("--behind-proxy", "127.0.0.1").initialise()
        cls.folder = temporary_folder("vmfa-nginx-")
        os.chmod(cls.folder, 0o755)
        cls.password = f"{cls.folder}/password"
        with open(cls.password, "w") as file:
            file.write(PASSWORD)
        for user in ("alice", "bob", "dora"):
            cls.service.vmfa("user", "create", user, "--password-file", cls.password)
        cls.service.start()
        cls.secret = cls.service.device("alice")["secret"]
        cls.application = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Application)
        threading.Thread(target=cls.application.serve_forever, daemon=True).start()
        cls.start_nginx()

    @classmethod
    def start_nginx(cls):
        """With the lines that the README shows."""
        lines = re.search(r"```nginx\n(.*?)```", README.read_text(), re.S)[1]
        lines = lines.replace("127.0.0.1:8080", f"127.0.0.1:{cls.service.port}")
        cls.lines = lines.replace("127.0.0.1:3000", f"127.0.0.1:{cls.application.server_port}")
        cls.nginx = Nginx(cls.folder, server=cls.lines)
        cls.port = cls.nginx.port

    @classmethod
    def tearDownClass(cls):
        cls.nginx.stop()
        cls.application.shutdown()
        cls.application.server_close()
        assert cls.service.stop() == 0

    def test_only_who_is_signed_in_comes_through(self):
        visitor = Visitor(self, headers={"X-Forwarded-User": "root"})
        self.assertEqual(visitor.get("/reports?year=2026"), 302)
        self.assertTrue(visitor.location.endswith("/signin?return_to=/reports?year=2026"), visitor.location)
        visitor.get(visitor.location.split("/", 3)[3].join(["/", ""]))
        self.assertEqual((visitor.post("/signin", user="alice", password=PASSWORD), visitor.location[:4]), (303, "/mfa"))
        # The password alone opens nothing.
        after = visitor.location
        self.assertEqual(visitor.get("/reports?year=2026"), 302)
        visitor.get(after)
        self.assertEqual(visitor.post("/mfa", code=code(self.secret, step())), 303)
        self.assertEqual(visitor.location, "/reports?year=2026")
        self.assertEqual((visitor.get(visitor.location), visitor.body), (200, "hello alice"))
        visitor.get("/security-credentials")
        self.assertIn("alice", visitor.text)
        self.assertEqual(visitor.post("/signout"), 303)
        self.assertEqual(visitor.get("/reports?year=2026"), 302)

    def test_mfa_required_by_the_proxy(self):
        """As the README says: in the address that nginx asks."""
        try:
            self.nginx.reload(server=self.lines.replace("/auth;  #", "/auth/mfa;  #"))
            visitor = Visitor(self)
            self.assertEqual(visitor.get("/reports"), 302)
            secret = self.service.device("dora")["secret"]
            visitor.sign_in("dora", PASSWORD)
            visitor.get("/mfa")
            visitor.post("/mfa", code=code(secret, step()))
            self.assertEqual((visitor.get("/reports"), visitor.body), (200, "hello dora"))
            plain = Visitor(self)
            plain.sign_in("bob", PASSWORD)
            self.assertEqual(plain.get("/reports"), 403)
            plain.get("/security-credentials")
            self.assertIn("bob", plain.text)
        finally:
            self.nginx.reload(server=self.lines)
        self.assertEqual(plain.get("/reports"), 200)

    def test_require_mfa_leads_to_the_assignment(self):
        self.service.vmfa("user", "create", "carol", "--password-file", self.password)
        administrator = Visitor(self.service)
        self.service.vmfa("user", "create", "admin", "--administrator", "--password-file", self.password)
        administrator.sign_in("admin", PASSWORD)
        administrator.get("/users/carol")
        self.assertEqual(administrator.post("/users/carol/require-mfa"), 303)
        visitor = Visitor(self)
        visitor.get("/reports")
        visitor.get("/" + visitor.location.split("/", 3)[3])
        self.assertEqual((visitor.post("/signin", user="carol", password=PASSWORD), visitor.location), (303, "/reports"))
        self.assertEqual(visitor.get("/reports"), 302)
        self.assertEqual((visitor.get("/signin?return_to=/reports"), visitor.location), (303, "/security-credentials"))

    def test_the_query_of_an_application(self):
        """Proxies pass it on. It neither breaks a page nor takes a demand for MFA away, and the path demands it alone."""
        plain, strong = Visitor(self.service), Visitor(self.service)
        plain.sign_in("bob", PASSWORD)
        self.service.vmfa("user", "create", "erin", "--password-file", self.password)
        secret = self.service.device("erin")["secret"]
        strong.sign_in("erin", PASSWORD)
        strong.get("/mfa")
        self.assertEqual(strong.post("/mfa", code=code(secret, step())), 303)
        demands = ["mfa=required", "MFA=required", "mfa=REQUIRED", "Mfa=Required", "return_to=/&mfa=required", "mfa=required&x=1",
                   "x=1&mfa=required&mfa=no", "mfa=no&mfa=required", "%6dfa=required", "mfa%3drequired", "mfa=required+", "x=%zz&mfa=required",
                   "return_to=/a?mfa=required", "x;mfa=required", "&&mfa=required", "y=1&y=2&mfa=required"]
        others = ["", "y=1&y=2", "y=%zz", "mfa=1", "mfa", "mfa=", "mfa=optional", "x=mfa=required", "amfa=required", "mfa=requiredx", "%ff",
                  "return_to=//evil.example", "&".join(f"a{i}=" for i in range(500)), "=", "?"]
        for query in demands:
            self.assertEqual(plain.get("/auth?" + query), 403, query)
            self.assertEqual(strong.get("/auth?" + query), 200, query)
        for query in others:
            for visitor in (plain, strong):
                self.assertEqual(visitor.get("/auth?" + query), 200, query)
                self.assertEqual(visitor.get("/auth/mfa?" + query), 403 if visitor is plain else 200, query)
            self.assertEqual(Visitor(self.service).get("/auth?" + query), 401, query)
        self.assertEqual((plain.get("/auth"), plain.get("/auth/mfa"), strong.get("/auth/mfa")), (200, 403, 200))
        self.assertEqual(strong.answer.getheader("X-Forwarded-User"), "erin")
        self.assertEqual(Visitor(self.service).get("/auth/mfa"), 401)
        self.assertEqual(plain.get("/auth/mfa/"), 404)

    def test_nobody_names_themselves(self):
        visitor = Visitor(self, headers={"X-Forwarded-User": "root", "Cookie": "vmfa-session=cm9vdA." + "0" * 64})
        self.assertEqual(visitor.get("/reports"), 302)


if __name__ == "__main__":
    unittest.main()
