"""What trips owe to cards and cards to trips: points after the return, taking back, putting right; by itself."""

from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import (
    BigInteger,
    ColumnClause,
    ColumnElement,
    Select,
    and_,
    case,
    cast,
    func,
    literal_column,
    or_,
    select,
)

from webapp.club.actions.ledger import Why, reverse
from webapp.club.actions.trip_points import accrue, give_back, is_over, locked, points_of, taken_back
from webapp.club.ledger_rules import BadPosting
from webapp.club.models import BonusOp, TripBonus
from webapp.club.sale_rules import KOPECKS, ON_PURCHASE, WHOLE
from webapp.db import db, transaction
from webapp.kit.days import ONE_DAY, local_day, zone
from webapp.staff.audit import job
from webapp.staff.models import Office
from webapp.staff.rules import Actor
from webapp.trips.models import Trip

CLUB = job("club")
BATCH = 50
LOOK_BACK = timedelta(days=60)
_PLAIN = 10 ** 13
# Written out, so that partial indexes of trips with points to come, or with points that came at once, are known to fit.
_OPEN: ColumnClause[str] = literal_column("'open'")
_ACCRUED: ColumnClause[str] = literal_column("'accrued'")
_PURCHASE: ColumnClause[str] = literal_column("'purchase'")


def settle_trips(*, now: datetime) -> dict[str, int]:
    """What trips owe to cards and cards to trips: returned ones bring points, cancelled ones give and take back, those
    whose price changed after their points came are put right.

    Safe to run twice and by several workers at once.
    """
    figures = {"accrued": 0, "reversed": 0, "repriced": 0}
    for trip_id in db.session.scalars(_cancelled(now)).all():
        figures["reversed"] += settle_cancelled(trip_id, now=now)
    for row in [row for query in (_accrued(now), _at_once(now), _early(now)) for row in db.session.execute(query)]:
        early = row.accrue != ON_PURCHASE and row.return_on >= local_day(now, zone(row.timezone))
        if early or points_of(row.price_kopecks, row) != (row.amount or 0):
            figures["repriced"] += _passed_over(settle_repriced, row.trip_id, now)
    last = 0
    while True:
        due = list(db.session.execute(_due(now, last)))
        for row in due:
            if row.accrue == ON_PURCHASE or row.return_on < local_day(now, zone(row.timezone)):
                figures["accrued"] += _passed_over(settle_returned, row.trip_id, now)
        if len(due) < BATCH:
            return figures
        last = due[-1].trip_id


def _passed_over(settle: Callable[..., bool], trip_id: int, now: datetime) -> bool:
    """One trip nobody can credit (a price beyond all measure) must not stop the points of all others."""
    try:
        return settle(trip_id, now=now)
    except BadPosting as error:
        current_app.logger.error("points of trip %s: %s", trip_id, error.code)
        return False


def settle_returned(trip_id: int, *, now: datetime) -> bool:
    """Credit the points of one trip that is over; False when there is nothing to credit (any more)."""
    with transaction() as session:
        row = locked(trip_id)
        trip = session.get_one(Trip, trip_id)
        if row is None or row.state != "open" or trip.cancelled_at is not None or trip.price_kopecks is None:
            return False
        return accrue(row, trip, actor=CLUB, now=now)


def settle_repriced(trip_id: int, *, actor: Actor = CLUB, now: datetime) -> bool:
    """Take back the points of a trip whose price is another now and credit the right ones; False when they are right.

    A trip that lost its price, or whose return was moved ahead again, waits as if its points had never come. Those
    that came at the sale stay, whatever the terms say by now.
    """
    with transaction() as session:
        row = locked(trip_id)
        trip = session.get_one(Trip, trip_id)
        if row is None or row.state != "accrued" or trip.cancelled_at is not None:
            return False
        came = session.get_one(BonusOp, row.accrual_op_id).amount if row.accrual_op_id else 0
        right = points_of(trip.price_kopecks, row)
        early = row.accrue != ON_PURCHASE and not is_over(trip, now)
        if (right == came and not early) or taken_back(row.accrual_op_id):
            return False
        if row.accrual_op_id is not None:
            reverse(row.accrual_op_id, Why(f"reversal:trip:{trip_id}:{row.turn}", "repriced", cause=f"trip:{trip_id}",
                                           trip_id=trip_id), anew=0 if early else right, actor=actor, now=now)
        row.accrual_op_id, row.turn, row.state, row.settled_at = None, row.turn + 1, "open", None
        if not early:
            accrue(row, trip, actor=actor, now=now, is_correction=True)
        return True


