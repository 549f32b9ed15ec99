"""What tests of friends share: somebody who invites, somebody who comes, trips of friends."""

from datetime import date, datetime, timedelta
from typing import Any

import make
from sqlalchemy import select

from webapp.clients.consent_texts import DATA, NEWS, code_in_force
from webapp.club.actions.friends import come
from webapp.club.friends import Agreed, Coming
from webapp.club.models import Referral, cards_of, head_of
from webapp.db import db
from webapp.kit.days import local_day, zone
from webapp.touches.models import Touch

FRIEND = "+79161110001"


def agreed(news: tuple[str, ...] = ()) -> Agreed:
    """Consents on the Russian page, from an address of no house."""
    return Agreed("ru", code_in_force(DATA, "ru"), code_in_force(NEWS, "ru"), news, "203.0.113.7")


def comes(inviter: Any, *, now: datetime, name: str = "Мария Кузнецова", phone: str = FRIEND, wish: str = "на море",
          news: tuple[str, ...] = ()) -> Referral:
    """A friend fills in the page of `inviter`."""
    return come(inviter.id, Coming(name, phone, wish), agreed(news), now=now)


def travels(friend: Any, *, now: datetime, days: int = 30, bought: date | None = None, **more: Any) -> Any:
    """A trip of a friend, bought today, back in so many days."""
    # The day of the office: late in the evening it is tomorrow there already.
    today = bought or local_day(now, zone(friend.office.timezone))
    return make.trip(friend, purchase=today, departure=today + timedelta(days=max(days - 10, 0)),
                     back=today + timedelta(days=days), seller=None, now=now, **more)


def points(client: Any) -> int:
    """What is on the client's cards."""
    return sum(head_of(card.id).balance for card in cards_of(client.id))


def calls(client_id: int | None = None) -> list[Touch]:
    """Calls to friends, the oldest first."""
    query = select(Touch).where(Touch.step_code.startswith("friend:")).order_by(Touch.id)
    return list(db.session.scalars(query.where(Touch.client_id == client_id) if client_id else query))


def fresh(row: Referral) -> Referral:
    """The row as it is now."""
    db.session.rollback()
    return db.session.get_one(Referral, row.id, populate_existing=True)
