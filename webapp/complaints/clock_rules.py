"""Two clocks of a complaint: the agency's own in working hours of the office, the legal one in calendar days. Pure.

The legal days are those of the Rules of selling tours (claims about the quality of a tour are considered within 10
days; a client has 20 days after the end of the trip to file one) and the Consumer Protection Law; both are settings.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from webapp.complaints.step_rules import (
    ANALYSED,
    DOCUMENTED,
    DRAFT,
    INVESTIGATED,
    RECEIVED,
    RESOLVED,
    SHARED,
    SILENCE,
    TOLD,
    UNDECIDED,
    WAIVED,
)
from webapp.kit.days import end_of_day, local_day, moment
from webapp.kit.workdays import WorkingDays

RED, YELLOW, CALM = "red", "yellow", ""
LEGAL_WARNING = timedelta(days=2)
"""A deadline of the law turns yellow two days ahead: missing it costs more than missing our own."""


@dataclass(frozen=True)
class Terms:
    """How long each step may take: `tell_hours` working hours; working days since the complaint came (`investigate`,
    `decide`) or since the decision (`document`, `analyse`, `share`); calendar days for the law."""

    tell_hours: int = 4
    investigate_days: int = 3
    decide_days: int = 5
    document_days: int = 2
    analyse_days: int = 5
    share_days: int = 7
    legal_days: int = 10
    file_days: int = 20
    operator_days: int = 10


@dataclass(frozen=True)
class Times:
    """Moments a deadline is counted from: `since` the complaint came or was reopened, `decided` and `asked` as far
    as they have happened; `ready` once the client has answered and every step is done; `owed` is the last day on which
    something promised is due, or was done."""

    since: datetime
    decided: datetime | None = None
    asked: datetime | None = None
    ready: datetime | None = None
    owed: date | None = None


@dataclass(frozen=True)
class Deadline:
    """The nearest one: its UTC moment, and whether it is the law's."""

    at: datetime
    is_legal: bool = False


def own_deadline(state: str, times: Times, terms: Terms, calendar: WorkingDays, tz: tzinfo) -> datetime | None:
    """UTC moment by which the agency's own rules want the next step; None when nothing is owed any more."""
    if state in (DRAFT, RECEIVED):
        return calendar.add_time(times.since, timedelta(hours=terms.tell_hours), tz)
    if state in (TOLD, INVESTIGATED):
        days = terms.investigate_days if state == TOLD else terms.decide_days
        return closing_time(times.since, days, calendar, tz)
    after = {RESOLVED: terms.document_days, DOCUMENTED: terms.analyse_days, ANALYSED: terms.share_days}
    base = times.decided or times.since
    if state in after:
        return closing_time(base, after[state], calendar, tz)
    if state in (SHARED, WAIVED):
        return _close_by(times, calendar, tz) or (times.asked or base) + SILENCE
    return None


def _close_by(times: Times, calendar: WorkingDays, tz: tzinfo) -> datetime | None:
    """The working day after the one on which nothing is owed any more; None while the client is waited for."""
    if times.ready is None:
        return None
    # Before everything promised is done, nobody can close it.
    day = max(local_day(times.ready, tz), times.owed or date.min)
    return closing_time(moment(day, time(12), tz), 1, calendar, tz)


def closing_time(since: datetime, days: int, calendar: WorkingDays, tz: tzinfo) -> datetime:
    """When the office closes on the working day `days` working days after the local day of `since`, in UTC."""
    day = calendar.add_days(local_day(since, tz), days)
    return moment(day, calendar.hours_on(day)[1], tz)


def legal_day(since: datetime, terms: Terms, tz: tzinfo) -> date:
    """The last calendar day the law gives for a decision; the day the complaint came is not counted."""
    return local_day(since, tz) + timedelta(days=terms.legal_days)


def file_by(return_on: date, terms: Terms) -> date:
    """The last day on which a client may file a claim about the quality of the tour with its operator."""
    return return_on + timedelta(days=terms.file_days)


def answer_by(filed_on: date, terms: Terms) -> date:
    """The last day on which the operator must answer."""
    return filed_on + timedelta(days=terms.operator_days)


def nearest(state: str, times: Times, terms: Terms, calendar: WorkingDays, tz: tzinfo,
            legal_by: date | None = None) -> Deadline | None:
    """The deadline lists are ordered by: our own or, while the client waits for a decision, the law's if nearer."""
    own = own_deadline(state, times, terms, calendar, tz)
    law = end_of_day(legal_by, tz) if legal_by and state in UNDECIDED else None
    if own is None:
        return None
    return Deadline(law, is_legal=True) if law and law <= own else Deadline(own)


def colour(deadline: datetime | None, legal_by: date | None, state: str, *, now: datetime, tz: tzinfo) -> str:
    """Red when something is overdue, yellow when it is due on this local day (or the law's day is near)."""
    today = local_day(now, tz)
    law = legal_by if state in UNDECIDED else None
    # Midnight is the end of the day before.
    due_on = local_day(deadline - timedelta(seconds=1), tz) if deadline else None
    if (deadline and deadline <= now) or (law and today > law):
        return RED
    if due_on == today or (law and law - today <= LEGAL_WARNING):
        return YELLOW
    return CALM
