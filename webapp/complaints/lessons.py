"""Lessons of complaints as their readers see them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from webapp.complaints.models import Complaint, LessonReader, RootCause
from webapp.db import db


@dataclass(frozen=True)
class Lesson:
    """One lesson: no client, no names; `read_at` is when this reader marked it."""

    complaint_id: int
    number: str
    text: str
    prevention: str
    cause: RootCause | None
    shared_at: datetime
    read_at: datetime | None


def lessons_of(user_id: int, limit: int = 200) -> list[Lesson]:
    """What was shared with this person: unread first, then the newest."""
    query = (select(LessonReader.read_at, LessonReader.shared_at, Complaint.id, Complaint.number, Complaint.lesson,
                    Complaint.prevention, RootCause)
             .join(Complaint, Complaint.id == LessonReader.complaint_id)
             .outerjoin(RootCause, RootCause.id == Complaint.root_cause_id)
             .where(LessonReader.user_id == user_id, Complaint.lesson != "")
             .order_by(LessonReader.read_at.is_not(None), LessonReader.shared_at.desc(), Complaint.id.desc()))
    return [Lesson(row.id, row.number, row.lesson, row.prevention, row.RootCause, row.shared_at, row.read_at)
            for row in db.session.execute(query.limit(limit))]


def unread_by(user_id: int) -> int:
    """How many lessons wait to be read by this person."""
    return int(db.session.scalar(select(func.count()).select_from(LessonReader).where(
        LessonReader.user_id == user_id, LessonReader.read_at.is_(None))) or 0)
