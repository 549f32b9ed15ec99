"""The service-quality table (`domain.md` §7.1): relative values, weights, the sum, and what costs us most. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from webapp.kit.numbers import rounded
from webapp.kit.text import match_key
from webapp.quality.number_rules import WEIGHT_PARTS, to_parts

MORE, LESS = "more", "less"
DIGITS = 4
"""Digits of a weighted value. The total is the sum of exactly these, so that paper and calculator agree with us."""
MOST_LINES = 30
PAR = Decimal("0.005")
ONE, NOTHING = Decimal(1), Decimal(0)


@dataclass(frozen=True)
class Indicator:
    """One line as it was filled in: `better` is "more" or "less"; what is missing is None."""

    name: str
    weight: Decimal | None
    theirs: Decimal | None
    ours: Decimal | None
    better: str = MORE
    unit: str = ""

    @property
    def key(self) -> str:
        """What tells indicators apart, from one assessment to the next."""
        return match_key(self.name)

    @property
    def divisor(self) -> str:
        """The field the other one is divided by."""
        return "theirs" if self.better == MORE else "ours"


@dataclass(frozen=True)
class Fault:
    """What must be put right: the line (None: the table), the field, a code, and a number the sentence names."""

    place: int | None
    field: str
    code: str
    value: Decimal | None = None


@dataclass(frozen=True)
class Line:
    """An indicator with what comes of it; None where it cannot be worked out."""

    indicator: Indicator
    relative: Decimal | None
    weighted: Decimal | None

    @property
    def loss(self) -> Decimal:
        """What is lacking to the competitor, weighed: the more, the sooner it is worth working on."""
        if self.relative is None or self.weighted is None or self.relative >= ONE:
            return NOTHING
        return (self.indicator.weight or NOTHING) * (ONE - self.relative)


@dataclass(frozen=True)
class Table:
    """All lines; `total` is None until each of them has its weighted value."""

    lines: tuple[Line, ...]
    weights: Decimal
    total: Decimal | None

    @property
    def weakest(self) -> list[Line]:
        """Where the competitor is better, the dearest first."""
        return sorted((line for line in self.lines if line.loss > 0), key=lambda line: -line.loss)


@dataclass(frozen=True)
class Changes:
    """Against the assessment before: by key of the indicator the change of its relative value; new and gone ones."""

    total: Decimal | None = None
    relative: Mapping[str, Decimal] = field(default_factory=dict)
    new: frozenset[str] = frozenset()
    gone: tuple[str, ...] = ()


def table_of(indicators: Sequence[Indicator]) -> Table:
    """Work the table out as far as it is filled in."""
    lines = tuple(_line(one) for one in indicators)
    weights = sum((one.weight for one in indicators if one.weight is not None), NOTHING)
    weighted = [line.weighted for line in lines]
    whole = bool(lines) and None not in weighted
    return Table(lines, weights, sum((value for value in weighted if value is not None), NOTHING) if whole else None)


def relative(one: Indicator) -> Decimal | None:
    """Ours ÷ theirs, the inverse where less is better; above 1 we are better. None where it cannot be divided."""
    if one.theirs is None or one.ours is None or min(one.theirs, one.ours) < 0:
        return None
    above, below = (one.ours, one.theirs) if one.better == MORE else (one.theirs, one.ours)
    return above / below if below else None


def faults_of(indicators: Sequence[Indicator]) -> list[Fault]:
    """Everything that keeps this table from being saved, line by line; the sum of the weights last."""
    if not indicators:
        return [Fault(None, "", "no-lines")]
    found: list[Fault] = []
    seen: set[str] = set()
    for place, one in enumerate(indicators):
        found += _faults_of_line(place, one)
        if one.key and one.key in seen:
            found.append(Fault(place, "name", "twice"))
        seen.add(one.key)
    if len(indicators) > MOST_LINES:
        found.append(Fault(None, "", "too-many"))
    weights = sum((one.weight for one in indicators if one.weight is not None), NOTHING)
    if weights != ONE and not any(fault.field == "weight" for fault in found):
        found.append(Fault(None, "weight", "weights-short" if weights < ONE else "weights-over", weights))
    return found


def made_whole(indicators: Sequence[Indicator]) -> list[Indicator]:
    """The same with weights that make exactly 1 in the same proportions; without any weight all weigh the same.

    As few digits as keep the proportions, three at least where they cannot be kept; nobody's weight becomes nothing.
    """
    weights = [max(one.weight or NOTHING, NOTHING) for one in indicators]
    if not indicators or all(weights) and sum(weights, NOTHING) == ONE:
        return list(indicators)
    if not any(weights):
        weights = [ONE] * len(indicators)
    total, few = sum(weights, NOTHING), [place for place, weight in enumerate(weights) if weight]
    parts = next((parts for parts in (100, 1_000) if all((weight * parts) % total == 0 for weight in weights)),
                 1_000 if min(weights[place] for place in few) * 1_000 >= total else WEIGHT_PARTS)
    whole = [int(weight * parts / total) for weight in weights]
    # The largest remainders get what is left, as with seats of a parliament.
    order = sorted(few, key=lambda place: (whole[place] - weights[place] * parts / total, place))
    for place in order[:parts - sum(whole)]:
        whole[place] += 1
    for place in few:
        if not whole[place]:
            whole[place] = 1
            whole[max(range(len(whole)), key=whole.__getitem__)] -= 1
    return [replace(one, weight=Decimal(number) / parts) for one, number in zip(indicators, whole, strict=True)]


def changes(now: Table, before: Table | None) -> Changes:
    """What has changed since the assessment before; nothing where there is none."""
    if before is None:
        return Changes()
    old = {line.indicator.key: line for line in before.lines}
    moved = {line.indicator.key: line.relative - was.relative for line in now.lines
             if (was := old.get(line.indicator.key)) and line.relative is not None and was.relative is not None}
    keys = {line.indicator.key for line in now.lines}
    total = now.total - before.total if now.total is not None and before.total is not None else None
    return Changes(total, moved, frozenset(keys - old.keys()),
                   tuple(line.indicator.name for key, line in old.items() if key not in keys))


def verdict(total: Decimal) -> str:
    """How we stand: "better", "par" (the difference is no more than half a hundredth) or "worse"."""
    if abs(total - ONE) <= PAR:
        return "par"
    return "better" if total > ONE else "worse"


def _line(one: Indicator) -> Line:
    value = relative(one)
    if value is None or one.weight is None or one.weight <= 0:
        return Line(one, value, None)
    return Line(one, value, rounded(one.weight * value, DIGITS))


def _faults_of_line(place: int, one: Indicator) -> list[Fault]:
    found = []
    if not one.key:
        found.append(Fault(place, "name", "no-name"))
    if one.weight is None:
        found.append(Fault(place, "weight", "no-weight"))
    elif to_parts(one.weight, WEIGHT_PARTS) <= 0:
        found.append(Fault(place, "weight", "weight-not-positive"))
    for name in ("theirs", "ours"):
        value = getattr(one, name)
        if value is None:
            found.append(Fault(place, name, "no-value"))
        elif value < 0:
            found.append(Fault(place, name, "negative"))
        elif not value and name == one.divisor:
            found.append(Fault(place, name, f"zero-{one.better}"))
    return found
