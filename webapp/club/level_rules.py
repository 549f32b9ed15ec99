"""Levels: what each asks for, who has earned which, what is missing, when one is lost (`domain.md` §5.6).

Counted are the trips of the last 24 months that are over. Spend in kopecks; days are local to the client's office.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from webapp.kit.days import add_months

WINDOW_MONTHS = 24
FALL_MONTHS = 1
FRESH_DAYS = 14
"""A level that comes with a trip over so few days is news; older trips were entered or imported later (§1.2, 2)."""


@dataclass(frozen=True)
class Grade:
    """A level as the rules see it. `both`: trips and spend are needed, else either is enough; 0 asks for nothing."""

    code: str
    rank: int
    min_trips: int = 0
    min_spend_kopecks: int = 0
    both: bool = False
    rate_bp: int = 0

    @property
    def asks_nothing(self) -> bool:
        """Everybody has it."""
        return not self.min_trips and not self.min_spend_kopecks


@dataclass(frozen=True)
class Earned:
    """What counts for a client: trips that are over and what was paid for them."""

    trips: int = 0
    spend_kopecks: int = 0


@dataclass(frozen=True)
class Gap:
    """What is missing to a level: trips, spend, or both of them (`both`); nothing at all is no gap."""

    trips: int = 0
    spend_kopecks: int = 0
    both: bool = False

    def __bool__(self) -> bool:
        return bool(self.trips or self.spend_kopecks)


@dataclass(frozen=True)
class Progress:
    """How far somebody is on the way that is nearest to its end: trips, or spend in kopecks."""

    value: int
    most: int
    in_trips: bool


@dataclass(frozen=True)
class Standing:
    """A client's level, and the fall that was announced, if one was: to which level, on which day."""

    code: str
    fall_to: str | None = None
    fall_on: date | None = None


@dataclass(frozen=True)
class Verdict:
    """What a count makes of a standing: the new one, and what happened on the way, in order.

    `events` are pairs (verb, code): rose to, announced a fall to, kept (the fall was called off), fell to.
    """

    standing: Standing
    events: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class LevelFault:
    """Why levels cannot be as they are: `code` names it, `level` is the one that is wrong, `other` the one below."""

    code: str
    level: str
    other: str = ""


def window_of(today: date) -> tuple[date, date]:
    """First and last day of return that count on `today`."""
    return add_months(today, -WINDOW_MONTHS) + timedelta(days=1), today


def fresh_from(today: date) -> date:
    """The first day of return of trips that are news on `today`."""
    return today - timedelta(days=FRESH_DAYS)


def meets(grade: Grade, earned: Earned) -> bool:
    """Has somebody with so much earned this level?"""
    asked = [(grade.min_trips, earned.trips), (grade.min_spend_kopecks, earned.spend_kopecks)]
    answers = [has >= least for least, has in asked if least]
    return not answers or (all if grade.both else any)(answers)


def earned_level(grades: Sequence[Grade], earned: Earned) -> Grade:
    """The highest level that was earned; the lowest belongs to everybody. ValueError without levels."""
    ranked = sorted(grades, key=lambda grade: grade.rank)
    if not ranked:
        raise ValueError("no levels")
    return next((grade for grade in reversed(ranked) if meets(grade, earned)), ranked[0])


def gap_to(grade: Grade, earned: Earned) -> Gap:
    """Exactly what is missing to this level; an empty gap when it is earned."""
    if meets(grade, earned):
        return Gap()
    trips = max(0, grade.min_trips - earned.trips)
    spend = max(0, grade.min_spend_kopecks - earned.spend_kopecks)
    return Gap(trips, spend, grade.both and bool(trips and spend))


def progress_to(grade: Grade, earned: Earned) -> Progress | None:
    """The way nearest to its end; where both are needed, the one farthest from it. None: nothing is asked for."""
    ways = [Progress(min(has, least), least, in_trips) for has, least, in_trips in (
        (earned.trips, grade.min_trips, True), (earned.spend_kopecks, grade.min_spend_kopecks, False)) if least]
    if not ways:
        return None
    return (min if grade.both else max)(ways, key=lambda way: way.value / way.most)


def count(standing: Standing, earned: Earned, grades: Sequence[Grade], today: date) -> Verdict:
    """What `today` makes of a standing: up at once, down a month after it was announced, and never below what is
    earned that day. Earned again before that day, the fall is called off.
    """
    by_code = {grade.code: grade for grade in grades}
    now, due = by_code[standing.code], earned_level(grades, earned)
    if due.rank > now.rank:
        return Verdict(Standing(due.code), (*_called_off(standing, now.code), ("rose", due.code)))
    if due.rank == now.rank:
        return Verdict(Standing(now.code), _called_off(standing, now.code))
    if standing.fall_on is None or standing.fall_to is None:
        return Verdict(_announced(now.code, due.code, today), (("announced", due.code),))
    told = by_code[standing.fall_to]
    # What was earned meanwhile holds; what was lost meanwhile was not announced yet.
    lands = told if told.rank > due.rank else due
    if today < standing.fall_on:
        return Verdict(replace(standing, fall_to=lands.code))
    fell = ("fell", lands.code)
    if lands.rank > due.rank:
        return Verdict(_announced(lands.code, due.code, today), (fell, ("announced", due.code)))
    return Verdict(Standing(lands.code), (fell,))


def is_news(before: Earned, grades: Sequence[Grade], *, level: str, same: bool) -> bool:
    """Is a rise to `level` worth a letter? Yes when a trip that ended these days made it, or changed conditions did.

    `before` is what counted without fresh trips; `same`: the client was counted before, with the same figures. So the
    first count of an agency, and an import of old trips, write to nobody about what has long been so.
    """
    rank = {grade.code: grade.rank for grade in grades}
    return same or rank[earned_level(grades, before).code] < rank[level]


def faults(grades: Sequence[Grade]) -> list[LevelFault]:
    """What is wrong with levels: a higher one must ask for more and give no less; the lowest asks for nothing."""
    ranked = sorted(grades, key=lambda grade: grade.rank)
    found = [LevelFault("lowest-asks", grade.code) for grade in ranked[:1] if not grade.asks_nothing]
    for lower, higher in zip(ranked, ranked[1:], strict=False):
        if higher.asks_nothing:
            found.append(LevelFault("asks-nothing", higher.code, lower.code))
        elif not _asks_more(higher, lower):
            found.append(LevelFault("asks-less", higher.code, lower.code))
        if higher.rate_bp < lower.rate_bp:
            found.append(LevelFault("gives-less", higher.code, lower.code))
    return found


def _asks_more(higher: Grade, lower: Grade) -> bool:
    """Whoever has earned the higher level has earned the lower one, and something more."""
    if lower.asks_nothing:
        return True
    if not all(meets(lower, least) for least in _least(higher)):
        return False
    return any(not meets(higher, least) for least in _least(lower))


def _least(grade: Grade) -> list[Earned]:
    """The least that earns a level, by each of its ways."""
    if grade.both:
        return [Earned(grade.min_trips, grade.min_spend_kopecks)]
    ways = [Earned(trips=grade.min_trips)] if grade.min_trips else []
    return ways + ([Earned(spend_kopecks=grade.min_spend_kopecks)] if grade.min_spend_kopecks else [])


def _announced(code: str, fall_to: str, today: date) -> Standing:
    return Standing(code, fall_to, add_months(today, FALL_MONTHS))


def _called_off(standing: Standing, code: str) -> tuple[tuple[str, str], ...]:
    return (("kept", code),) if standing.fall_on is not None else ()
