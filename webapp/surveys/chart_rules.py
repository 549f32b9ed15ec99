"""Where the points of a score over months stand: plain numbers for an SVG that every theme and printer can show."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDE, HIGH, TOP, BOTTOM, LEFT = 720, 190, 26, 26, 28
TENTHS = 100
GRID = (0, 5, 10)


@dataclass(frozen=True)
class Point:
    """The average of one month with its words: number above, label below. `y` is None where nobody answered."""

    x: float
    y: float | None
    value: int | None
    label: str


def points(values: Sequence[int | None], labels: Sequence[str]) -> list[Point]:
    """Averages in tenths (0 to 100) from left to right."""
    step = (WIDE - LEFT) / max(len(values), 1)
    return [Point(round(LEFT + step * (place + 0.5), 1), None if value is None else height(value), value, label)
            for place, (value, label) in enumerate(zip(values, labels, strict=True))]


def height(tenths: int) -> float:
    """How far below the top a score stands."""
    return round(TOP + (HIGH - TOP - BOTTOM) * (TENTHS - tenths) / TENTHS, 1)


def lines(found: Sequence[Point]) -> list[str]:
    """Paths through neighbouring months with answers; a month without one is a gap, never a zero."""
    runs: list[list[Point]] = [[]]
    for point in found:
        if point.y is None:
            runs.append([])
        else:
            runs[-1].append(point)
    return ["M" + "L".join(f"{point.x} {point.y}" for point in run) for run in runs if len(run) > 1]
