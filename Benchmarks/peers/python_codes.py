"""Codes by pyotp and django-otp: lines `NAME COUNT` as oath-bench reads them, answered with nanoseconds; `NAME-code STEP`
with the code of a step."""
import base64
import sys
import time

import pyotp
from django_otp.oath import TOTP

SEED = b"12345678901234567890"
TEXT = base64.b32encode(SEED).decode()
FIRST = 59_000_000
REACH = 2880
ONCE = pyotp.TOTP(TEXT), TOTP(SEED)


def django_code(totp, step):
    totp.time = step * 30
    return totp.token()


def pyotp_step(step):
    return ONCE[0].at(step * 30)


def pyotp_fresh(step):
    return pyotp.TOTP(TEXT).at(step * 30)


def pyotp_scan(step):
    return ONCE[0].verify("000004", for_time=step * 30, valid_window=REACH)


def django_step(step):
    return django_code(ONCE[1], step)


def django_fresh(step):
    return django_code(TOTP(SEED), step)


def django_scan(step):
    ONCE[1].time = step * 30
    return ONCE[1].verify(4, tolerance=REACH)


WORK = {
    "step-pyotp": pyotp_step, "fresh-pyotp": pyotp_fresh, "scan-pyotp": pyotp_scan,
    "step-django": django_step, "fresh-django": django_fresh, "scan-django": django_scan,
}

for line in sys.stdin:
    name, number = line.split()
    if name.endswith("-code"):
        print(f"{int(WORK[name.removesuffix('-code')](int(number))):06}", flush=True)
        continue
    work = WORK[name]
    start = time.perf_counter_ns()
    for step in range(FIRST, FIRST + int(number)):
        work(step)
    print(time.perf_counter_ns() - start, flush=True)
