"""Somebody fills in the page of an invitation: written down at once, looked at by the worker, and nothing lost between.

The page writes the same row whoever has the phone and looks nobody up; who it is, the worker finds out. So neither
the answer nor the time it takes tells whether a phone is known here (`domain.md` §5.7, `quality.md` §2).
"""

from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import Select, delete, select

from webapp.club.actions.friends import come
from webapp.club.friend_rules import MOST_A_DAY
from webapp.club.friends import Agreed, Coming, came_lately
from webapp.club.models import FriendKnock
from webapp.db import db, one_at_a_time, transaction, wake
from webapp.staff.rules import BadInput

KEPT = timedelta(days=2)
"""Longer than the day within which they are counted."""


def knock(inviter_id: int, coming: Coming, agreed: Agreed, *, now: datetime) -> None:
    """Write down who came and wake the worker. Raises BadInput: "no-friend" without name or phone, "too-many"."""
    if not coming.name or not coming.phone:
        raise BadInput("no-friend")
    with transaction() as session:
        one_at_a_time(f"knock:{inviter_id}")
        if came_lately(inviter_id, now) >= MOST_A_DAY:
            raise BadInput("too-many")
        session.add(FriendKnock(
            inviter_id=inviter_id, name=coming.name, phone=coming.phone, wish=coming.wish, news=",".join(agreed.news),
            address=agreed.address, language=agreed.language, data_text=agreed.data_text, news_text=agreed.news_text,
            created_at=now))
        wake("post")


def look_at_knocks(*, now: datetime) -> int:
    """Find out who came, the first first; gives how many were looked at.

    Each becomes what it would have been at the moment it was written: a day of silence changes nothing about who came
    first. One that cannot be taken in stays, is told to the log, and holds up nobody; the next look tries it again.
    """
    looked = last = 0
    while (knock_id := db.session.scalar(_waiting(last))) is not None:
        last = knock_id
        try:
            looked += _taken_in(knock_id, now)
        except Exception:
            current_app.logger.exception("a friend who came could not be taken in (friend_knock %s)", knock_id)
    return looked


def tidy_knocks(*, now: datetime) -> int:
    """Forget those that were looked at and count for nothing any more; gives how many."""
    with transaction() as session:
        gone = session.execute(delete(FriendKnock).where(FriendKnock.looked_at.is_not(None),
                                                         FriendKnock.created_at <= now - KEPT))
        return int(gone.rowcount)  # type: ignore[attr-defined]


def _taken_in(knock_id: int, now: datetime) -> bool:
    with transaction() as session:
        row = session.get(FriendKnock, knock_id, with_for_update=True, populate_existing=True)
        if row is None or row.looked_at is not None:
            return False
        agreed = Agreed(row.language, row.data_text, row.news_text, tuple(filter(None, row.news.split(","))),
                        row.address)
        come(row.inviter_id, Coming(row.name, row.phone, row.wish), agreed, now=row.created_at)
        # It stands with the friend now: no second copy is kept.
        row.name = row.phone = row.wish = row.news = row.address = ""
        row.looked_at = now
        return True


def _waiting(after: int) -> Select[int]:
    return select(FriendKnock.id).where(FriendKnock.looked_at.is_(None), FriendKnock.id > after).order_by(
        FriendKnock.id).limit(1)
