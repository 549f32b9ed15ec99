"""The text of messages that wait is written anew when their letter was changed; what has been tried once stays."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy import text as sql_text
from sqlalchemy.sql.elements import ColumnElement

from webapp.db import db, transaction
from webapp.letters.rules import sms_parts
from webapp.post.actions.history import locked_ids, note
from webapp.post.models import STOPPABLE, Message
from webapp.post.obstacles import message
from webapp.post.reading import content
from webapp.post.rules import told
from webapp.staff.rules import Actor

_STATES = ("held", "queued")


def waiting_ids(version_ids: Collection[int], *, after: int = 0, limit: int = 50) -> Sequence[int]:
    """Messages made from these versions of a letter that wait and were never tried, by id."""
    return db.session.scalars(select(message.c.id).where(
        message.c.state.in_(_STATES), *_untouched(version_ids), message.c.id > after)
        .order_by(message.c.id).limit(limit)).all()


def count_waiting(version_ids: Collection[int]) -> int:
    """How many there are."""
    return int(db.session.scalar(select(func.count()).select_from(message).where(
        message.c.state.in_(_STATES), *_untouched(version_ids))) or 0)


def replace_text(row: Message, *, subject: str, text: str, html: str, version_id: int, actor: Actor,
                 now: datetime, files: str, sender: str, reply_to: str, klass: str,
                 unsubscribe_url: str = "") -> bool:
    """Give a waiting message another text with its links, files and sender; False when it has moved on meanwhile.

    Locked first: whoever claims a message reads its text after that, and it must not change any more then.
    """
    with transaction() as session:
        free = locked_ids(session, message.c.id == row.id, message.c.tries == 0, message.c.handed_at.is_(None),
                          states=_STATES)
        if not free:
            return False
        connection = session.connection()
        connection.execute(update(message).where(message.c.id == row.id).values(
            subject=subject, gist="" if subject else told(klass, text)[:200], letter_version_id=version_id,
            unsubscribe_url=unsubscribe_url, parts=sms_parts(text).parts if row.channel == "sms" else 0,
            sender=sender, reply_to=reply_to, klass=klass))
        connection.execute(update(content).where(content.c.message_id == row.id).values(
            text=text, html=html, files=files))
        note(connection, free, row.state, actor.name, now, code="rewritten")
        return True


def _untouched(version_ids: Collection[int]) -> tuple[ColumnElement[bool], ...]:
    # Anything that may have been seen by a mail server under this Message-ID keeps its words.
    return (sql_text(STOPPABLE), message.c.letter_version_id.in_(version_ids), message.c.tries == 0,  # type: ignore[return-value]
            message.c.crashes == 0, message.c.returned == 0, message.c.handed_at.is_(None))
