"""A privacyIDEA server of one's own, set up as its manual recommends for an installation from PyPI: Apache with mod_wsgi
(one process of 15 threads) in front of MariaDB. Everything is in one folder, and gone with it.

TOTP tokens u0, u1, ... have the seeds that verifier-load gives to the devices of its users u0, u1, ...
"""
import os
import pwd
import secrets
import subprocess
import time
import urllib.error
import urllib.request

MODULES = "/usr/lib/apache2/modules"
CONFIGURATION = """
import os
SQLALCHEMY_DATABASE_URI = "mysql+pymysql://root@localhost/pi?unix_socket={folder}/mysql/socket"
# As many as its threads may want at once: with SQLAlchemy's own 15 they wait for each other at 64 requests.
SQLALCHEMY_ENGINE_OPTIONS = {{"pool_size": 40, "max_overflow": 40}}
SUPERUSER_REALM = ["super"]
SECRET_KEY = "{secret}"
PI_PEPPER = "{pepper}"
PI_ENCFILE = "{folder}/enckey"
PI_AUDIT_KEY_PRIVATE = "{folder}/private.pem"
PI_AUDIT_KEY_PUBLIC = "{folder}/public.pem"
PI_LOGFILE = "{folder}/privacyidea.log"
PI_LOGLEVEL = 30
"""
APPLICATION = """
from privacyidea.app import create_app
application = create_app(config_name="production", config_file="{folder}/pi.cfg")
"""
SITE = """
ServerRoot {folder}
ServerName localhost
Listen 127.0.0.1:{port}
PidFile {folder}/apache.pid
ErrorLog {folder}/apache.log
DefaultRuntimeDir {folder}
User www-data
Group www-data
{modules}
WSGISocketPrefix {folder}/wsgi
WSGIDaemonProcess privacyidea processes=1 threads=15 python-home={venv}
WSGIProcessGroup privacyidea
WSGIApplicationGroup %{{GLOBAL}}
WSGIPassAuthorization On
WSGIScriptAlias / {folder}/privacyidea.wsgi
<Directory {folder}>
  Require all granted
</Directory>
"""
TOKENS = """
import sys
from privacyidea.app import create_app
from privacyidea.lib.token import init_token
with create_app(config_name="production", config_file=sys.argv[1], silent=True).app_context():
    for index in range(int(sys.argv[2])):
        user = f"u{index}"
        seed = (user + "-" * 20)[:20].encode()
        init_token({"type": "totp", "serial": user, "otpkey": seed.hex(), "otplen": 6, "timeStep": 30, "hashlib": "sha1"})
"""


class Failed(SystemExit):
    """A command of the installation did not work."""


class PrivacyIDEA:
    def __init__(self, folder, venv, port, tokens):
        self.folder, self.venv, self.database = folder, venv, None
        self.address = f"http://127.0.0.1:{port}"
        self.write_configuration(port)
        try:
            self.set_up(tokens)
        except BaseException:
            self.end()
            raise

    def write_configuration(self, port):
        for name, text in (("pi.cfg", CONFIGURATION), ("privacyidea.wsgi", APPLICATION), ("apache.conf", SITE)):
            with open(os.path.join(self.folder, name), "w") as file:
                file.write(text.format(
                    folder=self.folder, venv=self.venv, port=port, secret=secrets.token_hex(24), pepper=secrets.token_hex(24),
                    modules="\n".join(
                        f"LoadModule {name}_module {MODULES}/mod_{name}.so"
                        for name in ("mpm_event", "authz_core", "wsgi"))))

    def set_up(self, tokens):
        self.database = self.start_database()
        for step in (["setup", "create_enckey"], ["setup", "create_audit_keys"], ["setup", "create_tables"]):
            self.manage(*step)
        self.python("-c", TOKENS, os.path.join(self.folder, "pi.cfg"), str(tokens))
        self.give_away()
        self.apache("start")
        # It loads much of itself at its first checks: those of a token that is not there.
        for _ in range(20):
            self.wait(lambda: urllib.request.urlopen(
                f"{self.address}/validate/check", b"serial=nobody&pass=123456", timeout=20), "Apache")

    def start_database(self):
        data = os.path.join(self.folder, "mysql")
        os.mkdir(data)
        owner = ["--user=mysql"] if os.getuid() == 0 else []
        if owner:
            account = pwd.getpwnam("mysql")
            os.chown(data, account.pw_uid, account.pw_gid)
        self.run(["mariadb-install-db", "--no-defaults", f"--datadir={data}", "--auth-root-authentication-method=normal",
                  "--skip-test-db", *owner])
        process = subprocess.Popen(
            ["mariadbd", "--no-defaults", f"--datadir={data}", f"--socket={data}/socket", "--skip-networking", *owner],
            stdout=subprocess.DEVNULL, stderr=open(os.path.join(self.folder, "mysql.log"), "w"))
        self.wait(lambda: self.run(["mariadb", f"--socket={data}/socket", "-u", "root", "-e", "CREATE DATABASE pi"]),
                  "MariaDB")
        return process

    def give_away(self):
        """Apache's processes read the keys and write the log."""
        if os.getuid() == 0:
            account = pwd.getpwnam("www-data")
            for name in ("pi.cfg", "enckey", "private.pem", "public.pem", "privacyidea.log"):
                path = os.path.join(self.folder, name)
                if os.path.exists(path):
                    os.chown(path, account.pw_uid, account.pw_gid)
            os.chown(self.folder, account.pw_uid, account.pw_gid)

    def apache(self, action):
        self.run(["apache2", "-f", os.path.join(self.folder, "apache.conf"), "-k", action])

    def manage(self, *arguments):
        self.run([os.path.join(self.venv, "bin", "pi-manage"), *arguments])

    def python(self, *arguments):
        self.run([os.path.join(self.venv, "bin", "python"), "-W", "ignore", *arguments])

    def run(self, command):
        environment = dict(os.environ, PRIVACYIDEA_CONFIGFILE=os.path.join(self.folder, "pi.cfg"))
        run = subprocess.run(command, env=environment, capture_output=True, text=True)
        if run.returncode:
            raise Failed(f"compare: {' '.join(command[:3])} failed: {(run.stderr or run.stdout)[-1000:]}")

    @staticmethod
    def wait(attempt, what):
        for _ in range(200):
            try:
                return attempt()
            except urllib.error.HTTPError:
                return  # it answers
            except (OSError, Failed):
                time.sleep(0.1)
        raise SystemExit(f"compare: {what} does not come up")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end()

    def end(self):
        if os.path.exists(os.path.join(self.folder, "apache.pid")):
            self.apache("stop")
        if self.database:
            self.database.terminate()
            self.database.wait()
