"""A privacyIDEA server of one's own, set up as its manual recommends for an installation from PyPI: Apache with mod_wsgi
(one process of 15 threads) in front of MariaDB. Everything is in one folder, and ends with the `with` block.

TOTP tokens u0, u1, ... have the seeds that verifier-load gives to the devices of its users u0, u1, ...

Knows where Debian keeps Apache's modules.
"""
import os
import pwd
import secrets
import subprocess
import time
import urllib.error

from load import request
from tools import found

MODULES = "/usr/lib/apache2/modules"
# Whom the servers run as where they are started by root.
OWNER = "www-data"
CONFIGURATION = """
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
User {owner}
Group {owner}
LoadModule mpm_event_module {modules}/mod_mpm_event.so
LoadModule authz_core_module {modules}/mod_authz_core.so
LoadModule wsgi_module {modules}/mod_wsgi.so
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
        self.folder, self.venv = folder, venv
        self.address = f"http://127.0.0.1:{port}"
        self.servers = []
        try:
            self.write_configuration(port)
            self.start_database()
            for step in ("create_enckey", "create_audit_keys", "create_tables"):
                self.run([self.program("pi-manage"), "setup", step])
            self.run([self.program("python"), "-W", "ignore", "-c", TOKENS, self.path("pi.cfg"), str(tokens)])
            self.start_apache()
        except BaseException:
            self.end()
            raise

    def path(self, name):
        return os.path.join(self.folder, name)

    def program(self, name):
        return os.path.join(self.venv, "bin", name)

    def write_configuration(self, port):
        for name, text in (("pi.cfg", CONFIGURATION), ("privacyidea.wsgi", APPLICATION), ("apache.conf", SITE)):
            with open(self.path(name), "w") as file:
                file.write(text.format(
                    folder=self.folder, venv=self.venv, port=port, owner=OWNER, modules=MODULES,
                    secret=secrets.token_hex(24), pepper=secrets.token_hex(24)))

    def start_database(self):
        data = self.path("mysql")
        os.mkdir(data)
        self.give_away(data)
        owner = [f"--user={OWNER}"] if os.getuid() == 0 else []
        self.run([found("mariadb-install-db"), "--no-defaults", f"--datadir={data}",
                  "--auth-root-authentication-method=normal", "--skip-test-db", *owner])
        self.start([found("mariadbd"), "--no-defaults", f"--datadir={data}", f"--socket={data}/socket",
                    "--skip-networking", *owner], "mysql.log")
        self.wait(lambda: self.run(
            [found("mariadb"), f"--socket={data}/socket", "-u", "root", "-e", "CREATE DATABASE pi"]), "mysql.log")

    def start_apache(self):
        # It reads the keys, and writes the log.
        for name in ("pi.cfg", "enckey", "private.pem", "public.pem", "privacyidea.log", ""):
            if os.path.exists(self.path(name)):
                self.give_away(self.path(name))
        self.start([found("apache2"), "-f", self.path("apache.conf"), "-DFOREGROUND"], "apache.log")
        # It loads much of itself at its first checks: those of a token that is not there.
        for _ in range(20):
            self.wait(lambda: request(f"{self.address}/validate/check", b"serial=nobody&pass=123456"), "apache.log")

    @staticmethod
    def give_away(path):
        if os.getuid() == 0:
            account = pwd.getpwnam(OWNER)
            os.chown(path, account.pw_uid, account.pw_gid)

    def start(self, command, log):
        with open(self.path(log), "a") as output:
            self.servers.append(subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=output))

    def run(self, command):
        environment = dict(os.environ, PRIVACYIDEA_CONFIGFILE=self.path("pi.cfg"))
        run = subprocess.run(command, env=environment, capture_output=True, text=True)
        if run.returncode:
            raise Failed(f"compare: {' '.join(command[:3])} failed: {(run.stderr or run.stdout)[-1000:]}")

    def wait(self, attempt, log):
        """Until the attempt succeeds, or gets an answer that is one."""
        for _ in range(300):
            try:
                return attempt()
            except urllib.error.HTTPError as error:
                if error.code < 500:
                    return None
            except (OSError, Failed):
                pass
            if self.servers[-1].poll() is not None:
                break
            time.sleep(0.1)
        with open(self.path(log)) as file:
            raise Failed(f"compare: {self.servers[-1].args[0]} does not come up: {file.read()[-1000:]}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end()

    def end(self):
        for server in reversed(self.servers):
            server.terminate()
        for server in self.servers:
            server.wait()
