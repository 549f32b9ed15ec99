"""Messages that wait: late ones turn their row red, those put off on purpose do not."""

from datetime import datetime

from sqlalchemy import select

from webapp.db import db, transaction
from webapp.kit.days import local_day, zone
from webapp.post.models import Message
from webapp.touches.actions.sending import PLANNER
from webapp.touches.history import log, snapshot
from webapp.touches.locking import claim_touches, lock_free
from webapp.touches.models import QUEUED, Occasion, Touch
from webapp.touches.standing import refresh

PUT_OFF = ("cap", "quiet-hours", "sms-budget")


def watch_waiting(*, now: datetime) -> int:
    """Occasions whose message waits again after a hold get their "late by an hour" moment back; gives how many.

    A message put off by the frequency cap, the night or the SMS budget is not late: its touch follows it.
    """
    with transaction() as session:
        _follow_put_off(now)
        waiting = (select(Touch.occasion_id).join(Message, Touch.message_id == Message.id)
                   .where(Touch.status == QUEUED, Message.state.in_(("queued", "claimed", "handed"))))
        stale = session.scalars(select(Occasion.id).where(
            Occasion.id.in_(waiting), Occasion.breaks_at.is_(None)).limit(500)).all()
        rows = lock_free(stale).values()
        for row in rows:
            refresh(row, now=now)
        return len(rows)


def _follow_put_off(now: datetime) -> None:
    touches, _found = claim_touches(
        select(Touch).join(Message, Touch.message_id == Message.id)
        .where(Touch.status == QUEUED, Message.state == "queued", Message.last_code.in_(PUT_OFF),
               Message.next_try_at > Touch.send_at).limit(500))
    moments = {row.id: row.next_try_at for row in db.session.execute(select(Message.id, Message.next_try_at).where(
        Message.id.in_([touch.message_id for touch in touches])))} if touches else {}
    for touch in touches:
        before = snapshot(touch)
        touch.send_at = moments[touch.message_id or 0]
        touch.due_on = local_day(touch.send_at, zone(touch.client.zone))
        log(touch, "put-off", before, actor=PLANNER, now=now)
    for occasion in {touch.occasion_id: touch.occasion for touch in touches}.values():
        if occasion is not None:
            refresh(occasion, now=now)
