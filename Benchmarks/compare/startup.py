"""Whole commands, from the start of the process to its end."""
import hashlib
import os
import secrets
import subprocess

from harness import Comparison, Participant, fastest
from tools import found, write_secret

SEED = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
RUNS = 21


def comparisons(tools):
    folder = tools.folder("startup")
    environment = dict(os.environ, HOME=folder)
    seed, passphrase = os.path.join(folder, "seed"), os.path.join(folder, "passphrase")
    for path, text in ((seed, SEED), (passphrase, secrets.token_hex(16))):
        write_secret(path, text)

    def timed(*command, standard_input=seed):
        return fastest(lambda: run(command, standard_input, environment), RUNS)

    oathtool = found("oathtool")
    check_that_both_agree(tools.vmfa, oathtool, seed)
    yield Comparison("a code, from start to end of the process", "s", [
        Participant("`vmfa code -`", timed(tools.vmfa, "code", "-")),
        Participant("`oathtool --totp -b -`", timed(oathtool, "--totp", "-b", "-")),
        Participant("`true`: what a process costs", timed(found("true"))),
    ])

    opened = ["--passphrase-file", passphrase]
    for command in (["vault", "init"], ["add", "work"]):
        with open(seed) as file:
            subprocess.run([tools.vmfa, *command, *opened], stdin=file, env=environment, check=True,
                           stdout=subprocess.DEVNULL)
    yield Comparison("a code of a vault: unlock, print", "s", [
        Participant("`vmfa code work`", timed(tools.vmfa, "code", "work", *opened, standard_input=os.devnull)),
        Participant("its scrypt (N 2¹⁵, r 8, p 1) alone", fastest(scrypt, RUNS)),
    ])


def run(command, standard_input, environment):
    """With as little around it as there can be."""
    process = os.posix_spawn(command[0], command, environment, file_actions=[
        (os.POSIX_SPAWN_OPEN, 0, standard_input, os.O_RDONLY, 0), (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)])
    _, status = os.waitpid(process, 0)
    if status:
        raise SystemExit(f"compare: {' '.join(command)} ended with {os.waitstatus_to_exitcode(status)}")


def check_that_both_agree(vmfa, oathtool, seed):
    def codes():
        for command in ([vmfa, "code", "-"], [oathtool, "--totp", "-b", "-"]):
            with open(seed) as file:
                yield subprocess.run(command, stdin=file, check=True, capture_output=True).stdout.strip()
    # A second try where a step ended between the two.
    if len(set(codes())) != 1 and len(set(codes())) != 1:
        raise SystemExit("compare: vmfa and oathtool have different codes")


def scrypt():
    hashlib.scrypt(b"passphrase", salt=b"salt", n=1 << 15, r=8, p=1, maxmem=64 << 20)
