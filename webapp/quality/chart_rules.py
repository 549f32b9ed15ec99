"""Where the points of a line over time stand: plain numbers for an SVG that every theme and printer can show."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

WIDE, HIGH, LEFT, RIGHT, TOP, BOTTOM = 720, 200, 44, 30, 26, 26
_LEAST_ROOM = Decimal("0.05")
_APART = 52


@dataclass(frozen=True)
class Point:
    """A point with its value and day; `is_named` where there is room for the day below."""

    x: float
    y: float
    value: Decimal
    day: date
    is_named: bool


@dataclass(frozen=True)
class Curve:
    """The line: its points, the same as a path, and where the line of equality (1) stands."""

    points: tuple[Point, ...]
    path: str
    par: float


def curve(days: Sequence[date], values: Sequence[Decimal]) -> Curve:
    """Points in order of their days, spaced by time; 1 is always in sight. One point stands in the middle."""
    low, high = min([*values, Decimal(1)]), max([*values, Decimal(1)])
    room = max((high - low) / 8, _LEAST_ROOM)
    low, high = low - room, high + room

    def height(value: Decimal) -> float:
        return round(float(TOP + (high - value) / (high - low) * (HIGH - TOP - BOTTOM)), 1)
    span = (days[-1] - days[0]).days if days else 0
    points: list[Point] = []
    named = -1e9
    for day, value in zip(days, values, strict=True):
        part = (day - days[0]).days / span if span else 0.5
        x = round(LEFT + part * (WIDE - LEFT - RIGHT), 1)
        points.append(Point(x, height(value), value, day, x - named >= _APART))
        named = x if x - named >= _APART else named
    path = "M" + " L".join(f"{point.x} {point.y}" for point in points) if points else ""
    return Curve(tuple(points), path, height(Decimal(1)))
