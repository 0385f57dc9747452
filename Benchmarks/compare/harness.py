"""Participants that are measured in turn, round after round, and compared within each round: what the machine does to one
of them at some moment it does to all."""
import statistics
import sys
import time
from dataclasses import dataclass, field
from typing import Callable

ROUNDS = 7


@dataclass
class Participant:
    """`measure()` does its work once and returns a figure in the comparison's unit."""

    name: str
    measure: Callable[[], float]
    figures: list[float] = field(default_factory=list)

    @property
    def median(self):
        return statistics.median(self.figures)


@dataclass
class Comparison:
    """Something that several do. The first participant is vmfa, or what the others are compared with."""

    title: str
    unit: str  # "s": seconds each; "/s": as many in a second; "B": bytes; "I": instructions
    participants: list[Participant]
    # Whether each round begins with another one, so that none always comes after the same.
    rotates: bool = True
    # How often each has its turn in a round: what is measured in moments has many, since the machine changes by the second.
    turns: int = 1

    def run(self, rounds):
        for turn in range(rounds * self.turns):
            first = turn % len(self.participants) if self.rotates else 0
            for participant in self.participants[first:] + self.participants[:first]:
                say(f"{self.title}: {participant.name}, {turn + 1} of {rounds * self.turns}")
                participant.figures.append(participant.measure())
        say("")

    def ratio(self, other):
        """How many times as fast as `other` the first is: the median over all turns."""
        pairs = zip(self.participants[0].figures, other.figures)
        return statistics.median(ours / theirs if self.unit == "/s" else theirs / ours for ours, theirs in pairs)

    def rows(self):
        ours, *others = self.participants
        yield [self.title, f"**{ours.name}**", figure(ours.median, self.unit), ""]
        for other in others:
            ratio = "" if self.unit == "B" else f"{three_digits(self.ratio(other))} ×"
            yield ["", other.name, figure(other.median, self.unit), ratio]


def figure(number, unit):
    if unit == "/s":
        return f"{three_digits(number)}/s"
    if unit == "B":
        return f"{three_digits(number / (1 << 20))} MiB"
    if unit == "I":
        return f"{number:,.0f} instructions"
    for size, name in ((1, "s"), (1e-3, "ms"), (1e-6, "µs")):
        if number >= size:
            return f"{three_digits(number / size)} {name}"
    return f"{three_digits(number / 1e-9)} ns"


def three_digits(number):
    if number >= 1000:
        return f"{float(f'{number:.3g}'):,.0f}"
    places = 0 if number >= 100 else 1 if number >= 10 else 2 if number >= 1 else 3
    return f"{number:.{places}f}"


def fastest(work, runs):
    """How long `work()` takes itself: the shortest of some runs is the one in which the machine did least else."""
    def measure():
        times = []
        for _ in range(runs):
            start = time.perf_counter()
            work()
            times.append(time.perf_counter() - start)
        return min(times)
    return measure


def say(line):
    """What is under way, on one line of the terminal, if there is one."""
    if sys.stderr.isatty():
        print(f"\r\033[K{line}", end="", file=sys.stderr, flush=True)


def table(comparisons):
    lines = ["| | | median | the first is … as fast |", "|---|---|--:|--:|"]
    for comparison in comparisons:
        lines += ["| " + " | ".join(row) + " |" for row in comparison.rows()]
    return "\n".join(lines)
