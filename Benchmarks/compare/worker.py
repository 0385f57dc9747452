"""Programs that are told on standard input what to do, and answer each line with lines."""
import subprocess


class Worker:
    def __init__(self, *command, environment=None):
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1, env=environment)

    def tell(self, line):
        try:
            self.process.stdin.write(line + "\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            self.give_up(line)

    def listen(self, line=""):
        answer = self.process.stdout.readline()
        if not answer:
            self.give_up(line)
        return answer.rstrip("\n")

    def ask(self, line):
        self.tell(line)
        return self.listen(line)

    def give_up(self, line):
        raise SystemExit(f"compare: {self.process.args[0]} ended early{f', at the line: {line}' if line else ''}")

    def timed(self, name, target=0.02):
        """A measurement of `name`: seconds each, over as many as take about `target` seconds."""
        count = 1
        while (elapsed := int(self.ask(f"{name} {count}")) / 1e9) < target / 2:
            count = max(2 * count, int(count * min(100, target / max(elapsed, 1e-9))))
        return lambda: int(self.ask(f"{name} {count}")) / 1e9 / count

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait()
