"""What staff are offered after a call that reached nobody: one SMS that says so (`domain.md` §1.1)."""

from datetime import datetime, timedelta

from sqlalchemy import select

from webapp.db import db, transaction, wake
from webapp.staff.rules import Actor
from webapp.touches.history import log, new_bundle, snapshot
from webapp.touches.models import Occasion, Touch
from webapp.touches.standing import refresh

LETTER = "missed_you"
TRUE_FOR = timedelta(days=2)


def may_offer(touch: Touch) -> bool:
    """True when the step closed as unreachable and no such SMS was asked for yet."""
    return touch.outcome == "unreachable" and touch.occasion_id is not None and _asked(touch) is None


def send_missed_you(touch_id: int, *, actor: Actor, now: datetime) -> Touch:
    """Plan the SMS «we could not reach you» for now; quiet hours and fifteen seconds of second thoughts apply.

    Asked twice it stays one. Raises LookupError for a step of another office or one that reached somebody.
    """
    with transaction() as session:
        touch = session.get(Touch, touch_id, with_for_update=True)
        if touch is None or not actor.may_see(touch.office_id) or touch.outcome != "unreachable":
            raise LookupError(touch_id)
        sms = _asked(touch)
        if sms is not None:
            return sms
        sms = Touch(occasion_id=touch.occasion_id, client_id=touch.client_id, office_id=touch.office_id,
                    step_code=f"{LETTER}:{touch.id}", generation=1, channel="sms", klass="service", automatic=True,
                    planned_on=touch.due_on, due_on=touch.due_on, send_at=now, true_until=now + TRUE_FOR,
                    status="planned", created_at=now, reason="", note="", outcome="", done_by="", attempts=0,
                    pinned=False)
        session.add(sms)
        session.flush()
        log(sms, "added", {**snapshot(sms), "status": "cancelled"}, actor=actor, now=now, bundle=new_bundle())
        if touch.occasion_id is not None:
            refresh(session.get_one(Occasion, touch.occasion_id), now=now)
        wake("tick")
        return sms


def _asked(touch: Touch) -> Touch | None:
    return db.session.scalar(select(Touch).where(Touch.occasion_id == touch.occasion_id,
                                                 Touch.step_code == f"{LETTER}:{touch.id}"))
