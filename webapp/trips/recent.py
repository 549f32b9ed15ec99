"""What people did lately on a step and may still take back: who, when, and the bundle an undo needs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, select
from sqlalchemy.orm import aliased

from webapp.db import db
from webapp.touches.models import TouchEvent

SHOWN_FOR = timedelta(hours=18)
VERBS = ("done", "no-answer", "snoozed", "date-chosen", "not-needed", "agreed", "handed-over")
_undo = aliased(TouchEvent)
_ACTS = (select(TouchEvent.touch_id, TouchEvent.verb, TouchEvent.actor, TouchEvent.at, TouchEvent.bundle)
         .outerjoin(_undo, _undo.undoes_id == TouchEvent.id)
         .where(TouchEvent.occasion_id.in_(bindparam("occasions", expanding=True)), TouchEvent.at > bindparam("since"),
                TouchEvent.verb.in_(VERBS), TouchEvent.user_id.is_not(None), _undo.id.is_(None),
                TouchEvent.bundle != "")
         .order_by(TouchEvent.id))


@dataclass(frozen=True, slots=True)
class Act:
    """A change by a person that can be undone."""

    touch_id: int
    verb: str
    actor: str
    at: datetime
    bundle: str


def acts_of(occasion_ids: Sequence[int], now: datetime) -> dict[int, Act]:
    """The newest change per touch, not undone, of the last hours."""
    found = db.session.connection().execute(_ACTS, {"occasions": list(occasion_ids), "since": now - SHOWN_FOR})
    return {row.touch_id: Act(*row) for row in found}
