"""Current control: how many steps of people were done in time, by week, office and manager. One statement, no rows.

A step is in time when it was done by the end of the day it was due, by the clock of its office. A day the client agreed
to counts, and so does the day after an attempt that found nobody; a step somebody put off counts for its first day
(`docs/decisions/0026-quality.md`). What was never planned (a talk written down afterwards) is no step to be late with.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Date, String, and_, case, column, func, or_, select, text, values

from webapp.db import UTC_Time, db
from webapp.kit.days import ONE_DAY, end_of_day, zone
from webapp.kit.shares import per_cent
from webapp.staff.lists import people_named
from webapp.staff.models import Office
from webapp.touches.models import Touch, TouchEvent

WEEK = timedelta(days=7)
# Written out, so that the partial index is known to fit.
_KEPT = text("touch.status IN ('done', 'planned') AND NOT touch.automatic")
_REAL = ("call", "visit")
NOBODY_THERE = ("no_answer", "unreachable")


@dataclass
class Tally:
    """Steps that were due: done in time, done later, still open; and calls: how many, and how many found somebody."""

    in_time: int = 0
    later: int = 0
    open: int = 0
    calls: int = 0
    talked: int = 0

    def add(self, in_time: int, later: int, still: int, calls: int, talked: int) -> None:
        """Count more."""
        self.in_time += in_time
        self.later += later
        self.open += still
        self.calls += calls
        self.talked += talked

    @property
    def due(self) -> int:
        """All of them."""
        return self.in_time + self.later + self.open

    @property
    def share(self) -> int | None:
        """Per cent in time; None where nothing was due."""
        return per_cent(self.in_time, self.due)

    @property
    def answered(self) -> int | None:
        """Per cent of calls that found the client."""
        return per_cent(self.talked, self.calls)


@dataclass
class Kept:
    """The tallies by first day of the week, by office, by manager (name and id; "" is nobody in particular), in all."""

    weeks: dict[date, Tally]
    offices: dict[int, Tally] = field(default_factory=dict)
    people: dict[int | None, Tally] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)
    total: Tally = field(default_factory=Tally)


def weeks_until(today: date, count: int) -> list[date]:
    """Mondays of the last `count` weeks, the present one last."""
    monday = today - timedelta(days=today.weekday())
    return [monday - WEEK * back for back in range(count - 1, -1, -1)]


def kept(weeks: Sequence[date], today: date, offices: Collection[Office], person_id: int | None = None) -> Kept:
    """What was due from the first of these Mondays until yesterday, and today as far as it is done.

    With `person_id` only steps of this person.
    """
    found = Kept({monday: Tally() for monday in weeks})
    rows: list[Any] = list(db.session.execute(_statement(weeks[0], today, offices, person_id)))
    for due_on, office_id, manager_id, *numbers in rows:
        monday = due_on - timedelta(days=due_on.weekday())
        for tally in (found.weeks[monday], found.offices.setdefault(office_id, Tally()),
                      found.people.setdefault(manager_id, Tally()), found.total):
            tally.add(*(int(number or 0) for number in numbers))
    found.names = people_named({key for key in found.people if key is not None})
    return found


def _statement(first: date, today: date, offices: Collection[Office], person_id: int | None) -> Any:
    days = _days(first, today, {office.timezone for office in offices})
    put_off = select(TouchEvent.id).where(TouchEvent.touch_id == Touch.id, TouchEvent.verb == "snoozed").exists()
    wanted = case((put_off, Touch.planned_on), else_=Touch.due_on)
    attempt = Touch.step_code.startswith("attempt:", autoescape=True)
    done = and_(Touch.status == "done", Touch.done_at.is_not(None))
    in_time = and_(done, Touch.done_at < days.c.ends_at)
    step = and_(~attempt, or_(Touch.status == "planned", Touch.done_at > Touch.created_at))
    call = and_(done, Touch.channel.in_(_REAL))
    manager = func.coalesce(Touch.assignee_id, Touch.done_by_id).label("manager_id")
    query = (select(Touch.due_on, Touch.office_id, manager,
                    func.count().filter(step, in_time), func.count().filter(step, done, ~func.coalesce(in_time, False)),
                    func.count().filter(step, Touch.status == "planned", Touch.due_on < today),
                    func.count().filter(call), func.count().filter(call, Touch.outcome.not_in(NOBODY_THERE)))
             .join(Office, Office.id == Touch.office_id)
             .outerjoin(days, and_(days.c.tz == Office.timezone, days.c.day == wanted))
             .where(_KEPT, Touch.office_id.in_([office.id for office in offices]), Touch.due_on >= first,
                    Touch.due_on <= today)
             .group_by(Touch.due_on, Touch.office_id, manager))
    if person_id is not None:
        query = query.where(func.coalesce(Touch.assignee_id, Touch.done_by_id) == person_id)
    return query


def _days(first: date, last: date, zones: Iterable[str]) -> Any:
    """The moment each day ends in each zone: a small table beside the steps, so that one comparison is enough."""
    count = (last - first).days + 1
    rows = [(name, day, end_of_day(day, zone(name))) for name in sorted(zones)
            for day in (first + ONE_DAY * number for number in range(count))]
    columns = column("tz", String), column("day", Date), column("ends_at", UTC_Time())
    return values(*columns, name="days").data(rows).cte()
