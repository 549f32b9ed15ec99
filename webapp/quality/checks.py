"""What pages read of checks of staff: what is due, what was found last, the history of a person."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, select
from sqlalchemy.orm import aliased, joinedload

from webapp.db import db
from webapp.quality.models import StaffCheck, StaffCheckDue
from webapp.staff.models import User, UserOffice

MOST = 200


@dataclass(frozen=True)
class Results:
    """Checks of a period by result."""

    good: int = 0
    partly: int = 0
    poor: int = 0

    @property
    def all(self) -> int:
        """All of them."""
        return self.good + self.partly + self.poor


def people(user: User) -> list[User]:
    """Whom a director may check: people who work in the own offices."""
    return list(db.session.scalars(select(User).where(_in_offices_of(user)).order_by(User.name, User.id)))


def due_of(ids: Collection[int], until: date | None = None) -> Sequence[StaffCheckDue]:
    """Planned checks of these people, the nearest first; with `until` only those due by that day."""
    query = select(StaffCheckDue).where(StaffCheckDue.user_id.in_(ids)).options(joinedload(StaffCheckDue.user))
    if until is not None:
        query = query.where(StaffCheckDue.due_on <= until)
    return db.session.scalars(query.order_by(StaffCheckDue.due_on, StaffCheckDue.id).limit(MOST)).all()


def due_counts(user: User, today: date) -> tuple[int, int]:
    """(due by today, of these overdue) for the number in the bar."""
    mine = select(User.id).where(_in_offices_of(user))
    row: Any = db.session.execute(select(
        func.count(), func.count().filter(StaffCheckDue.due_on < today)).where(
        StaffCheckDue.due_on <= today, StaffCheckDue.user_id.in_(mine))).one()
    return int(row[0]), int(row[1])


def last_results(ids: Collection[int]) -> dict[int, list[StaffCheck]]:
    """By person: the last result in each topic, the newest first; in one statement."""
    found: dict[int, list[StaffCheck]] = {}
    rows = db.session.scalars(_valid().where(StaffCheck.user_id.in_(ids))
                              .order_by(StaffCheck.checked_on.desc(), StaffCheck.id.desc()).limit(2_000))
    for row in rows:
        mine = found.setdefault(row.user_id, [])
        if row.topic_key not in {known.topic_key for known in mine}:
            mine.append(row)
    return found


def history_of(user_id: int) -> list[StaffCheck]:
    """Everything ever written about a person, corrected rows too, the newest first."""
    return list(db.session.scalars(select(StaffCheck).where(StaffCheck.user_id == user_id)
                                   .order_by(StaffCheck.checked_on.desc(), StaffCheck.id.desc()).limit(MOST)))


def results_of(ids: Collection[int], first: date, last: date) -> Results:
    """How checks of these people came out between two days."""
    rows: list[Any] = list(db.session.execute(
        _valid().with_only_columns(StaffCheck.result, func.count()).where(
            StaffCheck.user_id.in_(ids), StaffCheck.checked_on >= first, StaffCheck.checked_on <= last)
        .group_by(StaffCheck.result)))
    return Results(**{row[0]: int(row[1]) for row in rows})


def topics() -> list[str]:
    """Topics in use, by name."""
    return list(db.session.scalars(select(StaffCheck.topic).union(select(StaffCheckDue.topic)).limit(100)))


def _valid() -> Select[Any]:
    """Results nobody has corrected."""
    later = aliased(StaffCheck)
    return select(StaffCheck).where(~select(later.id).where(later.corrects_id == StaffCheck.id).exists())


def _in_offices_of(user: User) -> ColumnElement[bool]:
    """People at work in the person's own offices: an administrator's hat opens nobody's checks."""
    at_work = User.dismissed_at.is_(None)
    if user.is_network:
        return at_work
    return and_(at_work, exists().where(UserOffice.user_id == User.id,
                                        UserOffice.office_id.in_([office.id for office in user.offices])))
