"""A test of power loss: nothing that was answered is forgotten, wherever the power fails.

    cuts.py CUTS [--without log|database]

Runs verifier-load on SQLite under the recorder beside this file, again and again: verifications, checkpoints, ends and starts.
For each of CUTS moments of a run it makes the folder that a disk may hold after a loss of power. What was synced is there. Of
everything else any write may be missing, whole, or torn between sectors; names of files that were made or removed may be as
before. verifier-load opens each folder, and looks at the database, at the audit trail, and at every code that was accepted
in an answer before the cut: it has to be spent.

With --without the syncs of one kind of file count for nothing, which has to be noticed. Says one line, and ends with 1 where
something did not hold; with KEEP set, the folder that shows it stays. Runs verifier-load from PATH.
"""
import json, os, random, secrets, shutil, struct, subprocess, sys, tempfile, time

HERE = os.path.dirname(os.path.abspath(__file__))
USERS, CALLERS = 24, 12
# Cuts of one run, seconds of load in each of its two lives, and the length of a log that is carried over.
CUTS_PER_RUN, SECONDS, FRAMES = 125, 0.35, 120
HEADER = struct.Struct("<ciqi")


class Loader:
    """One verifier-load."""

    def __init__(self, database, **environment):
        self.process = subprocess.Popen(
            ["verifier-load", f"sqlite:{database}"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env={**os.environ, **environment})
        self.read()

    def tell(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def read(self):
        return self.process.stdout.readline().rstrip("\n")

    def ask(self, line):
        self.tell(line)
        return self.read()

    def end(self):
        self.process.stdin.close()
        answers = self.process.stdout.read()
        if self.process.wait() != 0:
            raise SystemExit(f"FAILED: verifier-load ended with {self.process.returncode}: {answers[-300:]}")


class Disk:
    """What a disk holds for sure, and what may be on it, as the events of a record go by."""

    def __init__(self, folder, ignored):
        self.ignored = ignored
        self.content, self.names = {}, {}
        for name in os.listdir(folder):
            if name.endswith(("-shm", ".lock")):
                continue
            with open(os.path.join(folder, name), "rb") as file:
                self.add(os.path.join(folder, name), bytearray(file.read()))
        self.now = dict(self.names)  # as the program sees them
        self.pending = {file: [] for file in self.content}  # writes that may be missing
        self.pending_names = []
        self.handles, self.begun, self.answered = {}, {}, {}
        self.syncs = {"log": 0, "database": 0, "folder": 0}

    def add(self, path, content):
        self.content[len(self.content)] = content
        self.names[path] = len(self.content) - 1

    def take(self, number, kind, handle, offset, data):
        if kind == "P":
            self.handles, self.begun = {}, {}
        elif kind in "CO":
            self.open(number, kind == "C", handle, data.decode())
        elif kind in "WT" and self.handles[handle] is not None:
            self.pending[self.handles[handle]].append((number, kind, offset, data))
        elif kind == "B":
            self.begun[offset] = number
        elif kind == "E":
            self.sync(self.handles[handle], self.begun.pop(offset))
        elif kind == "U":
            self.pending_names.append((number, data.decode(), None))
            self.now.pop(data.decode(), None)
        elif kind == "A":
            for line in data.decode().splitlines():
                if line.startswith("+ "):
                    _, user, step = line.split()
                    self.answered[user] = max(int(step), self.answered.get(user, 0))

    def open(self, number, is_new, handle, path):
        if os.path.isdir(path):
            self.handles[handle] = None
            return
        if is_new or path not in self.now:
            file = len(self.content)
            self.content[file], self.pending[file] = bytearray(), []
            self.now[path] = file
            self.pending_names.append((number, path, file))
        self.handles[handle] = self.now[path]

    def sync(self, file, begun):
        """What was done before is there from now on: names for a folder, content for a file."""
        if file is None:
            done = [change for change in self.pending_names if change[0] < begun]
            self.pending_names = self.pending_names[len(done):]
            self.syncs["folder"] += 1
            for change in done:
                rename(self.names, change)
            return
        path = next((path for path, other in self.now.items() if other == file), "")
        kind = "log" if path.endswith("-wal") else "database"
        self.syncs[kind] += 1
        if kind == self.ignored:
            return
        writes = self.pending[file]
        count = sum(1 for write in writes if write[0] < begun)
        for write in writes[:count]:
            apply(self.content[file], write)
        del writes[:count]

    def image(self, folder, choose):
        """Writes a folder as it may be found."""
        names = dict(self.names)
        for change in self.pending_names[:choose.randint(0, len(self.pending_names))]:
            rename(names, change)
        fate = choose.choice(["none", "all", "prefix", "some", "torn", "torn"])
        for path, file in names.items():
            content, writes = bytearray(self.content[file]), self.pending[file]
            kept = choose.randint(0, len(writes)) if fate == "prefix" else len(writes)
            for write in writes[:kept] if fate != "none" else []:
                if fate in ("all", "prefix") or choose.random() < 0.5:
                    apply(content, write)
                elif fate == "torn":
                    tear(content, write, choose)
            with open(os.path.join(folder, os.path.basename(path)), "wb") as image:
                image.write(content)


def rename(names, change):
    _, path, file = change
    if file is None:
        names.pop(path, None)
    else:
        names[path] = file


def apply(content, write):
    _, kind, offset, data = write
    if kind == "T":
        del content[offset:]
        content.extend(bytes(max(0, offset - len(content))))
        return
    content.extend(bytes(max(0, offset - len(content))))
    content[offset:offset + len(data)] = data


def tear(content, write, choose):
    """Some sectors of a write."""
    number, kind, offset, data = write
    if kind == "T":
        return
    size = choose.choice([512, 4096])
    start = offset
    while start < offset + len(data):
        end = min(offset + len(data), (start // size + 1) * size)
        if choose.random() < 0.5:
            apply(content, (number, kind, start, data[start - offset:end - offset]))
        start = end


def events(path):
    with open(path, "rb") as file:
        while header := file.read(HEADER.size):
            kind, handle, offset, count = HEADER.unpack(header)
            yield kind.decode(), handle, offset, file.read(count)


def live(database, recorder, record, folder, first):
    """Two lives of a service: verifications and checkpoints, the end, and more of them."""
    for life in range(2):
        loader = Loader(
            database, LD_PRELOAD=recorder, POWER_LOSS_FOLDER=folder, POWER_LOSS_RECORD=record,
            VERIFIER_LOAD_FRAMES=str(FRAMES))
        loader.tell(f"load {USERS} {CALLERS} {first + 100_000 * life}")
        time.sleep(SECONDS)
        loader.end()


def check(checker, image, answered):
    """What is wrong with an image; nothing where all holds."""
    found = json.loads(checker.ask(f"image {image}/verifier.db"))
    wrong = found["problems"]
    for user, step in answered.items():
        if found["steps"].get(user, -1) < step:
            wrong.append(f"{user}: step {step} was accepted, and {found['steps'].get(user)} is spent")
    return wrong


def run(number, cuts, ignored, folder, recorder, checker, base):
    """One recorded run. Returns the cuts that were looked at, and the first that did not hold."""
    seed = secrets.randbits(64)
    choose = random.Random(seed)
    place, record = os.path.join(folder, f"run{number}"), os.path.join(folder, f"record{number}")
    shutil.copytree(base, place)
    live(os.path.join(place, "verifier.db"), recorder, record, place, 10)
    all_events = list(events(record))
    # Where the folder is as it began: what the run left of it is thrown away.
    shutil.rmtree(place)
    shutil.copytree(base, place)
    disk, image = Disk(place, ignored), os.path.join(folder, "image")
    moments = sorted(choose.sample(range(len(all_events)), min(cuts, len(all_events))))
    for index, event in enumerate(all_events):
        while moments and moments[0] == index:
            moments.pop(0)
            shutil.rmtree(image, ignore_errors=True)
            os.mkdir(image)
            disk.image(image, choose)
            if wrong := check(checker, image, disk.answered):
                return f"run with seed {seed}, before event {index} of {len(all_events)}: {wrong[:3]}"
        disk.take(index, *event)
    kinds = [event[0] for event in all_events]
    print(f"{len(kinds)} events, {disk.syncs} syncs, {kinds.count('A')} answers", file=sys.stderr)
    shutil.rmtree(place)
    os.unlink(record)
    return None


def main():
    cuts = int(sys.argv[1])
    ignored = sys.argv[3] if sys.argv[2:3] == ["--without"] else None
    folder = tempfile.mkdtemp(prefix="vmfa-power-")
    os.environ["VMFA_KEY_FILE"] = key = os.path.join(folder, "master.key")
    with open(os.open(key, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
        file.write(secrets.token_hex(32) + "\n")
    recorder, base = os.path.join(folder, "recorder.so"), os.path.join(folder, "base")
    subprocess.run(
        [shutil.which("cc") or "clang", "-shared", "-fPIC", "-O1", "-Wall", "-Wextra", "-Werror", "-o", recorder,
         os.path.join(HERE, "recorder.c"), "-ldl", "-lpthread"], check=True)
    os.mkdir(base)
    loader = Loader(os.path.join(base, "verifier.db"))
    loader.ask(f"setup 0 {USERS}")
    loader.end()
    checker, number, left = Loader(os.path.join(folder, "unused.db")), 0, cuts
    while left > 0:
        count = min(left, CUTS_PER_RUN)
        if failure := run(number, count, ignored, folder, recorder, checker, base):
            print(f"FAILED: {failure}")
            if not os.environ.get("KEEP"):
                shutil.rmtree(folder)
            sys.exit(1)
        number, left = number + 1, left - count
    checker.end()
    shutil.rmtree(folder)
    print(f"{cuts} cuts: all that was answered is there, check and audit verify find nothing")


main()
