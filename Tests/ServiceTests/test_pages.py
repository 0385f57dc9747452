"""The pages without a script: what a person does, and what somebody else would do to them."""

import concurrent.futures
import re
import statistics
import subprocess
import time
import unittest
import urllib.parse

from service import Service, code, step
from visitor import Visitor

PASSWORD = "Correct-horse-1"


class Pages(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.service = Service()
        cls.file = f"{cls.service.folder}/password"
        with open(cls.file, "w") as file:
            file.write(PASSWORD)
        cls.service.initialise("--password-file", cls.file)
        cls.service.start()
        cls.number = 0

    @classmethod
    def tearDownClass(cls):
        assert cls.service.stop() == 0
        assert PASSWORD not in cls.service.logged()

    def user(self, administrator=False, device=False):
        """A new user with a password; with a device, also its secret."""
        type(self).number += 1
        name = f"user{self.number}"
        options = ["--administrator"] if administrator else []
        self.service.vmfa("user", "create", name, "--password-file", self.file, *options)
        return (name, self.service.device(name)) if device else name

    def visitor(self, **options):
        return Visitor(self.service, **options)

    def signed_in(self, name, device=None):
        visitor = self.visitor()
        self.assertEqual(visitor.sign_in(name, PASSWORD), 303)
        if device:
            self.assertEqual(visitor.location, "/mfa")
            visitor.get("/mfa")
            self.assertEqual(visitor.post("/mfa", code=code(device["secret"], step())), 303, visitor.body)
        return visitor

    def assign(self, visitor, name):
        """Assigns a device through the pages; its secret."""
        visitor.get("/security-credentials/devices/new")
        self.assertEqual(visitor.post("/security-credentials/devices", name=name), 200)
        secret = re.search(r'class="secret">([A-Z2-7 ]+)<', visitor.body)[1].replace(" ", "")
        action = re.search(r'action="(/security-credentials/devices/[^"]+/codes)"', visitor.body)[1]
        now = step()
        self.assertEqual(visitor.post(action, code1=code(secret, now - 2)), 200)
        self.assertIn("Second code", visitor.body)
        self.assertEqual(visitor.post(action, code1=code(secret, now - 2), code2=code(secret, now - 1)), 303)
        return secret

    # What a person does

    def test_front_page_needs_a_session(self):
        visitor = self.visitor()
        self.assertEqual((visitor.get("/"), visitor.location), (303, "/signin"))
        self.assertEqual((visitor.get("/users?a=b"), visitor.location), (303, "/signin?return_to=%2Fusers%3Fa%3Db"))

    def test_password_alone_where_there_is_no_device(self):
        visitor = self.signed_in(self.user())
        self.assertEqual(visitor.location, "/")
        self.assertEqual(visitor.get("/"), 200)
        self.assertIn("You have no MFA device.", visitor.text)

    def test_assign_sign_in_replay_and_recovery(self):
        name = self.user()
        visitor = self.signed_in(name)
        secret = self.assign(visitor, f"{name}-phone")
        visitor.get(visitor.location)
        self.assertIn("The MFA device is assigned.", visitor.text)
        self.assertEqual(visitor.post("/security-credentials/recovery-codes"), 200)
        recovery = re.findall(r"<li><code>([A-Z2-7-]+)</code></li>", visitor.body)
        self.assertEqual(len(recovery), 10)

        other = self.visitor()
        self.assertEqual((other.sign_in(name, PASSWORD), other.location), (303, "/mfa"))
        self.assertEqual((other.get("/security-credentials"), other.location[:7]), (303, "/signin"))
        other.get("/mfa")
        for wrong, said in (("000000", "wrong"), ("12345", "shows 6 digits; this has 5"), ("1234 5678", "shows 6 digits; this has 8"),
                            ("abc", "no code"), ("", "no code"), ("123-456", "no code")):
            right = code(secret, step())
            self.assertEqual(other.post("/mfa", code=wrong if wrong != right else "111111"), 403)
            self.assertIn(said, other.error)
        right = code(secret, step())
        # As the authenticator shows it, in groups.
        self.assertEqual((other.post("/mfa", code=f" {right[:3]}\u00a0{right[3:]} "), other.location), (303, "/"))

        third = self.visitor()
        third.sign_in(name, PASSWORD)
        third.get("/mfa")
        self.assertEqual(third.post("/mfa", code=right), 403)
        self.assertIn("used already", third.error)
        third.get("/mfa?recovery=1")
        self.assertIn("Recovery code", third.body)
        self.assertEqual(third.post("/mfa", code=recovery[0].lower()), 303)
        third.get("/security-credentials")
        self.assertIn("9 codes are left", third.text)

    def test_spellings_of_a_name_share_its_tries(self):
        """However a name is composed, it is one name, of which ten wrong passwords may be tried."""
        name = "\u00e9" * 100
        self.service.vmfa("user", "create", name, "--password-file", self.file)
        refused = 0
        for turn in range(14):
            spelt = name[:7 * turn] + (100 - 7 * turn) * "e\u0301"
            refused += self.visitor().sign_in(spelt, "wrong") == 429
        self.assertEqual(refused, 4)

    def test_lock_after_wrong_codes_shows_the_wait(self):
        name, device = self.user(device=True)
        visitor = self.visitor()
        visitor.sign_in(name, PASSWORD)
        visitor.get("/mfa")
        errors = []
        for _ in range(12):
            wrong = "000000" if code(device["secret"], step()) != "000000" else "111111"
            visitor.post("/mfa", code=wrong)
            errors.append(visitor.error)
        locked = [error for error in errors if error.startswith("Too many wrong codes.")]
        self.assertTrue(locked and re.search(r"Try again in \d+ (second|minute)", locked[-1]), errors)

        administrator = self.signed_in(self.user(administrator=True))
        administrator.get(f"/users/{name}")
        self.assertIn("Locked until", administrator.text)
        self.assertEqual(administrator.post(f"/users/{name}/unlock"), 303)
        self.assertEqual(visitor.post("/mfa", code=code(device["secret"], step())), 303)

    def test_forced_new_password(self):
        administrator = self.signed_in(self.user(administrator=True))
        administrator.get("/new-user")
        self.assertEqual(administrator.post("/users", name="bad name"), 422)
        name = f"new{time.time_ns()}"
        self.assertEqual(administrator.post("/users", name=name), 200)
        password = re.findall(r'class="secret">([^<]+)<', administrator.body)[1].replace("&amp;", "&")
        administrator.get("/new-user")
        self.assertEqual(administrator.post("/users", name=name.upper()), 422)

        visitor = self.visitor()
        self.assertEqual((visitor.sign_in(name, password), visitor.location), (303, "/new-password"))
        self.assertEqual(visitor.get("/"), 303)
        visitor.get("/new-password")
        for new, repeat, said in (
            ("short", "short", "minimum length"), (PASSWORD, "other", "not the same"), (password, password, "old one")):
            self.assertEqual(visitor.post("/new-password", **{"new": new, "repeat": repeat}), 422)
            self.assertIn(said, visitor.error)
        self.assertEqual(visitor.post("/new-password", **{"new": PASSWORD, "repeat": PASSWORD}), 303)
        self.assertEqual(visitor.get("/"), 200)
        self.assertEqual((self.visitor().sign_in(name, password)), 403)

    def test_resync_and_remove(self):
        name, device = self.user(device=True)
        visitor = self.signed_in(name, device)
        visitor.get("/security-credentials")
        path = re.search(r'href="(/security-credentials/devices/[^"]+)/resync"', visitor.body)[1]
        visitor.get(f"{path}/resync")
        now = step()
        pair = {"code1": code(device["secret"], now + 3), "code2": code(device["secret"], now + 4)}
        self.assertEqual(visitor.post(f"{path}/resync", code1=pair["code1"]), 200)
        self.assertEqual(visitor.post(f"{path}/resync", code1=pair["code1"], code2=pair["code1"]), 422)
        self.assertIn("first code again", visitor.error)
        # Two steps may share a code, and whoever says it once more is believed: here it is no pair of that device.
        self.assertEqual(visitor.post(f"{path}/resync", code2=pair["code1"]), 422)
        self.assertIn("not two consecutive codes", visitor.error)
        visitor.get(f"{path}/resync")
        self.assertEqual(visitor.post(f"{path}/resync", **pair), 303)
        visitor.get(f"{path}/resync")
        self.assertEqual(visitor.post(f"{path}/resync", **pair), 422)
        self.assertIn("not two consecutive codes", visitor.error)
        visitor.get(f"{path}/remove")
        self.assertEqual(visitor.post(f"{path}/remove", code="000000"), 422)
        self.assertEqual(visitor.post(f"{path}/remove", code=code(device["secret"], now + 5)), 303)
        visitor.get("/security-credentials")
        self.assertIn("No MFA device is assigned", visitor.text)

    def test_password_and_access_keys_need_mfa(self):
        plain = self.signed_in(self.user())
        plain.get("/security-credentials")
        self.assertEqual(plain.post("/security-credentials/access-keys"), 403)
        self.assertEqual(plain.get("/security-credentials/password"), 403)

        name, device = self.user(device=True)
        visitor = self.signed_in(name, device)
        visitor.get("/security-credentials")
        self.assertEqual(visitor.post("/security-credentials/access-keys"), 200)
        key, secret = re.findall(r'class="secret">([^<]+)<', visitor.body)
        self.assertEqual(
            self.service.client("sts", (key, secret, None)).get_caller_identity()["Arn"],
            f"arn:aws:iam::123456789012:user/{name}")
        visitor.get("/security-credentials")
        self.assertEqual(visitor.post(f"/security-credentials/access-keys/{key}/deactivate"), 303)
        visitor.get("/security-credentials")
        self.assertIn("inactive", visitor.text)
        self.assertEqual(visitor.post(f"/security-credentials/access-keys/{key}/delete"), 303)
        visitor.get("/security-credentials/password")
        new = PASSWORD + "2"
        self.assertEqual(visitor.post("/security-credentials/password", **{"old": "x", "new": new, "repeat": new}), 422)
        self.assertIn("current password is wrong", visitor.error)
        self.assertEqual(
            visitor.post("/security-credentials/password", **{"old": PASSWORD, "new": new, "repeat": new}), 303)
        self.assertEqual(self.visitor().sign_in(name, new), 303)

    def test_who_may_change_a_password(self):
        """What users may not, administrators may: else nobody could change root's."""
        iam, new = self.service.client("iam"), PASSWORD + "3"
        iam.update_account_password_policy(AllowUsersToChangePassword=False)
        self.addCleanup(iam.delete_account_password_policy)
        for administrator, status in ((False, 409), (True, 303)):
            name, device = self.user(administrator=administrator, device=True)
            visitor = self.signed_in(name, device)
            visitor.get("/security-credentials/password")
            self.assertEqual(
                visitor.post("/security-credentials/password", **{"old": PASSWORD, "new": new, "repeat": new}), status)

    def test_sessions_are_listed_and_revoked(self):
        name = self.user()
        first, second = self.signed_in(name), self.signed_in(name)
        first.get("/security-credentials")
        action = re.search(r'action="(/security-credentials/sessions/[0-9a-f]{16}/revoke)"', first.body)[1]
        self.assertEqual(first.post(action), 303)
        self.assertEqual(second.get("/"), 303)
        self.assertEqual(first.get("/"), 200)
        first.get("/")
        self.assertEqual((first.post("/signout"), first.location, first.session), (303, "/signin", None))

    def test_users_are_for_administrators(self):
        visitor = self.signed_in(self.user())
        for path in ("/users", "/users/alice", "/audit", "/new-user", "/password-policy"):
            self.assertEqual(visitor.get(path), 403, path)
        visitor.get("/")
        for path in ("/users", "/credential-report", "/users/alice/unlock"):
            self.assertEqual(visitor.post(path, name="x"), 403, path)

    def test_administrator(self):
        name, device = self.user(device=True)
        bare = self.user()
        visitor = self.signed_in(self.user(administrator=True))
        visitor.get("/")
        self.assertIn("MFA for every user", visitor.text)
        self.assertRegex(visitor.text, r"\d+ of \d+ users have MFA")
        visitor.get("/users?mfa=none")
        self.assertIn(f">{bare}</a>", visitor.body)
        self.assertNotIn(f">{name}</a>", visitor.body)
        visitor.get(f"/users/{name}")
        action = re.search(r'action="(/users/[^"]+/deactivate)"', visitor.body)[1]
        self.assertEqual(visitor.post(action), 303)
        visitor.get(f"/users/{bare}")
        self.assertEqual(visitor.post(f"/users/{bare}/require-mfa", required="yes"), 303)
        visitor.get(f"/audit?user={name}")
        for event in ("DeactivateMFADevice", "EnableMFADevice", "CreateUser"):
            self.assertIn(event, visitor.text)
        visitor.get("/")
        self.assertEqual(visitor.post("/credential-report"), 200)
        self.assertIn("text/csv", visitor.answer.headers["Content-Type"])
        self.assertTrue(visitor.body.startswith("user,arn,"))

        forced = self.signed_in(bare)
        self.assertEqual((forced.get("/"), forced.location), (303, "/security-credentials"))
        forced.get("/security-credentials")
        self.assertIn("You have to assign an MFA device", forced.text)
        self.assertEqual(forced.get("/auth"), 401)
        self.assign(forced, f"{bare}-phone")
        self.assertEqual((forced.get("/"), forced.get("/auth")), (200, 200))

    def test_root(self):
        visitor = self.visitor()
        # Root has a form of its own, and no name.
        self.assertEqual(visitor.sign_in("<root_account>", PASSWORD), 403)
        visitor.get("/signin?as=root")
        self.assertEqual(visitor.post("/signin", password="wrong-password"), 403)
        self.assertEqual((visitor.post("/signin", password=PASSWORD), visitor.location), (303, "/"))
        visitor.get("/")
        self.assertIn("Root user", visitor.text)
        self.assertIn("The root user has no MFA", visitor.text)
        self.assertIn("MFA for every user", visitor.text)

    def test_a_session_from_before_the_device_does_not_outlive_it(self):
        name = self.user()
        thief, owner = self.signed_in(name), self.signed_in(name)
        self.assertEqual(thief.get("/auth"), 200)
        self.assign(owner, f"{name}-phone")
        self.assertEqual((thief.get("/auth"), thief.get("/")), (401, 303))
        self.assertEqual((owner.get("/auth"), owner.get("/auth?mfa=required")), (200, 200))

    def test_mfa_is_gone_with_the_device(self):
        name, device = self.user(device=True)
        visitor = self.signed_in(name, device)
        self.assertEqual(visitor.get("/auth?mfa=required"), 200)
        self.assertEqual((visitor.get("/auth/mfa"), visitor.get("/auth?mfa=yes")), (200, 200))
        self.service.client("iam").deactivate_mfa_device(UserName=name, SerialNumber=device["serial"])
        self.assertEqual((visitor.get("/auth?mfa=required"), visitor.get("/auth")), (403, 200))
        visitor.get("/security-credentials")
        self.assertEqual(visitor.post("/security-credentials/access-keys"), 403)

    def test_sessions_end_with_the_password(self):
        iam, new = self.service.client("iam"), PASSWORD + "3"
        for change in (
            lambda name: iam.delete_login_profile(UserName=name),
            lambda name: iam.update_login_profile(UserName=name, Password=new)):
            name = self.user()
            visitor = self.signed_in(name)
            self.assertEqual(visitor.get("/"), 200)
            change(name)
            self.assertEqual(visitor.get("/"), 303)
        # One that waits for its code too.
        name, device = self.user(device=True)
        waiting = self.visitor()
        waiting.sign_in(name, PASSWORD)
        waiting.get("/mfa")
        iam.delete_login_profile(UserName=name)
        self.assertEqual((waiting.post("/mfa", code=code(device["secret"], step())), waiting.session is None), (403, False))
        self.assertEqual(waiting.get("/"), 303)

    def test_expired_password_under_hard_expiry(self):
        service = Service()
        with open(f"{service.folder}/password", "w") as file:
            file.write(PASSWORD)
        service.initialise()
        service.vmfa("user", "create", "old", "--password-file", file.name)
        subprocess.run(
            ["sqlite3", f"{service.folder}/verifier.db", "UPDATE vmfa_profile SET password_changed_at = 1000000000"], check=True)
        service.start()
        visitor = Visitor(service)
        self.assertEqual((visitor.sign_in("old", PASSWORD), visitor.location), (303, "/"))
        service.client("iam").update_account_password_policy(MaxPasswordAge=30)
        other = Visitor(service)
        self.assertEqual((other.sign_in("old", PASSWORD), other.location), (303, "/new-password"))
        service.client("iam").update_account_password_policy(MaxPasswordAge=30, HardExpiry=True)
        third = Visitor(service)
        self.assertEqual(third.sign_in("old", PASSWORD), 403)
        self.assertIn("has expired", third.error)
        self.assertEqual(service.stop(), 0)

    def test_a_link_from_another_site_leads_on(self):
        """Without its session cookie the browser shows the sign-in page; sent, the form comes with the cookie again."""
        visitor = self.signed_in(self.user())
        kept = dict(visitor.cookies)
        visitor.cookies = {}
        visitor.get("/security-credentials")
        visitor.get(visitor.location)
        visitor.cookies.update(kept)
        self.assertEqual(visitor.post("/signin", user="nobody-there", password="x"), 403)
        self.assertIn("is wrong", visitor.error)

    def test_guesses_at_once_are_counted(self):
        name = self.user()

        def guess(_):
            visitor = self.visitor()
            return visitor.sign_in(name, "wrong-password")

        with concurrent.futures.ThreadPoolExecutor(30) as pool:
            statuses = list(pool.map(guess, range(30)))
        # Thirty at once may lie in two windows.
        self.assertLessEqual(statuses.count(403), 20)
        self.assertGreaterEqual(statuses.count(429), 10)

    def test_a_browser_gets_pages_and_a_program_documents(self):
        visitor = self.visitor(headers={"Accept": "text/html,*/*"})
        self.assertEqual(visitor.get("/no-such-page"), 404)
        self.assertEqual(visitor.title, "Not Found")
        self.assertEqual(visitor.get("/security-credentials/access-keys"), 405)
        self.assertEqual(visitor.title, "Method Not Allowed")
        program = self.visitor()
        program.get("/no-such-page")
        self.assertIn("application/problem+json", program.answer.headers["Content-Type"])

    def test_names_are_escaped(self):
        visitor = self.visitor()
        visitor.sign_in('"><script>alert(1)</script>', PASSWORD)
        self.assertNotIn("<script>alert", visitor.body)
        self.assertIn("&lt;script&gt;", visitor.body)

    def test_alias(self):
        visitor = self.visitor()
        self.assertEqual(visitor.get("/signin/123456789012"), 200)
        self.assertEqual(visitor.get("/signin/somebody-else"), 404)
        self.service.client("iam").create_account_alias(AccountAlias="our-house")
        self.assertEqual(visitor.get("/signin/our-house"), 200)
        self.assertIn("Account our-house", visitor.text)

    # What somebody else would do to them

    def test_session_fixation(self):
        name, device = self.user(device=True)
        visitor = self.visitor(headers={})
        visitor.cookies["vmfa-session"] = "YWxpY2U." + "0" * 64
        visitor.sign_in(name, PASSWORD)
        pending = visitor.session
        self.assertNotEqual(pending, "YWxpY2U." + "0" * 64)
        visitor.get("/mfa")
        visitor.post("/mfa", code=code(device["secret"], step()))
        self.assertNotEqual(visitor.session, pending)
        thief = self.visitor()
        thief.cookies["vmfa-session"] = pending
        self.assertEqual(thief.get("/"), 303)

    def test_forms_without_their_token_do_nothing(self):
        visitor = self.signed_in(self.user())
        visitor.get("/")
        good = visitor.token
        for token in (None, "", "0" * 64, good[:-1] + ("0" if good[-1] != "0" else "1")):
            self.assertEqual(visitor.post("/signout", token=token), 403)
        self.assertEqual(visitor.post("/signout", token=good, headers={"Sec-Fetch-Site": "cross-site"}), 403)
        other = self.signed_in(self.user())
        self.assertEqual(other.post("/signout", token=good), 403)
        self.assertEqual(visitor.get("/"), 200)
        # Signing in is a form as well: nobody is to be signed in as somebody else unawares.
        fresh = self.visitor()
        self.assertEqual(fresh.post("/signin", token="0" * 64, user="a", password="b"), 403)
        self.assertIn("expired", fresh.title)
        self.assertEqual(visitor.send("POST", "/signout", "{}", {"Content-Type": "application/json"}), 415)

    def test_nobody_frames_or_feeds_a_page(self):
        visitor = self.signed_in(self.user())
        visitor.headers["Accept"] = "text/html"
        for path in ("/", "/no-such-page", "/users", "/security-credentials", "/security-credentials/devices/new"):
            visitor.get(path)
            self.assertIn("<h1>", visitor.body)
            policy = visitor.answer.headers["Content-Security-Policy"]
            self.assertIn("frame-ancestors 'none'", policy)
            self.assertIn("default-src 'none'", policy)
            self.assertNotIn("unsafe", policy)
            self.assertEqual(visitor.answer.headers["X-Frame-Options"], "DENY")
            self.assertEqual(visitor.answer.headers["X-Content-Type-Options"], "nosniff")
            self.assertEqual(visitor.answer.headers["Referrer-Policy"], "same-origin")
            self.assertEqual(visitor.answer.headers["Cache-Control"], "no-store")
            self.assertNotRegex(visitor.body, r'(src|href|action)="(?!/|#)')
            self.assertNotIn(" style=", visitor.body)

    def test_open_redirect(self):
        name = self.user()
        for bad in (
            "https://evil.example/", "//evil.example/", "/\\evil.example", "\\\\evil.example", "javascript:alert(1)",
            "/\r\nSet-Cookie: a=b", "/\t/evil.example", "evil", "", "/%0d%0a" + "x" * 3000, "///evil.example"):
            visitor = self.visitor()
            visitor.sign_in(name, PASSWORD, return_to=bad)
            self.assertEqual(visitor.location, "/", bad)
        visitor = self.visitor()
        visitor.get("/signin?" + urllib.parse.urlencode({"return_to": "/users/a%2Fb?x=1&y=2"}))
        self.assertIn('value="/users/a%2Fb?x=1&amp;y=2"', visitor.body)
        visitor.post("/signin", user=name, password=PASSWORD, return_to="/users/a%2Fb?x=1&y=2")
        self.assertEqual(visitor.location, "/users/a%2Fb?x=1&y=2")

    def test_a_user_who_is_there_looks_like_one_who_is_not(self):
        """By the text, and by the time: medians of 200 tries each, in turn."""
        # Each name has ten tries, so there are many; and each try an address of its own.
        service = Service("--behind-proxy", "127.0.0.1").initialise()
        file = f"{service.folder}/password"
        with open(file, "w") as out:
            out.write(PASSWORD)
        for index in range(20):
            service.vmfa("user", "create", f"user{index}", "--password-file", file)
        service.start()
        times, texts = {True: [], False: []}, set()
        for index in range(200):
            for there in (True, False) if index % 2 else (False, True):
                visitor = Visitor(service, headers={"X-Forwarded-For": f"192.0.2.{index % 250}"})
                visitor.get("/signin")
                token, name = visitor.token, f"{'user' if there else 'none'}{index % 20}"
                begun = time.perf_counter()
                status = visitor.post("/signin", token=token, user=name, password="wrong-password")
                times[there].append(time.perf_counter() - begun)
                self.assertEqual(status, 403)
                texts.add(re.sub(r'value="[^"]*"', "", visitor.body))
        self.assertEqual(len(texts), 1)
        medians = {there: statistics.median(taken) for there, taken in times.items()}
        ratio = max(medians.values()) / min(medians.values())
        print(f"medians: {medians}, ratio {ratio:.3f}")
        self.assertLess(ratio, 1.1, medians)
        self.assertEqual(service.stop(), 0)

    def test_too_many_passwords(self):
        name = self.user()
        visitor = self.visitor()
        statuses = [visitor.sign_in(name, "wrong-password") for _ in range(11)]
        # A window may have ended in between: then they begin anew.
        if 429 not in statuses:
            statuses = [visitor.sign_in(name, "wrong-password") for _ in range(11)]
        self.assertIn(429, statuses)
        self.assertRegex(visitor.error, r"Try again in \d+ (second|minute)")
        self.assertGreater(int(visitor.answer.headers["Retry-After"]), 0)
        self.assertEqual(visitor.sign_in(name, PASSWORD), 429)
        self.assertEqual([visitor.sign_in("no-one-" + name, "x") for _ in range(11)][-1], 429)

    def test_cookies(self):
        visitor = self.signed_in(self.user())
        (held,) = [line for line in visitor.set_cookies if "Max-Age" not in line]
        self.assertEqual(
            [part.strip() for part in held.split(";")][1:], ["Path=/", "HttpOnly", "SameSite=Strict"])
        # A proxy that is not trusted says nothing of TLS.
        liar = self.visitor(headers={"X-Forwarded-Proto": "https"})
        liar.get("/signin")
        self.assertNotIn("Secure", liar.set_cookies[0])
        service = Service("--behind-proxy", "127.0.0.1").initialise().start()
        visitor = Visitor(service, headers={"X-Forwarded-Proto": "https"})
        visitor.get("/signin")
        self.assertTrue(visitor.set_cookies[0].startswith("__Host-vmfa-form="))
        self.assertIn("; Secure", visitor.set_cookies[0])
        self.assertIn("max-age=31536000", visitor.answer.headers["Strict-Transport-Security"])
        self.assertEqual(service.stop(), 0)

    def test_devices_of_others_are_not_there(self):
        name, device = self.user(device=True)
        owner = self.signed_in(name, device)
        owner.get("/security-credentials")
        path = re.search(r'href="(/security-credentials/devices/[^"]+)/remove"', owner.body)[1]
        thief = self.signed_in(self.user())
        self.assertEqual(thief.get(f"{path}/remove"), 404)
        thief.get("/")
        self.assertEqual(thief.post(f"{path}/remove", code="123456"), 404)
        self.assertEqual(thief.post(f"{path}/codes", code1="123456", code2="654321"), 404)

    def test_no_secret_comes_twice(self):
        visitor = self.signed_in(self.user())
        secret = self.assign(visitor, f"phone{time.time_ns()}")
        for path in ("/", "/security-credentials"):
            visitor.get(path)
            self.assertNotIn(secret[:8], visitor.body.replace(" ", ""))
        self.assertNotIn(secret, self.service.logged())


if __name__ == "__main__":
    unittest.main()
