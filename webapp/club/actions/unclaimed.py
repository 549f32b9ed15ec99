"""Trips of owners of cards that came back without anybody having used the card: their points are collected anyway."""

from datetime import datetime, timedelta

from sqlalchemy import Select, exists, select

from webapp.club.actions.ledger import lock_card
from webapp.club.level_history import rate_at
from webapp.club.models import ACTIVE, Card, TripBonus, terms
from webapp.db import db, transaction
from webapp.kit.days import end_of_day, local_day, zone
from webapp.staff.audit import job
from webapp.staff.models import Office
from webapp.trips.models import Trip

CLUB = job("club")
LOOK_BACK = timedelta(days=60)
"""Trips that ended longer ago are left alone: who has counted their points, nobody knows."""


def collect_unclaimed(*, now: datetime) -> int:
    """Note the owner's card at trips that are over: points will come as for any other, a discount does not. They are
    those of the level at purchase.

    The card must have been issued by the day of purchase; a trip from which it was taken off stays without. Gives how
    many; twice, or by two workers at once, it is done once.
    """
    rows = db.session.execute(_unclaimed(now)).all()
    over = [row for row in rows if row.return_on < local_day(now, zone(row.timezone))]
    return sum(_collect(row.id, row.card_id, now) for row in over)


def _collect(trip_id: int, card_id: int, now: datetime) -> bool:
    with transaction() as session:
        card = lock_card(card_id)
        trip = session.get_one(Trip, trip_id, with_for_update=True)
        # Noted days later, or the night after: the level of the purchase is that of its day all the same.
        bought = min(trip.created_at, end_of_day(trip.purchase_on, zone(trip.office.timezone)))
        level, rate = rate_at(card.client_id, bought)
        known = session.scalar(select(TripBonus.id).where(TripBonus.trip_id == trip_id))
        if known is not None or trip.cancelled_at is not None or card.state != ACTIVE or not rate:
            return False
        session.add(TripBonus(trip_id=trip.id, card_id=card.id, state="open", level=level, rate_bp=rate,
                              accrue=terms().accrue, turn=1, discount_kopecks=0, spent_points=0, created_at=now,
                              created_by=CLUB.name))
        return True


def _unclaimed(now: datetime) -> Select[int, object, str, int]:
    """Trips that may be over, each with the oldest card of its client."""
    own = select(Card.id).where(Card.client_id == Trip.client_id, Card.state == ACTIVE,
                                Card.issued_on <= Trip.purchase_on).order_by(Card.id).limit(1).scalar_subquery()
    return (select(Trip.id, Trip.return_on, Office.timezone, own.label("card_id"))
            .join(Office, Office.id == Trip.office_id)
            .where(Trip.return_on >= (now - LOOK_BACK).date(), Trip.return_on <= now.date(),
                   Trip.cancelled_at.is_(None), Trip.price_kopecks > 0, own.is_not(None),
                   ~exists().where(TripBonus.trip_id == Trip.id))
            .order_by(Trip.id))
