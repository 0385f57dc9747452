"""Programs that are told on standard input what to do, and answer each line with a line."""
import subprocess


class Worker:
    def __init__(self, *command, environment=None):
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1, env=environment)

    def ask(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            raise SystemExit(f"compare: {self.process.args[0]} ended at the line: {line}")
        return answer.rstrip("\n")

    def timed(self, name, target=0.03):
        """A measurement of `name`: seconds each, over as many as take about `target` seconds."""
        count = 1
        while (elapsed := int(self.ask(f"{name} {count}")) / 1e9) < target / 2:
            count = max(2 * count, int(count * min(100, target / max(elapsed, 1e-9))))
        return lambda: int(self.ask(f"{name} {count}")) / 1e9 / count

    def end(self):
        self.process.stdin.close()
        self.process.wait()
