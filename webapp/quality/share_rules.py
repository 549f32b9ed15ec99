"""Where the columns of a chart of per cents stand: the full height is 100, and a week without anything has none."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDE, HIGH, TOP, BOTTOM, GAP = 720, 170, 22, 24, 0.4


@dataclass(frozen=True)
class ShareColumn:
    """A column with its words; `value` None where there is nothing to say. Units of the drawing."""

    x: float
    y: float
    width: float
    height: float
    middle: float
    value: int | None
    label: str


def columns(shares: Sequence[int | None], labels: Sequence[str]) -> list[ShareColumn]:
    """Columns side by side, 100 as high as the drawing allows."""
    step, room, made = WIDE / max(len(shares), 1), HIGH - TOP - BOTTOM, []
    for place, (share, label) in enumerate(zip(shares, labels, strict=True)):
        height = round(room * share / 100, 1) if share else 0
        made.append(ShareColumn(round(step * (place + GAP / 2), 1), round(HIGH - BOTTOM - height, 1),
                                round(step * (1 - GAP), 1), height, round(step * (place + 0.5), 1), share, label))
    return made
