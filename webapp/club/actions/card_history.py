"""What is written down about a card: a line of its history, the end of a loan, the end of a number."""

from datetime import datetime

from sqlalchemy import select, update

from webapp.club.models import Card, CardEvent, CardNumber
from webapp.db import db
from webapp.kit.days import local_day, zone
from webapp.staff.models import Office
from webapp.staff.rules import Actor


def end_loan(card: Card, office: Office, *, actor: Actor, now: datetime) -> None:
    """The owner has the card; a friend with a void piece of plastic holds nothing."""
    if card.lent_on is not None:
        log_event(card, "returned", office, actor=actor, now=now, client_id=card.lent_to_id, note=card.lent_to)
        card.lent_to_id, card.lent_to, card.lent_on = None, "", None


def end_number(card: Card, reason: str, now: datetime) -> None:
    """The card's present number is void from now on."""
    db.session.execute(update(CardNumber).where(CardNumber.card_id == card.id, CardNumber.ended_at.is_(None))
                       .values(ended_at=now, reason=reason))


def log_event(card: Card, kind: str, office: Office, *, actor: Actor, now: datetime, number: str = "",
              client_id: int | None = None, note: str = "", price_kopecks: int = 0, receipt: str = "",
              seller_id: int | None = None) -> None:
    """A line of the card's history, with the number it has."""
    number = number or db.session.scalar(select(CardNumber.number).where(
        CardNumber.card_id == card.id, CardNumber.ended_at.is_(None))) or ""
    db.session.add(CardEvent(
        card_id=card.id, kind=kind, at=now, day=local_day(now, zone(office.timezone)), office_id=office.id,
        actor=actor.name, user_id=actor.user_id, seller_id=seller_id, client_id=client_id, number=number,
        price_kopecks=price_kopecks, receipt=receipt, note=note))
    db.session.flush()
