"""The panel of a step: whom to call, what was before, words to say, results to choose (`ux.md` §2)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from markupsafe import Markup
from sqlalchemy import select

from webapp.db import db
from webapp.kit.days import local_day, zone
from webapp.kit.phones import display
from webapp.letters.rules import Script
from webapp.post.models import Message
from webapp.staff.models import User
from webapp.touches import store
from webapp.touches.actions.offering import may_offer
from webapp.touches.answer_rules import ended_elsewhere, is_ended_elsewhere, outcomes_of
from webapp.touches.models import Occasion, Touch
from webapp.touches.plan_rules import CHATS
from webapp.touches.starter import OUTCOMES
from webapp.touches.state_rules import BROKEN_STATUSES, MANY_TRIES
from webapp.touches.writing import address_for, script_for
from webapp.trips.answer_panel import letters_for
from webapp.trips.board_columns import touch_name
from webapp.trips.chats import chat_of
from webapp.trips.step_words import outcome_name

WARN_WITHIN = timedelta(days=14)
PERSONAL = ("call", "visit", "chat", *CHATS)


@dataclass(frozen=True)
class Contact:
    """A contact of the past, for the three lines beside the script."""

    at: datetime
    name: str
    by: str
    outcome: str
    note: str
    channel: str


def panel_of(touch: Touch, show: str, *, user: User, now: datetime) -> dict[str, Any]:
    """Everything the panel shows; `show` opens one of later, drop, note."""
    occasion, client = touch.occasion, touch.client
    step = _step(touch)
    is_broken = touch.status in BROKEN_STATUSES
    script = None
    if occasion is not None and step is not None and (not touch.automatic or is_broken):
        script = _script(touch, occasion, step, user.language, now)
    outcomes = () if is_broken else step.outcomes if step else outcomes_of(touch.step_code)
    contacts = last_contacts(client.id, now=now, besides=touch.id)
    return {
        "touch": touch, "client": client, "show": show, "is_broken": is_broken,
        "name": touch_name(occasion.plan_version_id if occasion else None, touch.step_id, touch.step_code,
                           touch.channel),
        "phones": [(p.e164, display(p.e164), p.note) for p in client.phones if p.works],
        # The letters room has sanitised it.
        "script": Markup(script.html) if script else None,  # noqa: S704
        "chat": chat_of(touch, step, now=now),
        "outcomes": [(code, outcome_name(code)) for code in outcomes], "asks": _asks(outcomes),
        "contacts": contacts[:3], **letters_for(touch),
        "spoke": _spoke(contacts, user, client.zone, now), "attempts_left": MANY_TRIES - touch.attempts,
        "needs_outcome": bool(step and step.needs_outcome and not is_broken and touch.replaces_id is None),
        "message": db.session.get(Message, touch.message_id) if touch.message_id else None,
        "zone": client.office.timezone, "typed": {}, "error": "", "focus": "", "outcome_name": outcome_name,
        "may_sms": may_offer(touch) and bool(address_for(client, "sms")),
        "elsewhere": is_ended_elsewhere(touch.step_code),
        "is_open": touch.status == "planned" or is_broken, "today": local_day(now, zone(client.office.timezone))}


def last_contacts(client_id: int, *, now: datetime, besides: int = 0, limit: int = 6) -> list[Contact]:
    """What was done with the client lately, newest first."""
    rows = db.session.scalars(
        select(Touch).where(Touch.client_id == client_id, Touch.status == "done", Touch.done_at.is_not(None),
                            Touch.id != besides,
                            *(~Touch.step_code.startswith(f"{kind}:") for kind in sorted(ended_elsewhere())))
        .order_by(Touch.done_at.desc()).limit(limit)).all()
    return [Contact(t.done_at or now, touch_name(t.occasion.plan_version_id if t.occasion else None, t.step_id,
                                                 t.step_code, t.channel),
                    "" if t.done_by == "post" else t.done_by, t.outcome, t.note, t.channel) for t in rows]


def _spoke(contacts: Sequence[Contact], user: User, zone_name: str, now: datetime) -> tuple[str, int] | None:
    """(who, days ago) when a colleague talked to the client lately: nobody likes to be called twice in a week."""
    for contact in contacts:
        if contact.channel in PERSONAL and contact.by and contact.by != user.name and now - contact.at < WARN_WITHIN:
            days = (local_day(now, zone(zone_name)) - local_day(contact.at, zone(zone_name))).days
            return contact.by.split(" ")[0], days
    return None


def _step(touch: Touch) -> store.StoredStep | None:
    if touch.occasion is None or touch.step_id is None:
        return None
    found = store.step_with(touch.step_id)
    return found if touch.replaces_id is None else _without_outcomes(found)


def _without_outcomes(step: store.StoredStep | None) -> store.StoredStep | None:
    return replace(step, outcomes=()) if step else None


def _script(touch: Touch, occasion: Occasion, step: store.StoredStep, language: str, now: datetime) -> Script | None:
    """The words to say; a call instead of an SMS has its own, or says what the SMS would have said."""
    code = step.letter_code or step.code
    if touch.channel in CHATS:
        return None
    if touch.replaces_id is not None or touch.automatic:
        if not step.rule.or_call:
            return None
        return script_for(occasion, f"{code}_call", language, now=now) or script_for(occasion, code, language, now=now)
    return script_for(occasion, code, language, now=now)


def _asks(outcomes: Sequence[str]) -> frozenset[str]:
    return frozenset(ask for code in outcomes for ask in OUTCOMES[code].asks)
