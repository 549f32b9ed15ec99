"""Where the columns of a small chart stand: plain numbers for an SVG that every theme and every printer can show."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDE, HIGH, TOP, BOTTOM, GAP = 720, 170, 22, 24, 0.4


@dataclass(frozen=True)
class Column:
    """A column with its words: number above, label below. Units of the drawing."""

    x: float
    y: float
    width: float
    height: float
    middle: float
    value: int
    label: str


def columns(values: Sequence[int], labels: Sequence[str]) -> list[Column]:
    """Columns side by side, the highest as high as the drawing allows; nothing is a line on the ground."""
    most, step = max([*values, 1]), WIDE / max(len(values), 1)
    room = HIGH - TOP - BOTTOM
    made = []
    for place, (value, label) in enumerate(zip(values, labels, strict=True)):
        height = round(room * value / most, 1) if value else 0
        x = round(step * (place + GAP / 2), 1)
        made.append(Column(x, round(HIGH - BOTTOM - height, 1), round(step * (1 - GAP), 1), height,
                           round(step * (place + 0.5), 1), value, label))
    return made
