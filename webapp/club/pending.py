"""Points that are still to come: trips of a card that have not brought theirs yet (`domain.md` §5.3)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from webapp.club.models import TripBonus
from webapp.club.sale_rules import points_for
from webapp.db import db
from webapp.trips.models import Trip


@dataclass(frozen=True)
class Pending:
    """So many points come the day after `return_on`."""

    trip_id: int
    card_id: int
    points: int
    return_on: date


def pending_of(card_id: int) -> list[Pending]:
    """What one card still gets, the nearest first."""
    return pending_of_many([card_id])


def pending_of_many(card_ids: Collection[int]) -> list[Pending]:
    """What these cards still get, the nearest first, in one query."""
    rows = db.session.execute(
        select(TripBonus.trip_id, TripBonus.card_id, TripBonus.discount_kopecks, TripBonus.spent_points,
               TripBonus.rate_bp, Trip.price_kopecks, Trip.return_on)
        .join(Trip, Trip.id == TripBonus.trip_id)
        .where(TripBonus.card_id.in_(card_ids), TripBonus.state == "open", Trip.cancelled_at.is_(None),
               Trip.price_kopecks.is_not(None)).order_by(Trip.return_on, Trip.id))
    found = [Pending(row.trip_id, row.card_id, points_for(row.price_kopecks, row.discount_kopecks, row.spent_points,
                                                          row.rate_bp), row.return_on) for row in rows]
    return [row for row in found if row.points]
