"""Verifications over HTTP: 64 connections, each request a fresh right code of another device, audit on."""
import os
import re
import sys

from harness import Comparison, Participant
from load import Service, free_port, p99, requests_per_second, sqlite, wait_for_new_step, wrk

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "peers"))
from privacyidea import PrivacyIDEA  # noqa: E402

DEVICES = 100_000
# More than privacyIDEA gets through in one measurement.
TOKENS = 600
PEER_SCRIPT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "peers", "privacyidea.lua")


def comparisons(tools):
    folder = tools.folder("http")
    verifiers, database = sqlite(tools, DEVICES)
    with verifiers, Service(tools, database) as service, \
            PrivacyIDEA(folder, tools.privacyidea, free_port(), TOKENS) as peer:
        yield from measure(verifiers, service, peer, os.path.join(folder, "codes"))


def measure(verifiers, service, peer, codes):
    latencies = []

    def verify():
        wait_for_new_step()
        verifiers.write_codes(codes)
        output = service.wrk("/v1/users/USER/verify", codes, 8)
        assert "Non-2xx" not in output, output
        latencies.append(p99(output))
        return requests_per_second(output)

    def constant():
        return requests_per_second(service.wrk("/constant/USER/verify", codes, 5))

    def privacyidea():
        # Still in the same step: its codes are those that were written for it, and its tokens are not vmfa's devices.
        output = wrk(PEER_SCRIPT, peer.address, 8, 1, codes)
        accepted, refused = re.search(r"Accepted: (\d+) refused: (\d+)", output).groups()
        assert int(refused) == 0 < int(accepted), output
        return requests_per_second(output)

    yield Comparison("verifications over HTTP, durable (SQLite), 64 connections", "/s", [
        Participant("`vmfa serve`, POST /v1/users/…/verify", verify),
        Participant("the same route, answering a constant", constant),
        Participant("privacyIDEA, POST /validate/check (Apache, mod_wsgi, MariaDB)", privacyidea),
    ])
    yield Comparison("their 99th percentile", "s", [Participant("`vmfa serve`", iter(latencies).__next__)])
