"""Ending a warning before a burn: its plan is cancelled with it, at once and in the same transaction."""

from datetime import datetime

from sqlalchemy import select

from webapp.club.models import BurnWarning, Card
from webapp.db import transaction
from webapp.kit.days import local_day, zone
from webapp.staff.rules import Actor
from webapp.touches.actions.ending import call_off
from webapp.touches.history import log, snapshot
from webapp.touches.models import Touch

TELL = "burn_tell"
"""The task of telling a client in person, where the plan has no call: it ends with the plan it stands in for."""


def close_warning(card: Card, state: str, *, actor: Actor, now: datetime) -> BurnWarning | None:
    """End the open warning of a locked card: "saved", "burned" or "void"; gives it, None when there was none.

    No letter, SMS or call of it is left over.
    """
    with transaction() as session:
        warning = session.scalar(select(BurnWarning).where(BurnWarning.card_id == card.id, BurnWarning.state == "open"))
        if warning is None:
            return None
        warning.state, warning.closed_at = state, now
        warning.closed_on = local_day(now, zone(card.office.timezone))
        if warning.occasion_id:
            for task in session.scalars(select(Touch).where(
                    Touch.occasion_id == warning.occasion_id, Touch.step_code.startswith(f"{TELL}:"),
                    Touch.status == "planned")):
                before = snapshot(task)
                task.status, task.reason = "cancelled", f"burn-{state}"
                log(task, "cancelled", before, actor=actor, now=now)
            call_off(warning.occasion_id, reason=f"burn-{state}", actor=actor, now=now)
        return warning
