"""The one function of burn dates, and what makes a burn fair (`domain.md` §5.4). Days are those of the home office."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from webapp.kit.days import ONE_DAY, add_months

MONTHS = 6
WARN_DAYS = 31
"""So many days ahead the warning begins: a month, with room for a day off before the 28 days below."""
FAIR_DAYS = 28
"""Points do not burn before so many days have passed since a warning that reached the client."""


def burn_day(active_on: date, months: int = MONTHS, not_before: date | None = None) -> date:
    """The day on which points burn: so many calendar months after the last activity; the last usable day is the one
    before. 31 August gives 28 or 29 February. `not_before` moves it later, never earlier.
    """
    day = add_months(active_on, months)
    return day if not_before is None else max(day, not_before)


def last_usable(burn_on: date) -> date:
    """The last day on which the points can be used."""
    return burn_on - ONE_DAY


def warn_from(burn_on: date) -> date:
    """The day from which the client is to be warned."""
    return burn_on - timedelta(days=WARN_DAYS)


def fair_from(reached_on: date) -> date:
    """The first day on which a burn is fair to a client whom a warning reached on that day."""
    return reached_on + timedelta(days=FAIR_DAYS)


@dataclass(frozen=True)
class Warned:
    """A contact of the warning plan: the day it happened, and whether it reached the client."""

    day: date
    reached: bool


def reached_on(contacts: Iterable[Warned]) -> date | None:
    """The first day on which a warning reached the client; None when none did."""
    return min((contact.day for contact in contacts if contact.reached), default=None)


def burnable(balance: int, credited_since: int) -> int:
    """How many points a warning covers: those credited after it was given were never warned of, and stay."""
    return max(0, balance - credited_since)


@dataclass(frozen=True)
class Standing:
    """What is known of a card in the transaction that may burn its points.

    `real_day` is its day of burning by `burn_day`, `warned_of` the day its open warning names, `reached` the first day
    on which that warning reached the client, `credited_since` the points that came after it was given.
    """

    real_day: date
    balance: int
    warned_of: date | None = None
    reached: date | None = None
    credited_since: int = 0


@dataclass(frozen=True)
class Verdict:
    """What is to be done with a card whose kept day has come.

    `what`: burn `points` (what stays is warned of anew from `day`, None where nothing stays); stale (the kept day was
    out of date); later (the warning reached the client late, or promised a later `day`); anew (nothing of what is
    there was warned of: a new warning begins); unproven (no warning reached the client); unwarned (none stands).
    """

    what: str
    points: int = 0
    day: date | None = None


def verdict(card: Standing, today: date) -> Verdict:
    """Whether the points burn today, fairly (`domain.md` §5.4)."""
    if card.real_day > today:
        return Verdict("stale", day=card.real_day)
    if card.warned_of is None:
        return Verdict("unwarned")
    # What a warning has named is a promise: shortening the life of points does not break it.
    if card.warned_of > today:
        return Verdict("later", day=card.warned_of)
    if card.reached is None:
        return Verdict("unproven", day=fresh_day(today))
    if fair_from(card.reached) > today:
        return Verdict("later", day=fair_from(card.reached))
    points = burnable(card.balance, card.credited_since)
    rest = fresh_day(today) if points < card.balance else None
    return Verdict("burn", points, rest) if points else Verdict("anew", day=rest)


def fresh_day(today: date) -> date:
    """The earliest day of burning for points of which nobody has been warned until today."""
    return today + timedelta(days=WARN_DAYS)


def day_to_warn_of(burn_on: date, today: date) -> date:
    """The day a warning that begins today may name: the kept one, or a later one where that would not be fair.

    A month has 28 to 31 days: whoever is warned late, but still in time, keeps the day all pages have named.
    """
    return burn_on if fair_from(today) <= burn_on else fresh_day(today)
