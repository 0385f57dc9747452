"""Races, crashes and restarts, with programs that are real and get killed for real.

    proofs.py race|crash|restart|fsyncs|checkpoints sqlite|postgresql|pgbouncer ROUNDS

Says one line, and ends with 1 where something did not hold. Runs verifier-load and vmfa from PATH.
"""
import collections, os, random, re, secrets, shutil, signal, socket, subprocess, sys, tempfile, threading, time

scripts = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "Scripts", "postgresql")
folder = tempfile.mkdtemp(prefix="vmfa-proof-", dir="/tmp")  # where the server's own user may go
os.chmod(folder, 0o755)


class Driver:
    """One verifier-load."""

    def __init__(self, url):
        self.process = subprocess.Popen(
            ["verifier-load", url], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=open(os.path.join(folder, "errors"), "a"), text=True, bufsize=1)
        self.read()

    def write(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def read(self):
        return self.process.stdout.readline().rstrip("\n")

    def ask(self, line):
        self.write(line)
        return self.read()

    def end(self):
        self.process.stdin.close()
        self.process.wait()


class Server:
    """A private PostgreSQL."""

    def __init__(self):
        self.folder = os.path.join(folder, "pg")
        os.mkdir(self.folder)
        self.process = subprocess.Popen(
            [scripts, "run", self.folder], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout.readline() == "ready\n"
        self.socket = os.path.join(self.folder, "socket")
        self.url = f"postgresql:///postgres?host={self.socket}&user=vmfa"

    def ctl(self, *arguments):
        subprocess.run([scripts, "ctl", self.folder, *arguments], check=True, stdout=subprocess.DEVNULL,
                       stdin=subprocess.DEVNULL)

    def sql(self, text):
        return subprocess.run(["psql", "-X", "-q", "-t", "-A", self.url, "-c", text], text=True,
                              capture_output=True).stdout.strip()

    def pooled(self):
        """The URL of a PgBouncer in front of it that hands a server to each transaction."""
        path = os.path.join(self.folder, "bouncer")
        os.mkdir(path)
        with open(os.path.join(path, "ini"), "w") as file:
            file.write(f"""[databases]
postgres = host={self.socket} user=vmfa
[pgbouncer]
unix_socket_dir = {path}
listen_port = 6432
listen_addr =
auth_type = any
pool_mode = transaction
default_pool_size = 4
max_client_conn = 500
logfile = {path}/log
""")
        os.chmod(path, 0o777)
        owner = ["setpriv", "--reuid", "postgres", "--clear-groups"] if os.getuid() == 0 else []
        self.bouncer = subprocess.Popen([*owner, "pgbouncer", "-q", os.path.join(path, "ini")],
                                        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL)
        while not os.path.exists(os.path.join(path, ".s.PGSQL.6432")):
            time.sleep(0.05)
        return f"postgresql:///postgres?host={path}&port=6432&user=vmfa"

    def end(self):
        if getattr(self, "bouncer", None):
            self.bouncer.kill()
            self.bouncer.wait()
        self.process.stdin.close()
        self.process.wait()


def hold(condition, *words):
    if not condition:
        print("FAILED:", *words)
        end()
        sys.exit(1)


def counts(answer):
    found = re.fullmatch(r"accepted (\d+) rejected (\d+) errors (\d+)", answer)
    hold(found, "no answer:", repr(answer))
    return tuple(int(number) for number in found.groups())


def vmfa(*arguments):
    done = subprocess.run(["vmfa", *arguments, "--database", url], text=True, capture_output=True)
    return done.returncode, done.stdout + done.stderr


def sound():
    for command in (["database", "check"], ["audit", "verify"]):
        status, said = vmfa(*command)
        hold(status == 0, *command, status, said)


def race(rounds):
    """One code, 64 times at once: 8 processes with 8 tasks over two verifiers each."""
    drivers = [Driver(url) for _ in range(8)]
    drivers[0].ask("setup 0 1")
    for number in range(rounds):
        for driver in drivers:
            driver.write(f"race 8 u0 {3 * number + 10}")
        answers = [counts(driver.read()) for driver in drivers]
        total = tuple(map(sum, zip(*answers)))
        hold(total == (1, 63, 0), "round", number, answers)
    # With the throttle off, each of 1,000 wrong guesses is counted.
    vmfa("rules", "set", "--throttle", "off")
    vmfa("user", "unlock", "u0")
    for driver in drivers:
        driver.write("guess 125 u0")
    answers = [counts(driver.read()) for driver in drivers]
    hold(tuple(map(sum, zip(*answers))) == (0, 1000, 0), answers)
    shown = vmfa("user", "show", "u0", "--json")[1]
    hold('"failures":1000' in shown, shown)
    for driver in drivers:
        driver.end()
    sound()
    print(f"{rounds} rounds: 1 accepted of 64 in each; 1000 guesses of 1000 counted")


def spent_stays_spent(accepted, step):
    replayer = Driver(url)
    replayer.write("replay")
    for user, last in accepted.items():
        replayer.write(f"{user} {last}")
    taken, refused, errors = counts(replayer.ask("end"))
    hold((taken, refused, errors) == (0, len(accepted), 0), "replay", taken, refused, errors)
    replayer.end()


def crash(rounds):
    """kill -9 at a random moment under load: what was answered is spent."""
    setup = Driver(url)
    setup.ask("setup 0 64")
    setup.end()
    vmfa("rules", "set", "--throttle", "off")
    step, total = 10, 0
    for number in range(rounds):
        driver = Driver(url)
        driver.write(f"load 64 32 {step}")
        threading.Timer(random.uniform(0.02, 0.4), driver.process.kill).start()
        accepted = {}
        for line in driver.process.stdout:
            # The last line may be cut off.
            words = line.split()
            if line.endswith("\n") and words[0] == "+":
                hold(words[1] not in accepted or int(words[2]) > accepted[words[1]], "twice", line)
                accepted[words[1]] = int(words[2])
        driver.process.wait()
        total += len(accepted)
        step = max([step, *accepted.values()]) + 30
        spent_stays_spent(accepted, step)
        sound()
    hold(total > 0, "nothing was accepted at all")
    print(f"{rounds} kills: no code that was accepted was accepted again; check and audit verify end 0")


def restart(rounds):
    """The server is restarted, or its backends killed, under load."""
    driver = Driver(url)
    driver.ask("setup 0 64")
    vmfa("rules", "set", "--throttle", "off")
    driver.write("load 64 32 10")
    accepted, times, errors, lock = collections.Counter(), [], [], threading.Lock()

    def listen():
        for line in driver.process.stdout:
            words = line.split()
            with lock:
                if words[0] == "+":
                    accepted[words[1], words[2]] += 1
                    times.append(time.monotonic())
                else:
                    errors.append(line)

    listener = threading.Thread(target=listen)
    listener.start()
    slowest = 0
    for number in range(rounds):
        time.sleep(0.5)
        if number % 3 == 2:
            backends = server.sql("SELECT pid FROM pg_stat_activity WHERE application_name = 'vmfa'").split()
            # One killed backend makes the server drop all of them and recover.
            os.kill(int(random.choice(backends)), signal.SIGKILL)
        else:
            server.ctl("restart", "-m", random.choice(["immediate", "fast"]))
        back = time.monotonic()
        while time.monotonic() - back < 10:
            with lock:
                if times and times[-1] > back:
                    break
            time.sleep(0.01)
        with lock:
            hold(times and times[-1] > back, "not back within 10 s", errors[-3:])
            slowest = max(slowest, next(moment for moment in times if moment > back) - back)
    driver.process.stdin.close()
    listener.join()
    driver.process.wait()
    twice = [key for key, count in accepted.items() if count > 1]
    hold(not twice, "accepted twice:", twice)
    hold(errors, "no error was told of")
    hold(slowest < 5, "back after", slowest)
    last = {}
    for user, step in accepted:
        last[user] = max(last.get(user, 0), int(step))
    spent_stays_spent(last, 0)
    sound()
    print(f"{rounds} restarts: no code accepted twice, errors told, service back within 5 s")


def fsyncs(rounds):
    """64 callers share the disk's time."""
    setup = Driver(url)
    setup.ask("setup 0 256")
    setup.end()
    counted = subprocess.run(
        ["strace", "-f", "-c", "-e", "trace=fsync,fdatasync", "verifier-load", url], text=True, capture_output=True,
        input=f"time 256 64 {640 * rounds} 10\n")
    calls = sum(int(line.split()[3]) for line in counted.stderr.splitlines() if re.search(r"f(data)?sync$", line))
    hold(calls > 0 and "median" in counted.stdout, counted.stderr[-500:])
    share = calls / (640 * rounds)
    hold(share < 0.2, "fsyncs per verification:", share)
    print(f"under 0.2 fsyncs per verification, 64 callers")
    print(f"{calls} for {640 * rounds}", file=sys.stderr)


def checkpoints(rounds):
    """A service under load, commands beside it: no checkpoint starts on a log that is carried over (SQLite's WAL-reset bug),
    and no log begins anew while one runs. Takes VMFA_MINUTES, where that is given, and else as many rounds as asked for."""
    minutes = float(os.environ.get("VMFA_MINUTES", 0))
    place, recorder = os.path.join(folder, "checkpoints"), os.path.join(folder, "recorder.so")
    source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "CheckpointRecorder")
    subprocess.run([shutil.which("cc") or "clang", "-shared", "-fPIC", "-O1", "-o", recorder, f"-I{source}/include", f"{source}/recorder.c",
                    "-lsqlite3", "-ldl", "-lpthread"], check=True)
    os.environ.update(LD_PRELOAD=recorder, VMFA_CHECKPOINTS=place)
    # What runs for long carries over short logs here, so that there are many; what ends soon goes by the usual length.
    os.environ["VERIFIER_LOAD_FRAMES"] = "1000"
    driver = Driver(url)
    driver.ask("setup 0 64")
    vmfa("rules", "set", "--throttle", "off")
    is_over, failures, commands = threading.Event(), [], collections.Counter()

    def beside():
        number = 0
        while not is_over.is_set():
            number += 1
            for command in (["user", "create", f"beside-{number}"], ["verify", f"u{number % 64}", "000000"],
                            ["audit", "head"], ["user", "list", "--json"],
                            ["database", "backup", os.path.join(folder, "copy.db")]):
                status, said = vmfa(*command)
                commands[command[0]] += 1
                if status not in (0, 1):
                    failures.append((command, status, said))
            os.unlink(os.path.join(folder, "copy.db"))

    other = threading.Thread(target=beside)
    other.start()
    step, end, accepted = 10, time.monotonic() + 60 * minutes, 0
    while rounds > 0 or time.monotonic() < end:
        # Bursts, so that at times a checkpoint has carried over everything and nobody has written since.
        taken = int(driver.ask(f"time 64 {random.choice([1, 16, 64])} {random.choice([640, 2500])} {step}").split()[1])
        accepted, step, rounds = accepted + taken, step + 3 * 2600, rounds - 1
        time.sleep(random.uniform(0, 0.3))
    is_over.set()
    other.join()
    driver.end()
    lines = [line.split() for line in open(place)] if os.path.exists(place) else []
    on_carried = [line for line in lines if 0 < int(line[2]) <= int(line[4])]
    anew = [line for line in lines if line[6] != "0"]
    hold(lines, "no checkpoint was made at all")
    hold(not on_carried, len(on_carried), "checkpoints of", len(lines), "on a log that is carried over:", on_carried[0:3])
    hold(not anew, "the log began anew during a checkpoint:", anew[0:3])
    hold(not failures, failures[0:3])
    sound()
    print("no checkpoint on a log that is carried over; check and audit verify end 0")
    print(f"{len(lines)} checkpoints, {accepted} verifications, commands: {dict(commands)}", file=sys.stderr)


def main():
    global url, server
    proof, store, rounds = sys.argv[1], sys.argv[2], int(sys.argv[3])
    os.environ["VMFA_KEY_FILE"] = key = os.path.join(folder, "master.key")
    with open(os.open(key, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
        file.write(secrets.token_hex(32) + "\n")
    server = None if store == "sqlite" else Server()
    url = server.url if server else f"sqlite:{folder}/verifier.db"
    if store == "pgbouncer":
        url = server.pooled()
    try:
        {"race": race, "crash": crash, "restart": restart, "fsyncs": fsyncs,
         "checkpoints": checkpoints}[proof](rounds)
    finally:
        end()


def end():
    if server:
        server.end()
    if not os.environ.get("KEEP"): subprocess.run(["rm", "-rf", folder])


main()
