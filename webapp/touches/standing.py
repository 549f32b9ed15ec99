"""The four kept columns of an occasion: what gives the board its colour and order (`architecture.md` §3)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select

from webapp.db import db
from webapp.post.models import Message
from webapp.touches.models import Occasion, Touch
from webapp.touches.state_rules import BROKEN_STATUSES, OPEN_STATUSES

LATE_AFTER = timedelta(hours=1)

_OPEN_OR_NOT = select(Touch.status, Touch.automatic, Touch.due_on, Touch.send_at, Touch.message_id).where(
    Touch.occasion_id == bindparam("occasion"))


@dataclass(frozen=True)
class Standing:
    """What the open touches of an occasion add up to."""

    attention_on: date | None = None
    broken: int = 0
    breaks_at: datetime | None = None
    next_on: date | None = None
    is_finished: bool = False


def standing_of(touches: Iterable[Any], held: bool, held_messages: frozenset[int] = frozenset()) -> Standing:
    """Work the columns out from rows; `held_messages` are ids of messages that wait because sending is held."""
    rows = list(touches)
    open_rows = [t for t in rows if t.status in OPEN_STATUSES]
    people = [t.due_on for t in open_rows if not t.automatic and t.status == "planned" and t.due_on]
    waiting = [t.send_at for t in open_rows if t.automatic and t.status in ("planned", "queued") and t.send_at
               and not held and t.message_id not in held_messages]
    days = [t.due_on for t in open_rows if t.due_on and t.status in ("planned", "queued")]
    return Standing(min(people, default=None), sum(t.status in BROKEN_STATUSES for t in open_rows),
                    min(waiting) + LATE_AFTER if waiting else None, min(days, default=None),
                    bool(rows) and not open_rows)


def refresh(occasion: Occasion, *, now: datetime) -> None:
    """Bring the columns up to date; call inside the transaction that changed the touches."""
    session = db.session
    session.flush()
    rows = session.connection().execute(_OPEN_OR_NOT, {"occasion": occasion.id}).all()
    queued = [t.message_id for t in rows if t.status == "queued" and t.message_id]
    held = frozenset(session.scalars(select(Message.id).where(Message.id.in_(queued), Message.state == "held"))
                     ) if queued else frozenset()
    standing = standing_of(rows, occasion.held_at is not None, held)
    occasion.attention_on, occasion.broken = standing.attention_on, standing.broken
    occasion.breaks_at, occasion.next_on = standing.breaks_at, standing.next_on
    if standing.is_finished and occasion.closed_at is None:
        occasion.closed_at = now
    elif not standing.is_finished and occasion.cancelled_at is None:
        occasion.closed_at = None
