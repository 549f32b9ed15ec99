"""A card at the sale of a trip: the discount, points spent, taking the card off, counting anew."""

from datetime import datetime

from sqlalchemy import select

from webapp.club import sale_rules
from webapp.club.actions.cards import present
from webapp.club.actions.ledger import Why, debit, lock_card, reverse, spend_less
from webapp.club.actions.settling import CLUB, settle_repriced
from webapp.club.actions.trip_points import accrue, give_back, is_over, locked, most_for, taken_back
from webapp.club.models import Card, TripBonus, rate_of, terms
from webapp.club.sale_rules import ON_PURCHASE
from webapp.db import db, transaction
from webapp.staff.rules import Actor, BadInput, NotAllowed
from webapp.trips.actions import may_change
from webapp.trips.models import Trip


def use_card(trip_id: int, card_id: int, *, spend: int = 0, with_discount: bool = True, key: str, actor: Actor,
             now: datetime) -> TripBonus:
    """The card is presented for a trip: the discount is noted, points are spent, points to come are pending.

    Once per trip; another card, or other points, after `take_off`. Raises BadInput: "has-bonus", "no-price", "blocked",
    "too-many" (over the share of the price), "cancelled"; BadPosting("not-enough"), NotAllowed.
    """
    with transaction() as session:
        # The card first, then the trip: the jobs below take them in this order too.
        card = lock_card(card_id)
        trip = session.get_one(Trip, trip_id, with_for_update=True)
        if trip.cancelled_at is not None:
            raise BadInput("cancelled")
        if not may_change(trip, actor=actor, now=now):
            raise NotAllowed("not-yours")
        row = session.scalar(select(TripBonus).where(TripBonus.trip_id == trip_id).with_for_update())
        if row is not None and row.state != "none":
            raise BadInput("has-bonus")
        present(card.id, office=trip.office, actor=actor, now=now, by=trip.client)
        row = _noted(row, trip, card, with_discount, actor, now)
        if spend:
            row.spent_points = spend
            row.spend_op_id = _spent(trip, card, row, spend, key, actor, now)
        session.flush()
        if row.accrue == ON_PURCHASE:
            accrue(row, trip, actor=CLUB, now=now)
        return row


def take_off(trip_id: int, *, key: str, actor: Actor, now: datetime, turn: int | None = None) -> TripBonus:
    """Take the card off a trip that is not over: points spent come back, nothing is pending, what came at once goes.

    `turn` is the one the person saw. Raises BadInput: "no-bonus", "changed" (by somebody else since),
    "accrued-already"; NotAllowed.
    """
    with transaction() as session:
        card_id = session.scalar(select(TripBonus.card_id).where(TripBonus.trip_id == trip_id))
        if card_id is None:
            raise BadInput("no-bonus")
        lock_card(card_id)
        trip = session.get_one(Trip, trip_id, with_for_update=True)
        if not may_change(trip, actor=actor, now=now):
            raise NotAllowed("not-yours")
        row = session.scalars(select(TripBonus).where(TripBonus.trip_id == trip_id).with_for_update()).one()
        if row.state == "none":
            return row
        if turn is not None and turn != row.turn:
            raise BadInput("changed")
        if row.state != "open" and (row.state != "accrued" or is_over(trip, now)):
            raise BadInput("accrued-already")
        give_back(row, f"take-off:{key}", "taken-off", actor, now)
        if row.accrual_op_id is not None and not taken_back(row.accrual_op_id):
            reverse(row.accrual_op_id, Why(f"reversal:trip:{trip_id}:{row.turn}", "taken-off", cause=f"trip:{trip_id}",
                                           trip_id=trip_id), actor=actor, now=now)
        row.state, row.turn = "none", row.turn + 1
        return row


def recount(trip_id: int, *, actor: Actor, now: datetime) -> TripBonus:
    """The discount follows the trip's present price and the present terms, and so do points that have come.

    Raises BadInput("no-bonus"); BadPosting("bad-amount") for a price beyond all measure; NotAllowed.
    """
    with transaction() as session:
        row = locked(trip_id)
        trip = session.get_one(Trip, trip_id)
        if not may_change(trip, actor=actor, now=now):
            raise NotAllowed("not-yours")
        if row is None or row.state not in ("open", "accrued"):
            raise BadInput("no-bonus")
        if row.discount_kopecks:
            # A sale without the discount stays one.
            row.discount_kopecks = sale_rules.discount(trip.price_kopecks or 0, terms().discount_bp)
        _spend_less(row, trip, actor, now)
        session.flush()
        settle_repriced(trip_id, actor=actor, now=now)
        return row


def _spend_less(row: TripBonus, trip: Trip, actor: Actor, now: datetime) -> None:
    """Points beyond the share of a price that fell come back; a debt of the card swallows no more than those."""
    most = most_for(trip.price_kopecks or 0, row.discount_kopecks)
    if row.spent_points <= most or row.spend_op_id is None or taken_back(row.spend_op_id):
        return
    key = f"less:{row.spend_op_id}"
    cause = f"trip:{trip.id}"
    left = spend_less(row.spend_op_id, most, Why(f"give-back:{key}", "repriced", cause=cause, trip_id=trip.id),
                      Why(f"spend:{key}", "trip", cause=cause, trip_id=trip.id, office_id=trip.office_id), actor=actor,
                      now=now)
    row.spent_points, row.spend_op_id = most, left.id if left else None


def _noted(row: TripBonus | None, trip: Trip, card: Card, with_discount: bool, actor: Actor,
           now: datetime) -> TripBonus:
    level, rate = rate_of(card.client_id)
    price = trip.price_kopecks or 0
    if row is None:
        row = TripBonus(trip_id=trip.id, turn=1, created_at=now, created_by=actor.name, rate_bp=rate, card_id=card.id)
        db.session.add(row)
    row.card_id, row.state, row.level, row.rate_bp, row.spent_points = card.id, "open", level, rate, 0
    row.spend_op_id = row.accrual_op_id = None
    row.discount_kopecks = sale_rules.discount(price, terms().discount_bp) if with_discount else 0
    row.accrue = terms().accrue
    return row


def _spent(trip: Trip, card: Card, row: TripBonus, spend: int, key: str, actor: Actor, now: datetime) -> int:
    if not trip.price_kopecks:
        raise BadInput("no-price")
    most = most_for(trip.price_kopecks, row.discount_kopecks)
    if spend > most:
        raise BadInput("too-many", "spend", str(most))
    return debit(card.id, spend, "spending", Why(f"spend:{key}", "trip", cause=f"trip:{trip.id}", trip_id=trip.id,
                                                 office_id=trip.office_id), actor=actor, now=now).id
