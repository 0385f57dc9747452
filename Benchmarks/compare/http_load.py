"""Verifications over HTTP: 64 connections, each request a fresh right code of another device, audit on."""
import os
import re

from harness import Comparison, Participant
from load import Service, free_port, p99, requests_per_second, sqlite, wait_for_new_step, wrk
from privacyidea import PrivacyIDEA
from tools import PEERS

DEVICES = 100_000
CONSTANT = "/constant/USER/verify"
# In which there are no more requests than devices, each of which has one code.
SECONDS = 3
# The server is at work when it is measured, by either route: not as it wakes up, after half a minute of somebody else's work.
WARMING_SECONDS = 1
# The codes of neighbouring steps are the same once in a million: then the second is spent with the first.
ALIKE = 3
# More than privacyIDEA gets through in one measurement.
TOKENS = 1500


def comparisons(tools):
    folder = tools.folder("http")
    verifiers, database = sqlite(tools, "http", DEVICES)
    with verifiers, Service(tools, database, folder) as service, \
            PrivacyIDEA(tools.folder("privacyidea"), tools.privacyidea, free_port(), TOKENS) as peer:
        yield from measure(verifiers, service, peer, os.path.join(folder, "codes"))


def measure(verifiers, service, peer, codes):
    latencies, peer_latencies = [], []

    def verify():
        wait_for_new_step()
        verifiers.write_codes(codes)
        # Spends none of them.
        service.wrk(CONSTANT, codes, WARMING_SECONDS)
        before = service.verifications()
        output = service.wrk("/v1/users/USER/verify", codes, SECONDS)
        accepted, rejected = (after - count for after, count in zip(service.verifications(), before))
        if rejected > ALIKE or not accepted:
            raise SystemExit(f"compare: {accepted} right codes were accepted, {rejected} were not")
        latencies.append(p99(output))
        return requests_per_second(output)

    def constant():
        return requests_per_second(service.wrk(CONSTANT, codes, SECONDS))

    def privacyidea():
        # Still in the same step: its codes are those that were written for it, and its tokens are not vmfa's devices.
        output = wrk(os.path.join(PEERS, "privacyidea.lua"), peer.address, 8, 1, codes)
        accepted, refused = map(int, re.search(r"Accepted: (\d+) refused: (\d+)", output).groups())
        if refused or not accepted:
            raise SystemExit(
                f"compare: privacyIDEA accepted {accepted} right codes and refused {refused}: are {TOKENS} tokens too few?")
        peer_latencies.append(p99(output))
        return requests_per_second(output)

    # In this order: codes are right for as long as their step, and the next ones are waited for.
    yield Comparison("verifications over HTTP, durable (SQLite), 64 connections", "/s", [
        Participant("`vmfa serve`, POST /v1/users/…/verify", verify),
        Participant("the same route, answering a constant", constant),
        Participant("privacyIDEA, POST /validate/check (Apache, mod_wsgi, MariaDB)", privacyidea),
    ], rotates=False)
    yield Comparison("the 99th percentile of that", "s", [
        Participant("`vmfa serve`", iter(latencies).__next__), Participant("privacyIDEA", iter(peer_latencies).__next__)])
