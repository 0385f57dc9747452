"""Verifications that are on the disk before they are answered: by callers, and by devices."""
import os
import sqlite3
import subprocess
import time
from contextlib import ExitStack

from harness import Comparison, Participant
from load import Verifiers, sqlite
from tools import ROOT, found

CALLERS = (1, 8, 64)
# Attempts in one measurement: a second or two of them.
COUNTS = {1: 2000, 8: 6400, 64: 12800}
DEVICES = 10_000
SIZES = (1_000, 100_000, 1_000_000)


def by_callers(tools):
    with sqlite(tools, "callers", DEVICES)[0] as verifiers:
        floor = sqlite_floor(os.path.join(tools.kept, "floor.db"))
        for callers in CALLERS:
            yield Comparison(f"durable verifications, SQLite, {of_callers(callers)}", "/s", [
                Participant("vmfa", verifiers.rate(callers, COUNTS[callers])),
                Participant("one durable one-row transaction after the other", floor),
            ])
    with PostgreSQL(tools) as server, Verifiers(tools, server.url("verifier"), DEVICES).fill() as verifiers:
        for callers in CALLERS:
            yield Comparison(f"durable verifications, PostgreSQL, {of_callers(callers)}", "/s", [
                Participant("vmfa", verifiers.rate(callers, COUNTS[callers] // 2)),
                Participant(f"pgbench: durable one-row transactions, {callers} at once", server.floor(callers)),
            ])


def by_devices(tools):
    with ExitStack() as stack:
        verifiers = [stack.enter_context(sqlite(tools, "devices", size)[0]) for size in SIZES]
        yield of_sizes("SQLite", verifiers)
        yield Comparison("its memory after that", "B", [
            Participant(f"{size:,} devices", of.resident) for size, of in zip(SIZES, verifiers)])
    with PostgreSQL(tools) as server, ExitStack() as stack:
        verifiers = [
            stack.enter_context(Verifiers(tools, server.url(f"verifier{size}"), size).fill())
            # A million take it a quarter of an hour to make, and it is made anew each time.
            for size in SIZES[:2]]
        yield of_sizes("PostgreSQL", verifiers)


def of_sizes(store, verifiers):
    return Comparison(f"durable verifications, {store}, 64 callers", "/s", [
        Participant(f"{size:,} devices", of.rate(64, COUNTS[64])) for size, of in zip(SIZES, verifiers)])


def of_callers(count):
    return "1 caller" if count == 1 else f"{count} callers"


def sqlite_floor(path):
    """Beside the databases that are measured: on the same disk."""
    database = sqlite3.connect(path, isolation_level=None)
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = FULL")
    database.execute("CREATE TABLE IF NOT EXISTS row (only_row INTEGER PRIMARY KEY, value INTEGER)")
    database.execute("INSERT OR IGNORE INTO row VALUES (1, 0)")

    def measure(count=1000):
        start = time.perf_counter()
        for _ in range(count):
            database.execute("BEGIN IMMEDIATE")
            database.execute("UPDATE row SET value = value + 1")
            database.execute("COMMIT")
        return count / (time.perf_counter() - start)
    return measure


class PostgreSQL:
    """A private server."""

    def __init__(self, tools):
        self.folder = tools.folder("postgresql")

    def __enter__(self):
        self.process = subprocess.Popen(
            [os.path.join(ROOT, "Scripts", "postgresql"), "run", self.folder], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, text=True)
        if self.process.stdout.readline() != "ready\n":
            raise SystemExit("compare: PostgreSQL does not start: see Scripts/postgresql")
        self.psql("CREATE TABLE floor (id INTEGER PRIMARY KEY, value INTEGER)")
        self.psql("INSERT INTO floor SELECT g, 0 FROM generate_series(1, 64) g")
        with open(os.path.join(self.folder, "floor.sql"), "w") as file:
            file.write("UPDATE floor SET value = value + 1 WHERE id = :client_id + 1;\n")
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait()

    def connection(self, database):
        return f"postgresql:///{database}?host={self.folder}/socket&user=vmfa"

    def psql(self, sql):
        subprocess.run(["psql", "-X", "-q", self.connection("postgres"), "-c", sql], check=True)

    def url(self, database):
        self.psql(f"CREATE DATABASE {database}")
        return self.connection(database)

    def floor(self, callers):
        def measure():
            run = subprocess.run(
                [found("pgbench"), "-n", "-M", "prepared", "-c", str(callers), "-j", "2", "-T", "2", "-f",
                 os.path.join(self.folder, "floor.sql"), self.connection("postgres")],
                check=True, capture_output=True, text=True)
            return float(run.stdout.split("tps = ")[1].split()[0])
        return measure
