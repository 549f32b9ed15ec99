"""What managers read of complaints: those of their own clients, and the conversation as its client may read it."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from webapp.complaints.desk_card import Line, turns_of
from webapp.complaints.form_questions import shown_words
from webapp.complaints.models import Complaint
from webapp.complaints.questions import own_words_of, seen_by
from webapp.complaints.step_rules import CLOSED, OPEN
from webapp.db import db
from webapp.staff.models import User


def own_ones(user: User, limit: int, *, ended: bool, today: date) -> Sequence[Complaint]:
    """Open ones by the nearest deadline, closed ones the newest first; what was no complaint is left out."""
    query = seen_by(select(Complaint), user, today=today).options(
        joinedload(Complaint.client), joinedload(Complaint.office), joinedload(Complaint.trip),
        joinedload(Complaint.owner), joinedload(Complaint.manager))
    if ended:
        query = query.where(Complaint.state == CLOSED).order_by(Complaint.closed_at.desc(), Complaint.id.desc())
    else:
        query = query.where(Complaint.state.in_(OPEN)).order_by(
            Complaint.due_at.is_(None), Complaint.due_at, Complaint.id)
    return db.session.scalars(query.limit(limit)).unique().all()


def open_count(user: User, *, today: date) -> int:
    """How many of them are open."""
    query = seen_by(select(func.count()).select_from(Complaint).where(Complaint.state.in_(OPEN)), user, today=today)
    return int(db.session.scalar(query) or 0)


def talk_of(row: Complaint, *, until: datetime) -> list[Line]:
    """How it began, what was said since and decided, the oldest first: no note, and no answer written after `until`,
    which may still be called back.

    The beginning is of kind "own" where the client wrote it, and "story" where somebody wrote it down.
    """
    own = own_words_of(row)
    first = Line(row.created_at, "own" if own else "story", row.contact_name, own or row.story, row.source)
    said = [Line(word.at, word.kind, word.author, word.text, word.via)
            for word in shown_words(row.id, until=until)]
    return sorted([first, *said, *turns_of(row)], key=lambda line: line.at)
