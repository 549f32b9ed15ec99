"""Texts of letters are kept as long as the agency says, then emptied; that they were sent stays."""

from datetime import datetime, timedelta

from sqlalchemy import select, update

from webapp.db import transaction
from webapp.post.obstacles import message
from webapp.post.reading import content
from webapp.staff.models import setting

MONTHS, MONTH = 36, timedelta(days=30)
KEY = "keep_letters_months"
_AT_ONCE = 500


def kept_months() -> int:
    """How many months texts are kept; 0 means for ever."""
    return int(setting(KEY, MONTHS))


def forget_texts(*, now: datetime) -> dict[str, int]:
    """Empty the texts of messages that ended longer ago than that, five hundred in a transaction; gives how many.

    Safe to stop and to run again. Subject, address and every change of state stay in the client's history.
    """
    months, forgotten, last = kept_months(), 0, 0
    while months:
        with transaction() as session:
            ids = list(session.connection().scalars(
                select(message.c.id).join(content, content.c.message_id == message.c.id)
                .where(message.c.id > last, message.c.ended_at < now - MONTH * months, message.c.settled,
                       content.c.text != "").order_by(message.c.id).limit(_AT_ONCE)))
            session.connection().execute(update(content).where(content.c.message_id.in_(ids)).values(
                text="", html="", files=""))
            session.connection().execute(update(message).where(message.c.id.in_(ids)).values(unsubscribe_url=""))
        forgotten += len(ids)
        if len(ids) < _AT_ONCE:
            break
        last = ids[-1]
    return {"letters": forgotten}
