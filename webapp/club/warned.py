"""Whether the owner of a card was warned before a burn, for the page of the card: each contact, and what came of it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from webapp.club import words
from webapp.club.burning import ARRIVED, TALKS, TOLD
from webapp.club.models import BonusOp, BonusPosting, BurnWarning, Card, CardEvent
from webapp.db import db
from webapp.kit.days import local_day, zone
from webapp.post.models import Message
from webapp.touches.models import Touch
from webapp.touches.state_rules import OPEN_STATUSES
from webapp.web.i18n import day_long

MOST = 6
"""So many warnings and burns are told; the statement has all."""


@dataclass(frozen=True)
class Happened:
    """A line of what happened to a card: an event of its own, or a warning or burn told in `text`."""

    at: datetime
    day: date
    icon: str = ""
    text: str = ""
    event: CardEvent | None = None


def warned_words(card: Card) -> str:
    """«The owner was warned on 2 November: …» for the open warning of a card; "" where there is none."""
    row = db.session.scalar(select(BurnWarning).where(BurnWarning.card_id == card.id, BurnWarning.state == "open"))
    return _said(row, card.office.timezone) if row else ""


def story(card: Card, events: list[CardEvent]) -> list[Happened]:
    """Events of a card with its warnings and burns, the newest first."""
    found = [Happened(event.at, event.day, event=event) for event in events]
    found += [Happened(row.opened_at, row.opened_on, "mail", _said(row, card.office.timezone)) for row in
              db.session.scalars(select(BurnWarning).where(BurnWarning.card_id == card.id)
                                 .order_by(BurnWarning.id.desc()).limit(MOST))]
    burns = (select(BonusOp.at, BonusOp.day, BonusPosting.amount).join(BonusPosting, BonusPosting.op_id == BonusOp.id)
             .where(BonusPosting.card_id == card.id, BonusOp.kind == "burn").order_by(BonusOp.id.desc()).limit(MOST))
    found += [Happened(row.at, row.day, "flame", _("%(points)s burned", points=words.points(-row.amount)))
              for row in db.session.execute(burns)]
    return sorted(found, key=lambda line: line.at, reverse=True)


def _said(row: BurnWarning, tz: str) -> str:
    contacts = db.session.execute(
        select(Touch, Message).outerjoin(Message, Message.id == Touch.message_id)
        .where(Touch.occasion_id == row.occasion_id).order_by(Touch.id)).all() if row.occasion_id else []
    told = ", ".join(filter(None, (_contact(touch, message, tz) for touch, message in contacts)))
    day, burn = day_long(row.opened_on), day_long(row.burn_on)
    if not told:
        return _("Warning since %(day)s that points burn on %(burn)s", day=day, burn=burn)
    return _("Warning since %(day)s that points burn on %(burn)s: %(told)s", day=day, burn=burn, told=told)


def _contact(touch: Touch, message: Message | None, tz: str) -> str:
    """What came of one letter, SMS or talk; nothing of those called off."""
    if touch.channel in ("email", "sms"):
        return _letter(touch, message, tz)
    if touch.channel in TALKS and touch.outcome == TOLD and touch.done_at:
        return _("told in person on %(day)s", day=day_long(local_day(touch.done_at, zone(tz))))
    if touch.status in OPEN_STATUSES and touch.due_on:
        return _("a call is due on %(day)s", day=day_long(touch.due_on))
    return _("a call without success") if touch.status == "done" else ""


def _letter(touch: Touch, message: Message | None, tz: str) -> str:
    kind: Any = "SMS" if touch.channel == "sms" else _("letter")
    if message is not None and message.state in ARRIVED and message.sent_at:
        return _("%(kind)s sent on %(day)s", kind=kind, day=day_long(local_day(message.sent_at, zone(tz))))
    if touch.status in ("cancelled", "dropped"):
        return ""
    if touch.status in OPEN_STATUSES or message is not None and message.state in ("queued", "claimed", "handed"):
        return _("%(kind)s is to come", kind=kind)
    return _("%(kind)s did not arrive", kind=kind)
