"""Files of clients: kept beside the form while it is filled in, moved to the complaint once sent, else forgotten."""

import secrets
from collections.abc import Sequence
from datetime import datetime

from flask import current_app
from sqlalchemy import ColumnElement, delete, func, select

from webapp.clients.rules import spell_token
from webapp.club.asking_rules import network_of
from webapp.complaints import form_rules as rules
from webapp.complaints.form_models import ComplaintTaken, ComplaintUpload
from webapp.complaints.form_questions import files_of, hashed
from webapp.complaints.models import Complaint, ComplaintFile, ComplaintWord
from webapp.complaints.upload_rules import BadUpload, Made
from webapp.db import db, one_at_a_time, transaction


def add_upload(key: str, made: Made, *, address: str, now: datetime) -> None:
    """Keep a file beside the form with this key; the same content again is the same file.

    Raises BadUpload: "too-many" for the eleventh, "too-often" for one address of the network, "no-room" when all
    together have brought as much in a day as is kept.
    """
    bag, own = hashed("key", key), hashed("address", network_of(address))
    with transaction() as session:
        one_at_a_time(f"complaint-files:{own}")
        lying = session.scalars(select(ComplaintUpload.sha256).where(
            ComplaintUpload.bag == bag, ComplaintUpload.entry_id.is_(None))).all()
        if made.sha256 in lying:
            return
        if len(lying) >= rules.MOST_FILES:
            raise BadUpload("too-many", made.name)
        _count(own, made, now)
        session.add(ComplaintUpload(
            bag=bag, entry_id=None, token=spell_token(secrets.randbits(128)), name=made.name, type=made.type,
            size=len(made.data), sha256=made.sha256, created_at=now, data=made.data))


def drop_upload(key: str, token: str) -> None:
    """Take a file out of a form that was not sent yet; none of that name changes nothing."""
    if not token.isprintable():
        # Nothing of ours, and PostgreSQL does not even look for a NUL.
        return
    with transaction() as session:
        session.execute(delete(ComplaintUpload).where(
            ComplaintUpload.bag == hashed("key", key), ComplaintUpload.token == token,
            ComplaintUpload.entry_id.is_(None)))


def hand_over(uploads: Sequence[ComplaintUpload], row: Complaint, word: ComplaintWord | None, *,
              now: datetime) -> int:
    """Files of a form become those of its word, each content once; gives how many the complaint has now. Call inside
    the transaction of that word. Raises BadUpload("full") when they do not all fit: nothing is taken then."""
    with transaction() as session:
        known, word_id = files_of(row.id), word.id if word else None
        check_room(uploads, len(known))
        there = [file.sha256 for file in known if file.word_id == word_id]
        for upload in uploads:
            if upload.sha256 not in there:
                there.append(upload.sha256)
                session.add(ComplaintFile(
                    complaint_id=row.id, word_id=word_id, token=upload.token, name=upload.name,
                    type=upload.type, size=upload.size, sha256=upload.sha256, by_client=True, added_at=now,
                    data=upload.data))
            session.delete(upload)
        session.flush()
        return len(files_of(row.id))


def check_room(uploads: Sequence[ComplaintUpload], there: int) -> None:
    """Raises BadUpload("full") with the names of those that do not fit beside `there` others."""
    over = uploads[max(0, rules.MOST_IN_ALL - there):]
    if over:
        raise BadUpload("full", ", ".join(upload.name for upload in over))


def tidy_uploads(*, now: datetime) -> int:
    """Forget files of forms that nobody has sent, and what was counted longer than a day ago; gives how many files."""
    with transaction() as session:
        session.execute(delete(ComplaintTaken).where(ComplaintTaken.at <= now - rules.DAY))
        gone = session.execute(delete(ComplaintUpload).where(
            ComplaintUpload.entry_id.is_(None), ComplaintUpload.created_at <= now - rules.KEPT))
        return int(gone.rowcount)  # type: ignore[attr-defined]


def taken(*where: ColumnElement[bool]) -> tuple[int, int]:
    """(files, bytes) that were taken."""
    row = db.session.execute(select(func.count(), func.coalesce(func.sum(ComplaintTaken.size), 0)).where(*where)).one()
    return int(row[0]), int(row[1])


def _count(own: str, made: Made, now: datetime) -> None:
    files, size = taken(ComplaintTaken.address_hash == own, ComplaintTaken.at > now - rules.HOUR)
    if files >= rules.FILES_AN_HOUR or size + len(made.data) > rules.BYTES_AN_HOUR:
        raise BadUpload("too-often", made.name)
    if taken(ComplaintTaken.at > now - rules.DAY)[1] + len(made.data) > rules.BYTES_A_DAY:
        current_app.logger.warning("files of complaints: a day's room is used up, no more are taken")
        raise BadUpload("no-room", made.name)
    db.session.add(ComplaintTaken(address_hash=own, size=len(made.data), at=now))