def settle_cancelled(trip_id: int, *, now: datetime) -> bool:
    """Take back what a cancelled trip brought, give back what was spent on it; False when that was done before."""
    with transaction() as session:
        row = locked(trip_id)
        trip = session.get_one(Trip, trip_id)
        if row is None or row.state not in ("open", "accrued") or trip.cancelled_at is None:
            return False
        # What was spent comes back first: it may pay what is taken. What a person has taken back already stays so.
        with suppress(BadPosting):
            give_back(row, f"cancelled:trip:{trip_id}:{row.turn}", "trip-cancelled", CLUB, now)
        if row.accrual_op_id is not None:
            with suppress(BadPosting):
                reverse(row.accrual_op_id, Why(f"reversal:trip:{trip_id}:{row.turn}", "trip-cancelled",
                                               cause=f"trip:{trip_id}", trip_id=trip_id), actor=CLUB, now=now)
        row.state, row.settled_at = "cancelled", now
        return True


def _cancelled(now: datetime) -> Select[int]:
    return (select(TripBonus.trip_id).join(Trip, Trip.id == TripBonus.trip_id)
            .where(Trip.cancelled_at.is_not(None), or_(
                and_(Trip.cancelled_at > now - LOOK_BACK, TripBonus.state == "accrued"), TripBonus.state == _OPEN)))


def _accrued(now: datetime) -> Any:
    """Trips that are over, whose points have come and are perhaps not right any more, with what decides how many are.

    The database leaves out those that are plainly right: there are thousands, and this is asked every few minutes.
    """
    since, today = now.date() - LOOK_BACK, now.date()
    # Ahead of their return points only come at the purchase: see `_at_once`; or the return was moved: `_early`.
    return _came().where(
        TripBonus.state == "accrued", TripBonus.accrue != ON_PURCHASE, Trip.return_on > since,
        Trip.return_on <= today + ONE_DAY, or_(Trip.return_on >= today - ONE_DAY, _perhaps_wrong()))


def _at_once(now: datetime) -> Any:
    """The same of trips whose points came at the sale: their return may be a year ahead."""
    return _came().where(TripBonus.state == _ACCRUED, TripBonus.accrue == _PURCHASE,
                         Trip.return_on > now.date() - LOOK_BACK, _perhaps_wrong())


def _early(now: datetime) -> Any:
    """Trips whose points came in the last weeks and whose return lies ahead again, found by their operations."""
    return (_standing().select_from(BonusOp).join(Trip, Trip.id == BonusOp.trip_id)
            .join(TripBonus, and_(TripBonus.trip_id == Trip.id, TripBonus.accrual_op_id == BonusOp.id))
            .join(Office, Office.id == Trip.office_id)
            .where(BonusOp.kind == "accrual", BonusOp.day > now.date() - LOOK_BACK, TripBonus.state == "accrued",
                   TripBonus.accrue != ON_PURCHASE, Trip.cancelled_at.is_(None), Trip.return_on > now.date() + ONE_DAY))


def _came() -> Any:
    return (_standing().join(Trip, Trip.id == TripBonus.trip_id).join(Office, Office.id == Trip.office_id)
            .outerjoin(BonusOp, BonusOp.id == TripBonus.accrual_op_id).where(Trip.cancelled_at.is_(None)))


def _standing() -> Any:
    return select(TripBonus.trip_id, TripBonus.accrue, TripBonus.discount_kopecks, TripBonus.spent_points,
                  TripBonus.rate_bp, Trip.price_kopecks, Trip.return_on, Office.timezone, BonusOp.amount)


def _perhaps_wrong() -> ColumnElement[bool]:
    """`points_of` as far as a database counts it without an overflow; beyond that Python looks."""
    base = Trip.price_kopecks - TripBonus.discount_kopecks - cast(TripBonus.spent_points, BigInteger) * KOPECKS
    odd = or_(Trip.price_kopecks.is_(None), Trip.price_kopecks > _PLAIN, base < 0)
    wrong = func.coalesce(BonusOp.amount, 0) != base * TripBonus.rate_bp // (WHOLE * KOPECKS)
    return case((odd, 1), (wrong, 1), else_=0) == 1


def _due(now: datetime, last: int) -> Select[int, str, date, str]:
    return (select(TripBonus.trip_id, TripBonus.accrue, Trip.return_on, Office.timezone)
            .join(Trip, Trip.id == TripBonus.trip_id).join(Office, Office.id == Trip.office_id)
            .where(TripBonus.state == _OPEN, TripBonus.trip_id > last, Trip.cancelled_at.is_(None),
                   Trip.price_kopecks.is_not(None), or_(TripBonus.accrue == ON_PURCHASE, Trip.return_on <= now.date()))
            .order_by(TripBonus.trip_id).limit(BATCH))
