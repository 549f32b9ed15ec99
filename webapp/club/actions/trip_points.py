"""Points of one trip: how many it brings, crediting them, giving back what was spent; for use under the card's lock."""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from webapp.club import sale_rules
from webapp.club.actions.ledger import Why, credit, lock_card, reverse
from webapp.club.actions.telling import tell_points
from webapp.club.actions.warnings import close_warning
from webapp.club.activity import was_active
from webapp.club.models import ACTIVE, BonusOp, TripBonus, terms
from webapp.db import db
from webapp.kit.days import local_day, zone
from webapp.staff.rules import Actor
from webapp.trips.models import Trip


def locked(trip_id: int) -> TripBonus | None:
    """The row behind its card's lock, so that all who move points of a trip wait for each other in one order."""
    session = db.session
    card_id = session.scalar(select(TripBonus.card_id).where(TripBonus.trip_id == trip_id))
    if card_id is None:
        return None
    lock_card(card_id)
    return session.scalar(select(TripBonus).where(TripBonus.trip_id == trip_id).with_for_update()
                          .execution_options(populate_existing=True))


def is_over(trip: Trip, now: datetime) -> bool:
    """True once the day of the return is over where the trip was sold."""
    return trip.return_on < local_day(now, zone(trip.office.timezone))


def most_for(price_kopecks: int, discount_kopecks: int) -> int:
    """How many points a trip of this price may be paid with, whatever is on the card."""
    anything = sale_rules.WHOLE * sale_rules.WHOLE
    return sale_rules.most_points(price_kopecks, discount_kopecks, anything, terms().share_bp)


def points_of(price_kopecks: int | None, row: Any) -> int:
    """The points a trip of this price brings, by what its row (or a few columns of it) says."""
    if price_kopecks is None:
        return 0
    return sale_rules.points_for(price_kopecks, row.discount_kopecks, row.spent_points, row.rate_bp)


def accrue(row: TripBonus, trip: Trip, *, actor: Actor, now: datetime, is_correction: bool = False) -> bool:
    """Credit the points of a trip and tell the client; False when it brings none, or its price is not known yet.

    A correction by the office (`is_correction`) makes nothing live longer and is no news. Raises BadPosting.
    """
    if trip.price_kopecks is None:
        return False
    points = points_of(trip.price_kopecks, row)
    row.state, row.settled_at = "accrued", now
    if not points:
        return False
    op = credit(row.card_id, points, "accrual", Why(
        f"accrual:trip:{trip.id}:{row.turn}", "trip", cause=f"trip:{trip.id}", trip_id=trip.id,
        office_id=trip.office_id), actor=actor, now=now)
    row.accrual_op_id = op.id
    card = lock_card(row.card_id)
    # An office's correction: the card was in nobody's hands, and the client has heard of the points already.
    if is_correction:
        return True
    if card.state == ACTIVE:
        was_active(card, op.day)
        close_warning(card, "saved", actor=actor, now=now)
    tell_points(card, op, actor=actor, now=now)
    return True


def give_back(row: TripBonus, key: str, reason: str, actor: Actor, now: datetime) -> None:
    """Undo what was spent on the trip, if anything was; once under this `key`."""
    if row.spend_op_id is not None:
        reverse(row.spend_op_id, Why(key, reason, cause=f"trip:{row.trip_id}", trip_id=row.trip_id), actor=actor,
                now=now)


def taken_back(op_id: int | None) -> bool:
    """True for an operation that a person has reversed: it is not reversed again, nor made anew."""
    return op_id is not None and db.session.scalar(select(BonusOp.id).where(BonusOp.reverses_id == op_id)) is not None
