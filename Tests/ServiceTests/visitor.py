"""A browser without a screen and without scripts: cookies, forms, redirects; for the tests of the pages."""

import html
import http.client
import re
import urllib.parse


class Visitor:
    def __init__(self, service, host="127.0.0.1", headers=None):
        self.service = service
        self.port = service.port
        self.headers = headers or {}
        self.cookies = {}
        self.body = ""

    def send(self, method, path, body=None, headers=None):
        """The status; what came is in `body`, `answer` and `location`."""
        sent = dict(self.headers)
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if body is not None:
            sent["Content-Type"] = "application/x-www-form-urlencoded"
        sent.update(headers or {})
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request(method, path, body, sent)
        self.answer = connection.getresponse()
        self.body = self.answer.read().decode()
        connection.close()
        self.set_cookies = self.answer.headers.get_all("Set-Cookie") or []
        for line in self.set_cookies:
            name, value = line.split(";")[0].split("=", 1)
            if "Max-Age=0" in line:
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = value
        self.location = self.answer.headers.get("Location")
        return self.answer.status

    def get(self, path, **options):
        return self.send("GET", path, **options)

    @property
    def token(self):
        return re.search(r'name="token" value="([0-9a-f]{64})"', self.body)[1]

    def post(self, path, token=True, headers=None, **fields):
        """Sends a form, with what is hidden in the one of the page that is shown."""
        form = re.search(rf'<form method="post" action="{re.escape(html.escape(path))}">(.*?)</form>', self.body, re.S)
        hidden = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form[1] if form else "")
        sent = {name: html.unescape(value) for name, value in hidden if name != "token"}
        if token:
            sent["token"] = self.token if token is True else token
        fields = {**sent, **fields}
        return self.send("POST", path, urllib.parse.urlencode(fields), headers)

    @property
    def session(self):
        return next((value for name, value in self.cookies.items() if name.endswith("vmfa-session")), None)

    def sign_in(self, user, password, **fields):
        self.get("/signin")
        return self.post("/signin", user=user, password=password, **fields)

    @property
    def text(self):
        """What a person reads."""
        return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", self.body))).strip()

    @property
    def title(self):
        return re.search(r"<h1>(.*?)</h1>", self.body)[1]

    @property
    def error(self):
        """The text of the error that is tied to a field, or of the alert."""
        found = re.search(r'class="error" id="(\w+)-error">(.*?)<', self.body)
        if found:
            assert f'aria-describedby' in self.body and f'{found[1]}-error"' in self.body, self.body
            return html.unescape(found[2])
        found = re.search(r'role="alert">(.*?)<', self.body)
        return html.unescape(found[1]) if found else None
