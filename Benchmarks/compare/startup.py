"""Whole commands, from the start of the process to its end."""
import hashlib
import os
import secrets
import subprocess

from harness import Comparison, Participant, seconds

SEED = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
RUNS = 21


def comparisons(tools):
    folder = tools.folder("startup")
    seed = os.path.join(folder, "seed")
    with open(seed, "w") as file:
        file.write(SEED)

    codes = {run_once(command, seed) for command in ([tools.vmfa, "code", "-"], ["oathtool", "--totp", "-b", "-"])}
    assert len(codes) <= 2, codes  # two where a step ended between them
    yield Comparison("a code, from start to end of the process", "s", [
        Participant("`vmfa code -`", command([tools.vmfa, "code", "-"], seed)),
        Participant("`oathtool --totp -b -`", command(["oathtool", "--totp", "-b", "-"], seed)),
    ])

    environment = dict(os.environ, HOME=folder)
    passphrase = os.path.join(folder, "passphrase")
    with open(passphrase, "w") as file:
        file.write(secrets.token_hex(16))
    os.chmod(passphrase, 0o600)
    with_passphrase = ["--passphrase-file", passphrase]
    subprocess.run([tools.vmfa, "vault", "init", *with_passphrase], env=environment, check=True, stdout=subprocess.DEVNULL)
    with open(seed) as file:
        subprocess.run([tools.vmfa, "add", "work", *with_passphrase], stdin=file, env=environment, check=True,
                       stdout=subprocess.DEVNULL)
    yield Comparison("a code of a vault: unlock, print", "s", [
        Participant("`vmfa code work`", command([tools.vmfa, "code", "work", *with_passphrase], os.devnull, environment)),
        Participant("its scrypt (N 2¹⁵, r 8, p 1) alone", scrypt),
    ])


def run_once(command, standard_input, environment=None):
    with open(standard_input) as file:
        return subprocess.run(command, stdin=file, env=environment, check=True, capture_output=True).stdout.strip()


def command(command, standard_input, environment=None):
    """The fastest of some runs: what the command itself takes, without what else the machine did at the time."""
    return lambda: min(seconds(lambda: run_once(command, standard_input, environment)) for _ in range(RUNS))


def scrypt():
    return seconds(lambda: hashlib.scrypt(b"passphrase", salt=b"salt", n=1 << 15, r=8, p=1, maxmem=64 << 20))
