"""Finding cards: by number and full phone in the whole network, by name in the own offices (`domain.md` §10)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from webapp.clients.lookup import hidden
from webapp.clients.models import Client, holders
from webapp.clients.search import find_clients
from webapp.club.models import MERGED, Card, CardEvent, CardNumber, Purse
from webapp.club.number_rules import display
from webapp.club.words import points
from webapp.db import db
from webapp.kit import phones
from webapp.staff.models import User

MOST = 20


@dataclass(frozen=True)
class Line:
    """A card in a list: its number now, balance in points, state, day of burning."""

    card: Card
    number: str
    balance: int


@dataclass(frozen=True)
class Person:
    """Somebody found, with their cards; `is_own` says whether this office may see more than name and balance."""

    client: Client
    cards: list[Line]
    is_own: bool


@dataclass(frozen=True)
class Known:
    """What a typed number is: a card's (`card`), one that card had before (`is_old`, and `why`), or a blank."""

    card: Card | None = None
    is_old: bool = False
    is_blank: bool = False
    why: str = ""


@dataclass(frozen=True)
class Found:
    """Whom a search found; `capped` when there are more."""

    people: list[Person] = field(default_factory=list)
    capped: bool = False


def known_number(number: str) -> Known:
    """Whose number this is or was, in the whole network; a card joined with another gives the one that lives on."""
    row = db.session.get(CardNumber, number)
    if row is None:
        return Known()
    if row.card_id is None:
        return Known(is_blank=row.ended_at is None)
    card = db.session.get(Card, row.card_id, options=[joinedload(Card.office), joinedload(Card.client)])
    while card is not None and card.merged_into_id is not None:
        card = db.session.get(Card, card.merged_into_id)
    return Known(card, is_old=row.ended_at is not None, why=row.reason)


def search(typed: str, user: User) -> Found:
    """Clients with their cards: a full phone in the whole network, anything else in the own offices."""
    e164 = phones.normalise(typed)
    everywhere = holders([e164]) if e164 else []
    if everywhere:
        return Found(_people(everywhere, user))
    own = find_clients(typed, user, MOST)
    return Found(_people(own.clients, user), own.next_offset is not None)


def lines_of(client_ids: Collection[int]) -> dict[int, list[Line]]:
    """The living cards of each of these clients, the oldest first, in one query."""
    return _grouped(select(Card, CardNumber.number, Purse.balance).where(
        Card.client_id.in_(client_ids), Card.state != MERGED))


def lent_to(client_id: int) -> list[Line]:
    """Cards that friends have lent to this client."""
    found = _grouped(select(Card, CardNumber.number, Purse.balance).where(
        Card.lent_to_id == client_id, Card.state != MERGED))
    return [line for lines in found.values() for line in lines]


def presented_on(day: date, card_ids: Collection[int]) -> set[int]:
    """Which of these cards were presented on a day, in whatever office."""
    query = select(CardEvent.card_id).where(CardEvent.card_id.in_(card_ids), CardEvent.kind == "presented",
                                            CardEvent.day == day)
    return set(db.session.scalars(query)) if card_ids else set()


def balances(client_ids: Collection[int]) -> dict[int, list[tuple[Any, Any]]]:
    """(number, balance) of cards for clients of other offices, for the look-up by exact phone."""
    return {client_id: [(label(line.number), points(line.balance)) for line in lines]
            for client_id, lines in lines_of(client_ids).items()}


def label(number: str) -> str:
    """«Card 2604 1187 3», as facts about a client name it."""
    return _("Card %(number)s", number=display(number))


def _people(clients: Sequence[Client], user: User) -> list[Person]:
    others = {row.id for row in hidden(clients, user)}
    cards = lines_of([row.id for row in clients])
    return [Person(row, cards.get(row.id, []), row.id not in others) for row in clients
            if row.erased_at is None and (row.id not in others or row.id in cards)]


def _grouped(query: Any) -> dict[int, list[Line]]:
    query = (query.join(CardNumber, (CardNumber.card_id == Card.id) & CardNumber.ended_at.is_(None))
             .join(Purse, Purse.card_id == Card.id).options(joinedload(Card.office)).order_by(Card.id))
    found: dict[int, list[Line]] = {}
    for card, number, balance in db.session.execute(query):
        found.setdefault(card.client_id, []).append(Line(card, number, balance))
    return found
