"""An occasion that has become pointless ends by itself: its plan is called off, what people added to it stays."""

from datetime import datetime

from sqlalchemy import select

from webapp.db import transaction
from webapp.post import actions as post
from webapp.staff.rules import Actor
from webapp.touches.actions.occasions import group_key
from webapp.touches.history import log, new_bundle, snapshot
from webapp.touches.models import Occasion, Touch
from webapp.touches.standing import refresh
from webapp.touches.state_rules import OPEN_STATUSES


def call_off(occasion_id: int, *, reason: str, actor: Actor, now: datetime) -> int:
    """Close the open steps of its plan and stop their messages; gives how many were stopped.

    A task that came out of a call (somebody complains, a friend to ring up) is no part of the plan and stays open: the
    occasion closes with the last of them. Nothing happens to one that has ended. Raises LookupError.
    """
    with transaction() as session:
        occasion = session.get(Occasion, occasion_id, with_for_update=True)
        if occasion is None:
            raise LookupError(occasion_id)
        if occasion.closed_at is not None:
            return 0
        stopped = post.cancel_group(group_key(occasion.id), reason="cancelled", actor=actor, now=now)
        bundle = new_bundle()
        for touch in session.scalars(select(Touch).where(
                Touch.occasion_id == occasion.id, Touch.step_id.is_not(None), Touch.status.in_(OPEN_STATUSES))):
            before = snapshot(touch)
            touch.status, touch.reason = "cancelled", reason
            log(touch, "cancelled", before, actor=actor, now=now, bundle=bundle)
        refresh(occasion, now=now)
        return stopped
