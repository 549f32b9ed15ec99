"""Burns that would not be fair: the day moves, the client is warned anew, and staff are told (`domain.md` §5.4)."""

from datetime import date, datetime

from sqlalchemy import select

from webapp.club.actions.warning import warn_cards
from webapp.club.actions.warnings import TELL, close_warning
from webapp.club.activity import keep_burn_day
from webapp.club.burn_rules import fresh_day
from webapp.club.burning import Place
from webapp.club.models import BurnWarning, Card
from webapp.db import transaction
from webapp.staff.calendars import calendar_of
from webapp.staff.models import setting
from webapp.staff.rules import Actor
from webapp.touches.history import log, snapshot
from webapp.touches.models import Occasion, Touch
from webapp.touches.people import performer_for
from webapp.touches.standing import refresh

_WORDS = {
    "ru": "Письмо и SMS о сгорании бонусов не дошли, поэтому бонусы пока не сгорели. Новый срок {day}: предупредите "
          "клиента лично и уточните телефон и почту.",
    "en": "The letter and the SMS about burning points did not arrive, so the points are still there. They now burn on "
          "{day}: please tell the client in person and ask for the right phone and e-mail.",
}


def begin_anew(card: Card, today: date, *, actor: Actor, now: datetime) -> BurnWarning | None:
    """End the warning of a locked card as void and begin another, a month ahead; None for a client who was erased."""
    with transaction() as session:
        close_warning(card, "void", actor=actor, now=now)
        card.not_before = fresh_day(today)
        keep_burn_day(card)
        session.flush()
        if card.client.erased_at is not None:
            return None
        begun = warn_cards([card.id], Place(today, (card.office_id,)), now=now)
        return begun[0] if begun else None


def postpone(card: Card, today: date, *, actor: Actor, now: datetime) -> BurnWarning | None:
    """No warning has reached the client: another one begins, and its call is due at once, with the reason.

    So staff are told once a month, by a step they can tick, that counts as a warning, and that ends with the burn.
    """
    with transaction():
        warning = begin_anew(card, today, actor=actor, now=now)
        if warning is not None:
            warning.told_staff_on = today
            _tell_staff(warning, actor, now)
        return warning


def _tell_staff(warning: BurnWarning, actor: Actor, now: datetime) -> None:
    """The call of the new plan is for today; where the plan has none any more, a task says so."""
    with transaction() as session:
        occasion = session.get_one(Occasion, warning.occasion_id)
        office = occasion.office
        day = calendar_of(office).on_or_after(warning.opened_on)
        touch = session.scalars(select(Touch).where(
            Touch.occasion_id == occasion.id, Touch.status == "planned", Touch.automatic.is_(False))
            .order_by(Touch.due_on).limit(1)).first()
        if touch is None:
            touch = _task(occasion, warning.id, day, now)
            session.add(touch)
            session.flush()
        before = snapshot(touch)
        touch.due_on, touch.pinned = day, True
        touch.note = _WORDS[setting("language") or "ru"].format(day=f"{warning.burn_on:%d.%m.%Y}")
        log(touch, "added", before, actor=actor, now=now)
        refresh(occasion, now=now)


def _task(occasion: Occasion, warning_id: int, day: date, now: datetime) -> Touch:
    assignee = performer_for("service", occasion.office_id, occasion.owner_id)
    return Touch(occasion_id=occasion.id, client_id=occasion.client_id, office_id=occasion.office_id,
                 step_code=f"{TELL}:{warning_id}", channel="task", automatic=False, assignee_id=assignee,
                 planned_on=day, due_on=day, status="planned", generation=1, created_at=now, pinned=True,
                 reason="", outcome="", done_by="", attempts=0, note="")
