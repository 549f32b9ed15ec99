"""The blueprint of staff's pages about cards, and what all of them need."""

from dataclasses import dataclass
from datetime import date, datetime

from flask import Blueprint, abort, url_for
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from webapp.club.access import office_at, sees_whole
from webapp.club.ledger_rules import Head
from webapp.club.models import Card, card_by, head_of, number_of
from webapp.club.number_rules import display
from webapp.db import db
from webapp.kit import clock
from webapp.kit.days import local_day, zone
from webapp.staff.audit import actor_of
from webapp.staff.models import Office, scoped
from webapp.staff.rules import Actor

bp = Blueprint("cards", __name__, url_prefix="/cards")


@dataclass(frozen=True)
class Seen:
    """A card as the signed-in person sees it; `whole` unless it belongs to other offices. `today` is the card's."""

    card: Card
    number: str
    head: Head
    whole: bool
    office: Office
    today: date

    @property
    def shown(self) -> str:
        """The number as it is printed."""
        return display(self.number)

    @property
    def url(self) -> str:
        """Address of its page."""
        return url_for("cards.show", number=self.number)


def me() -> Actor:
    """The signed-in person as an author of changes."""
    return actor_of(current_user)


def moment() -> datetime:
    """Now."""
    return clock.now()


def today_in(office: Office) -> date:
    """Today in an office."""
    return local_day(clock.now(), zone(office.timezone))


def offices_of_mine() -> list[Office]:
    """Open offices of the signed-in person; 404 for somebody without any."""
    query = scoped(select(Office).where(Office.closed_on.is_(None)), Office.id, current_user).order_by(Office.id)
    return list(db.session.scalars(query)) or abort(404)


def seen(card: Card) -> Seen:
    """The card with what its pages show of it."""
    return Seen(card, number_of(card.id), head_of(card.id), sees_whole(card, me()), office_at(card, current_user),
                today_in(card.office))


def seen_card(number: str) -> Seen:
    """The card that has this number now, of whatever office; else 404."""
    card = card_by(number) if len(number) < 20 else None
    if card is None:
        abort(404)
    return seen(card)


def whole_card(number: str) -> Seen:
    """The card, when it belongs to the person's own offices; others' are 404 here."""
    found = seen_card(number)
    if not found.whole:
        abort(404)
    return found


def reload(card_id: int) -> Card:
    """The card as it is now, with owner and office."""
    return db.session.get_one(Card, card_id, options=[joinedload(Card.client), joinedload(Card.office)])
