"""What happened to cards in somebody's offices: today's events, and the month in three numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from webapp.clients.models import Client
from webapp.club.models import Card, CardEvent, CardNumber
from webapp.db import db
from webapp.staff.models import User, scoped

MOST = 40


@dataclass(frozen=True)
class Happening:
    """One line of today: the event, the owner of the card as far as he may be named, the card's number now."""

    event: CardEvent
    number: str
    owner: str
    owner_id: int | None


@dataclass(frozen=True)
class Month:
    """Cards sold and given since the first of the month, and the money they brought, in kopecks."""

    sold: int = 0
    given: int = 0
    income: int = 0


def today_in(offices: Sequence[tuple[int, date]], user: User) -> list[Happening]:
    """Events of today in these (office, its day) pairs, newest first; names of owners of other offices stay away."""
    if not offices:
        return []
    own = None if user.is_network else {office.id for office in user.offices}
    days = {day for _office, day in offices}
    query = (select(CardEvent, CardNumber.number, Client, Card.office_id).join(Card, Card.id == CardEvent.card_id)
             .join(Client, Client.id == Card.client_id)
             .outerjoin(CardNumber, (CardNumber.card_id == Card.id) & CardNumber.ended_at.is_(None))
             .where(CardEvent.office_id.in_([office for office, _day in offices]), CardEvent.day.in_(days))
             .options(joinedload(CardEvent.office)).order_by(CardEvent.id.desc()).limit(2 * MOST))
    today = dict(offices)
    return [_happening(row, own) for row in db.session.execute(query)
            if row[0].day == today[row[0].office_id]][:MOST]


def month_of(user: User, day: date) -> Month:
    """The month of `day` until now: a manager's own sales, for others those of their offices."""
    first = day.replace(day=1)
    query: Any = (select(CardEvent.kind, func.count(), func.sum(CardEvent.price_kopecks))
             .where(CardEvent.day >= first, CardEvent.kind.in_(("sold", "given"))).group_by(CardEvent.kind))
    rows: dict[str, Any] = {row[0]: row for row in db.session.execute(scoped(query, CardEvent.office_id, user))}
    sold, given = rows.get("sold"), rows.get("given")
    return Month(sold[1] if sold else 0, given[1] if given else 0, int(sold[2] or 0) if sold else 0)


def _happening(row: Any, own: set[int] | None) -> Happening:
    event, number, owner, home = row
    seen = own is None or home in own or owner.office_id in own
    return Happening(event, number or event.number, owner.full_name if seen else "", owner.id if seen and (
        own is None or owner.office_id in own) else None)
