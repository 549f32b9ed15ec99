"""What a card would do at the sale of a trip: discount, points that may be spent, what is left to pay, what comes."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from webapp.club import sale_rules
from webapp.club.burned import burns_since
from webapp.club.lookup import Line, lent_to, lines_of
from webapp.club.models import BonusOp, Card, Purse, TripBonus, head_of, number_of, rate_of, terms
from webapp.club.sale_rules import KOPECKS, ON_PURCHASE
from webapp.db import db
from webapp.kit.days import ONE_DAY
from webapp.trips.models import Trip


@dataclass(frozen=True)
class Offer:
    """The sums of one sale. Money in kopecks; `most` points may be spent, `points` come on `comes_on`."""

    price: int
    discount: int
    most: int
    spent: int
    to_pay: int
    points: int
    comes_on: date | None
    level: str
    rate: int


@dataclass(frozen=True)
class Noted:
    """The card at a trip as it stands: its row, number, balance, sums, and what came or was given back, in points."""

    row: TripBonus
    number: str
    owner: str
    offer: Offer
    came: int
    discount_now: int
    most_now: int

    @property
    def is_stale(self) -> bool:
        """True when the price or the terms have changed since the card was noted."""
        other = 0 < self.row.discount_kopecks != self.discount_now
        return self.row.state in ("open", "accrued") and (other or self.too_many > 0)

    @property
    def too_many(self) -> int:
        """Points beyond what may be paid of the present price: counting anew gives them back."""
        return max(0, self.row.spent_points - self.most_now)


def candidates(trip: Trip) -> list[Line]:
    """Cards this client can show: those friends have lent first, then the own ones; only those that work."""
    own = lines_of([trip.client_id]).get(trip.client_id, [])
    return [line for line in (*lent_to(trip.client_id), *own) if line.card.is_open and line.card.lent_to_id in (
        None, trip.client_id)] or [line for line in own if line.card.is_open]


def line_of(card: Card) -> Line:
    """A card that was typed or scanned, as the lists have it."""
    balance = db.session.scalar(select(Purse.balance).where(Purse.card_id == card.id)) or 0
    return Line(card, number_of(card.id), balance)


def offer_of(trip: Trip, line: Line, spend: int, with_discount: bool) -> Offer:
    """The sums for this card; `spend` is cut to what is allowed."""
    now, price = terms(), trip.price_kopecks or 0
    level, rate = rate_of(line.card.client_id)
    discount = sale_rules.discount(price, now.discount_bp) if with_discount else 0
    most = sale_rules.most_points(price, discount, line.balance, now.share_bp)
    return _sums(trip, now.accrue, price, discount, most, min(spend, most), level, rate)


def noted_of(trip: Trip) -> Noted | None:
    """The card at this trip; None where there never was one, or it was taken off."""
    row = db.session.scalar(select(TripBonus).where(TripBonus.trip_id == trip.id, TripBonus.state != "none")
                            .options(joinedload(TripBonus.card).joinedload(Card.client)))
    if row is None:
        return None
    came = db.session.scalar(select(BonusOp.amount).where(BonusOp.id == row.accrual_op_id)) if row.accrual_op_id else 0
    now, price = terms(), trip.price_kopecks or 0
    offer = _sums(trip, row.accrue, price, row.discount_kopecks, row.spent_points, row.spent_points, row.level,
                  row.rate_bp)
    present = sale_rules.discount(price, now.discount_bp)
    most = sale_rules.most_points(price, present, row.spent_points, now.share_bp)
    return Noted(row, number_of(row.card_id), row.card.client.full_name, offer, came or 0, present, most)


@dataclass(frozen=True)
class IfCancelled:
    """What a cancelled trip does to its card, in points: come back, taken away, `debt` of what is spent already."""

    number: str
    back: int
    taken: int
    waiting: int
    debt: int


def if_cancelled(trip: Trip) -> IfCancelled | None:
    """What cancelling this trip would do to the card noted at it; None where there is none."""
    noted = noted_of(trip)
    if noted is None or noted.row.state not in ("open", "accrued"):
        return None
    back, taken = noted.row.spent_points, noted.came
    head = head_of(noted.row.card_id)
    waiting = noted.offer.points if noted.row.state == "open" else 0
    # What comes back pays a debt first, as it will when the trip is cancelled.
    debt = max(0, taken - head.balance - max(0, back - head.debt))
    op = db.session.get(BonusOp, noted.row.accrual_op_id) if debt and noted.row.accrual_op_id else None
    burned = sum(points for _burn, points in burns_since(op)) if op else 0
    return IfCancelled(noted.number, back, taken, waiting, max(0, debt - burned))


def _sums(trip: Trip, accrue: str, price: int, discount: int, most: int, spent: int, level: str, rate: int) -> Offer:
    values: dict[str, Any] = {"price": price, "discount": discount, "most": most, "spent": spent, "level": level,
                              "rate": rate}
    return Offer(**values, to_pay=max(0, price - discount - spent * KOPECKS),
                 points=sale_rules.points_for(price, discount, spent, rate),
                 comes_on=None if accrue == ON_PURCHASE else trip.return_on + ONE_DAY)
