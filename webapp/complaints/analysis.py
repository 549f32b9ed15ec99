"""What complaints of a period come to: by cause, source, manager, operator; time per step; month by month."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from statistics import median
from typing import Any

from sqlalchemy import select

from webapp.complaints.models import Complaint, RootCause
from webapp.complaints.step_rules import DRAFT, VOID
from webapp.db import db
from webapp.kit.days import add_months, local_day, moment, zone
from webapp.kit.shares import per_cent
from webapp.staff.calendars import calendars_of
from webapp.staff.models import Office, User, scoped

STEP_TIMES = (("told", "created_at", "told_at"), ("investigated", "told_at", "investigated_at"),
              ("resolved", "investigated_at", "resolved_at"), ("documented", "resolved_at", "documented_at"),
              ("analysed", "documented_at", "analysed_at"), ("shared", "analysed_at", "shared_at"))
"""A step with the columns between which its time lies."""


@dataclass
class Group:
    """Complaints with one cause, source, manager or operator. `cost` in kopecks."""

    name: str
    count: int = 0
    judged: int = 0
    justified: int = 0
    answered: int = 0
    satisfied: int = 0
    cost: int = 0

    def add(self, row: Any) -> None:
        """Count one complaint in."""
        self.count += 1
        self.judged += bool(row.justified)
        self.justified += row.justified in ("yes", "partly")
        self.answered += row.satisfaction in ("yes", "partly", "no")
        self.satisfied += row.satisfaction == "yes"
        self.cost += row.cost_kopecks


@dataclass(frozen=True)
class Bar:
    """One cause of the Pareto chart: `share` and `sum` in whole per cent, the sum with all before it."""

    name: str
    count: int
    share: int
    sum: int


@dataclass
class Analysis:
    """Everything the page and the file show."""

    all: Group
    months: dict[date, Group]
    causes: list[Group] = field(default_factory=list)
    sources: list[Group] = field(default_factory=list)
    managers: list[Group] = field(default_factory=list)
    operators: list[Group] = field(default_factory=list)
    pareto: list[Bar] = field(default_factory=list)
    hours: dict[str, tuple[Decimal, int]] = field(default_factory=dict)
    satisfaction: Counter[str] = field(default_factory=Counter)
    reopened: int = 0


def analyse(user: User, first: date, last: date, names: dict[str, Any], language: str) -> Analysis:
    """Complaints that came from the first day of month `first` to the end of month `last`, by the person's own zone.

    Drafts and what was no complaint are not counted. `names` are the words of sources and of what has no name.
    """
    tz = zone(user.zone)
    begin, end = moment(first, time(0), tz), moment(add_months(last, 1), time(0), tz)
    rows = _rows(user, begin, end)
    found = Analysis(Group(""), {month: Group("") for month in _months(first, last)})
    cause = "cause_en" if language == "en" else "cause_ru"
    found.causes = _grouped(rows, lambda row: getattr(row, cause) or row.cause_ru or str(names["no-cause"]))
    found.sources = _grouped(rows, lambda row: str(names[row.source]))
    found.managers = _grouped(rows, lambda row: row.manager or str(names["nobody"]))
    found.operators = _grouped(rows, lambda row: row.operator or str(names["no-operator"]))
    for row in rows:
        found.all.add(row)
        found.months[local_day(row.created_at, tz).replace(day=1)].add(row)
        found.satisfaction[row.satisfaction or "waiting"] += 1
        found.reopened += row.rounds > 1
    found.pareto = pareto([(group.name, group.count) for group in _grouped(
        [row for row in rows if row.cause_ru], lambda row: getattr(row, cause) or row.cause_ru)])
    found.hours = {step: times for step, since, until in STEP_TIMES
                   if (times := _hours(rows, since, until)) is not None}
    return found


def pareto(counts: Iterable[tuple[str, int]]) -> list[Bar]:
    """The commonest first, each with its share and the share of all so far, in whole per cent."""
    ordered = sorted(((name, count) for name, count in counts if count), key=lambda one: (-one[1], one[0]))
    every, so_far, bars = sum(count for _name, count in ordered), 0, []
    for name, count in ordered:
        so_far += count
        bars.append(Bar(name, count, per_cent(count, every) or 0, per_cent(so_far, every) or 0))
    return bars


def _rows(user: User, begin: datetime, end: datetime) -> Sequence[Any]:
    columns: list[Any] = [getattr(Complaint, name) for name in (
        "created_at", "told_at", "investigated_at", "resolved_at", "documented_at", "analysed_at", "shared_at",
        "source", "operator", "justified", "satisfaction", "cost_kopecks", "rounds", "office_id")]
    query = (select(*columns, User.name.label("manager"), RootCause.name_ru.label("cause_ru"),
                    RootCause.name_en.label("cause_en"))
             .select_from(Complaint).outerjoin(User, User.id == Complaint.manager_id)
             .outerjoin(RootCause, RootCause.id == Complaint.root_cause_id)
             .where(Complaint.state.not_in((DRAFT, VOID)), Complaint.created_at >= begin, Complaint.created_at < end))
    return db.session.execute(scoped(query, Complaint.office_id, user)).all()


def _grouped(rows: Iterable[Any], name_of: Any) -> list[Group]:
    groups: dict[str, Group] = {}
    for row in rows:
        name = name_of(row)
        groups.setdefault(name, Group(name)).add(row)
    return sorted(groups.values(), key=lambda group: (-group.count, group.name))


def _hours(rows: Sequence[Any], since: str, until: str) -> tuple[Decimal, int] | None:
    """The median in working hours of the office, in which deadlines are counted too, and of how many."""
    offices = {office.id: office for office in db.session.scalars(
        select(Office).where(Office.id.in_({row.office_id for row in rows})))}
    calendars = calendars_of(offices.values())

    def spent(row: Any) -> timedelta:
        return calendars[row.office_id].time_between(getattr(row, since), getattr(row, until),
                                                     zone(offices[row.office_id].timezone))

    spans = [spent(row) / timedelta(hours=1) for row in rows
             if getattr(row, since) and getattr(row, until) and getattr(row, until) >= getattr(row, since)]
    return (Decimal(str(round(median(spans), 1))), len(spans)) if spans else None


def _months(first: date, last: date) -> Iterable[date]:
    while first <= last:
        yield first
        first = add_months(first, 1)
