"""Leave planned steps out because of something a room on the right has learnt: grey with a reason, never red."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from webapp.db import db, transaction
from webapp.staff.rules import Actor
from webapp.touches.history import log, new_bundle, snapshot
from webapp.touches.locking import lock_all
from webapp.touches.models import PLANNED, Touch
from webapp.touches.standing import refresh


def skip_planned(ids: Sequence[int], *, reason: str, actor: Actor, now: datetime) -> int:
    """Skip those of these steps that are still planned; gives how many. One that was queued meanwhile stays."""
    if not ids:
        return 0
    with transaction():
        occasions = lock_all(db.session.scalars(select(Touch.occasion_id).where(Touch.id.in_(ids))))
        touches = db.session.scalars(select(Touch).where(Touch.id.in_(ids), Touch.status == PLANNED)
                                     .execution_options(populate_existing=True)).all()
        bundle = new_bundle()
        for touch in touches:
            before = snapshot(touch)
            touch.status, touch.reason = "skipped", reason
            log(touch, "closed", before, actor=actor, now=now, bundle=bundle)
        for occasion in occasions.values():
            refresh(occasion, now=now)
        return len(touches)
