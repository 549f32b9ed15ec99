"""End many occasions at once: those of which nothing but planned steps is left, with their history, in three writes."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, bindparam, insert, update

from webapp.db import transaction
from webapp.staff.rules import Actor
from webapp.touches.history import new_bundle
from webapp.touches.models import Occasion, Touch, TouchEvent
from webapp.touches.state_rules import is_plain

_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
_EVENT = insert(TouchEvent)
_CANCEL = update(Touch).where(Touch.id.in_(_IDS)).values(status="cancelled", reason=bindparam("why"))
_CLOSE = update(Occasion).where(Occasion.id.in_(_IDS)).values(
    closed_at=bindparam("then"), attention_on=None, broken=0, breaks_at=None, next_on=None)


def cancel_planned(occasion_ids: Sequence[int], touches: Sequence[Any], *, reason: str, actor: Actor,
                   now: datetime) -> None:
    """Call off these locked occasions, as `ending.call_off` does one; `touches` are rows of all that is open of them.

    Raises ValueError where one of these is not plain: such occasions are ended one by one.
    """
    if not all(is_plain(touch.status, touch.step_id) for touch in touches):
        raise ValueError("not only planned steps")
    with transaction() as session:
        raw = session.connection()
        if touches:
            raw.execute(_CANCEL, {"ids": [touch.id for touch in touches], "why": reason})
            bundle, before, after = new_bundle(), {"status": "planned", "reason": ""}, {"status": "cancelled",
                                                                                      "reason": reason}
            raw.execute(_EVENT, [
                {"touch_id": touch.id, "occasion_id": touch.occasion_id, "office_id": touch.office_id, "at": now,
                 "verb": "cancelled", "actor": actor.name, "user_id": actor.user_id, "bundle": bundle,
                 "before": before, "after": after} for touch in touches])
        if occasion_ids:
            raw.execute(_CLOSE, {"ids": list(occasion_ids), "then": now})
