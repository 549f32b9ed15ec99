"""Pairs timed in turns, medians, and the one table all benchmarks print."""

import os
import statistics
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """One line of the table. `met` is None where a figure is only told."""

    what: str
    ours: str
    peer: str = ""
    ratio: str = ""
    budget: str = ""
    met: bool | None = None


def in_turns(number: int, *runs: Callable[[], float]) -> list[list[float]]:
    """`number` rounds of all `runs`, every other one backwards, so that a slow minute hits all alike."""
    found: list[list[float]] = [[] for _ in runs]
    for turn in range(number):
        places = range(len(runs))
        for place in places if turn % 2 else reversed(places):
            found[place].append(runs[place]())
    return found


def times(theirs: Sequence[float], ours: Sequence[float]) -> float:
    """How many times longer theirs took: the median over the pairs."""
    return statistics.median(their / our for their, our in zip(theirs, ours, strict=True))


def at_least(what: str, ours: str, peer: str, ratio: float, budget: float) -> Line:
    """A budget of the kind "≥ 15 ×"."""
    return Line(what, ours, peer, f"{ratio:.1f} ×", f"≥ {budget:g} ×", ratio >= budget)


def at_most(what: str, ours: str, peer: str, ratio: float, budget: float) -> Line:
    """A budget of the kind "≤ 1.3 ×"."""
    return Line(what, ours, peer, f"{ratio:.2f} ×", f"≤ {budget:g} ×", ratio <= budget)


def ms(seconds: float) -> str:
    """Milliseconds with the digits that matter."""
    return f"{seconds * 1000:.3g} ms"


def show(title: str, lines: Iterable[Line]) -> bool:
    """Print the table; True when every budget in it is met."""
    rows = [(line.what, line.ours, line.peer, line.ratio, line.budget,
             {True: "met", False: "NOT MET", None: ""}[line.met]) for line in lines]
    head = ("", "ours", "peer", "ratio", "budget", "")
    widths = [max(len(row[place]) for row in (head, *rows)) for place in range(6)]
    print(f"\n{title}")
    for row in (head, *rows):
        print("  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip())
    load, cores = os.getloadavg()[0], os.cpu_count() or 1
    if load > cores * 0.9 + 1:
        print(f"The machine was busy (load {load:.1f} on {cores} cores): repeat before believing any line.")
    return all(row[5] != "NOT MET" for row in rows)
