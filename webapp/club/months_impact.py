"""What another life of points would make of the burns of the next weeks, counted before it is saved; reads only."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from webapp.clients.models import Client
from webapp.club.burn_report import AHEAD
from webapp.club.burn_rules import burn_day, day_to_warn_of
from webapp.club.models import BurnWarning, Card, Purse
from webapp.db import db
from webapp.kit.days import local_day, zone
from webapp.staff.models import Office


@dataclass(frozen=True)
class Burns:
    """Points that burn within sixty days, and on how many cards."""

    points: int = 0
    cards: int = 0

    def with_one(self, points: int) -> "Burns":
        """With one more card."""
        return Burns(self.points + points, self.cards + 1)


def months_impact(months: int, *, now: datetime) -> tuple[Burns, Burns]:
    """Burns as they stand, and as they would be if points lived so many `months`; over the whole network."""
    before = after = Burns()
    # A network has hundreds of thousands of cards in a few time zones.
    days: dict[str, date] = {}
    for row in db.session.execute(_cards()):
        today = days.get(row.timezone) or days.setdefault(row.timezone, local_day(now, zone(row.timezone)))
        last = today + timedelta(days=AHEAD)
        before = before.with_one(row.balance) if row.burn_on <= last else before
        after = after.with_one(row.balance) if _new_day(row, months, today) <= last else after
    return before, after


def _cards() -> Any:
    return (select(Card.active_on, Card.not_before, Card.burn_on, Purse.balance, Office.timezone,
                   BurnWarning.burn_on.label("warned_of"))
            .join(Purse, Purse.card_id == Card.id).join(Office, Office.id == Card.office_id)
            .join(Client, Client.id == Card.client_id)
            .outerjoin(BurnWarning, (BurnWarning.card_id == Card.id) & (BurnWarning.state == "open"))
            .where(Card.burn_on.is_not(None), Client.erased_at.is_(None)))


def _new_day(row: Any, months: int, today: date) -> date:
    """As the recount of the cards will have it: a warned day is kept, a new one is never nearer than is fair."""
    day, promised = burn_day(row.active_on, months, row.not_before), row.warned_of
    return promised if promised and day <= promised else day_to_warn_of(day, today)
