"""One code, one step, one scan, one verification in memory: nothing but arithmetic, in workers of their own."""
import os

from harness import Comparison, Participant
from tools import PEERS
from worker import Worker

STEP, FRESH = "a step, the key set", "a code, the key given anew"
SCAN, VERIFY = "a search of ±2880 steps", "a verification, store in memory"
# Of some 20 ms each, so that what one has beside it the others have too.
TURNS = 15


def comparisons(tools):
    with Worker(tools.oath_bench) as ours, Worker(tools.python, os.path.join(PEERS, "python_codes.py")) as python:
        check_that_all_agree(ours, python)

        def compare(title, *names):
            return Comparison(title, "s", [
                Participant(label, (python if name.endswith(("pyotp", "django")) else ours).timed(name))
                for label, name in names], turns=TURNS)

        yield compare(
            FRESH, ("vmfa", "fresh"), ("EVP_MAC in C", "fresh-evp"),
            ("liboath `oath_totp_generate`", "fresh-liboath"), ("pyotp", "fresh-pyotp"), ("django-otp", "fresh-django"))
        yield compare(
            STEP, ("vmfa", "step"), ("EVP_MAC in C", "step-evp"),
            ("two SHA-1 compressions", "step-sha1"), ("liboath `oath_totp_generate`", "fresh-liboath"),
            ("pyotp", "step-pyotp"), ("django-otp", "step-django"))
        yield compare(
            SCAN, ("vmfa, for a pair", "scan"), ("liboath, for one code", "scan-liboath"),
            ("pyotp, for one code", "scan-pyotp"), ("django-otp, for one code", "scan-django"))
        yield compare(VERIFY, ("vmfa", "verify"))


def check_that_all_agree(ours, python):
    """What computes something else is not compared."""
    for step in (1, 59_000_000, 59_000_001):
        codes = {ours.ask(f"code {step}")} | {python.ask(f"{name}-code {step}") for name in ("step-pyotp", "step-django")}
        if len(codes) != 1:
            raise SystemExit(f"compare: at step {step} they have different codes: {codes}")
