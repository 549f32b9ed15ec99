"""Procedures and root causes in use, each in the language somebody reads."""

from typing import Any

from sqlalchemy import func, select

from webapp.complaints.day_holes import fill_days
from webapp.complaints.models import Complaint, Procedure, RootCause
from webapp.complaints.questions import terms_for
from webapp.db import db


def pick(row: Any, name: str, language: str) -> str:
    """A text of `row` («name», «text», «remedy») in this language; the other one where it is empty."""
    russian, english = getattr(row, f"{name}_ru"), getattr(row, f"{name}_en")
    return str((english or russian) if language == "en" else (russian or english))


def wording_of(row: Procedure, name: str, language: str) -> str:
    """The «text» or «remedy» of a procedure with the days that are counted for it now."""
    return fill_days(pick(row, name, language), terms_for(row), language)


def procedures_in_use() -> list[Procedure]:
    """What can be chosen at step 2, in order."""
    return [row for row in all_procedures() if row.active]


def all_procedures() -> list[Procedure]:
    """All of them, in order, those off included."""
    return list(db.session.scalars(select(Procedure).order_by(Procedure.position, Procedure.id)))


def causes_in_use() -> list[RootCause]:
    """What can be chosen at step 6, in order."""
    return [row for row in all_causes() if row.active]


def all_causes() -> list[RootCause]:
    """All of them, in order, those off included."""
    return list(db.session.scalars(select(RootCause).order_by(RootCause.position, RootCause.id)))


def used_causes() -> dict[int, int]:
    """How often each cause was found."""
    query = select(Complaint.root_cause_id, func.count()).where(Complaint.root_cause_id.is_not(None))
    return {number: count for number, count in db.session.execute(query.group_by(Complaint.root_cause_id)) if number}
