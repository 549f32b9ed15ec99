"""Step 7: the lesson goes to everybody it concerns, and each marks that it was read."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update

from webapp.complaints.models import Complaint, LessonReader
from webapp.db import db, transaction
from webapp.staff.models import User
from webapp.staff.rules import Actor, BadInput


def share(row: Complaint, given: Mapping[str, Any], actor: Actor, now: datetime) -> None:
    """Keep the lesson and whom it concerns. Raises BadInput("no-such-person")."""
    wanted = {int(number) for number in given["readers"]}
    people = set(db.session.scalars(select(User.id).where(User.id.in_(wanted), User.dismissed_at.is_(None))))
    if people != wanted:
        raise BadInput("no-such-person", "readers")
    row.lesson, row.shared_at = given["lesson"], now
    known = {reader.user_id: reader for reader in db.session.scalars(
        select(LessonReader).where(LessonReader.complaint_id == row.id))}
    for user_id in sorted(people):
        # Who wrote it knows it.
        read_at = now if user_id == actor.user_id else None
        if user_id in known:
            known[user_id].shared_at, known[user_id].read_at = now, read_at
        else:
            db.session.add(LessonReader(complaint_id=row.id, user_id=user_id, shared_at=now, read_at=read_at))


def unshare(row: Complaint) -> None:
    """The lesson is taken back: it is nobody's any more. What it said stays in the history, and in the form."""
    db.session.execute(delete(LessonReader).where(LessonReader.complaint_id == row.id))


def mark_read(complaint_id: int, *, actor: Actor, now: datetime) -> bool:
    """«Прочитано»; False when it was marked before. Raises LookupError for somebody it was not shared with."""
    with transaction() as session:
        key = (LessonReader.complaint_id == complaint_id, LessonReader.user_id == actor.user_id)
        if session.scalar(select(LessonReader.user_id).where(*key)) is None:
            raise LookupError(complaint_id)
        marked = session.execute(update(LessonReader).where(*key, LessonReader.read_at.is_(None)).values(read_at=now))
        return bool(marked.rowcount)  # type: ignore[attr-defined]
