"""Verbs of trips: sell, change, move dates, cancel."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import func, select

from webapp.clients.models import Client
from webapp.db import db, transaction
from webapp.kit import money
from webapp.kit.days import local_day, zone
from webapp.staff.audit import record
from webapp.staff.models import Office, User
from webapp.staff.rules import DIRECTOR, MANAGER, SERVICE, Actor, NotAllowed
from webapp.touches.actions import occasions
from webapp.touches.models import Occasion
from webapp.touches.people import stands_in_for
from webapp.trips.models import Companion, Trip

KIND = "trip"


@dataclass(frozen=True)
class TripData:
    """What people type about a trip. Price in kopecks, times local. Dates are checked by the schedule's rules."""

    purchase_on: date
    departure_on: date
    return_on: date
    destination: str = ""
    operator: str = ""
    booking_number: str = ""
    price_kopecks: int | None = None
    departure_time: time | None = None
    landing_time: time | None = None
    companions: tuple[str, ...] = ()
    addons: tuple[str, ...] = ()
    note: str = ""

    @property
    def anchors(self) -> dict[str, date]:
        """The dates the plan counts from."""
        return {"purchase": self.purchase_on, "departure": self.departure_on, "return": self.return_on}


@dataclass(frozen=True)
class Source:
    """Where a trip came from: typed by hand, a sheet (`batch_id`, `fingerprint`) or a booking system."""

    origin: str = "hand"
    fingerprint: str | None = None
    external_ref: str | None = None
    batch_id: int | None = None
    seller_name: str = ""
    demo: bool = False
    done_steps: frozenset[str] = field(default_factory=frozenset)


def sell_trip(client: Client, data: TripData, *, seller: User | None, actor: Actor, now: datetime,
              office: Office | None = None, source: Source = Source()) -> Trip:
    """Record a sold trip and open its plan. Raises BadAnchors, NotAllowed."""
    place = office or client.office
    _may_write(actor, place.id, None, now)
    with transaction() as session:
        repeat = bool(session.scalar(select(func.count()).select_from(Trip).where(
            Trip.client_id == client.id, Trip.cancelled_at.is_(None), Trip.purchase_on < data.purchase_on)))
        occasion = occasions.open_occasion(
            KIND, client, anchors=data.anchors, owner_id=seller.id if seller else None, actor=actor, now=now,
            office=place, origin=source.origin, facts=facts_of(data, repeat), done_steps=source.done_steps)
        trip = Trip(occasion_id=occasion.id, client_id=client.id, office_id=place.id,
                    seller_id=seller.id if seller else None,
                    seller_name=source.seller_name or (seller.name if seller else ""),
                    fingerprint=source.fingerprint, external_ref=source.external_ref, batch_id=source.batch_id,
                    demo=source.demo, created_at=now, purchase_on=data.purchase_on, departure_on=data.departure_on,
                    return_on=data.return_on)
        _write(trip, data)
        session.add(trip)
        if client.manager_id is None and seller is not None:
            client.manager_id = seller.id
        session.flush()
        record(actor, "added", "trip", trip.id, office_id=place.id, now=now,
               facts={"client": ["", client.full_name], "destination": ["", data.destination]})
        return trip


def change_trip(trip: Trip, data: TripData, *, again: Sequence[str] = (), actor: Actor,
                now: datetime) -> list[occasions.Change]:
    """Save new facts and dates; open touches move with the dates. Gives the difference. Raises BadAnchors."""
    _may_write(actor, trip.office_id, trip.occasion.owner_id, now)
    with transaction() as session:
        trip = session.get_one(Trip, trip.id, with_for_update=True)
        if trip.cancelled_at is not None:
            raise NotAllowed("cancelled")
        before = summary(trip)
        occasion = session.get_one(Occasion, trip.occasion_id)
        facts = facts_of(data, bool(occasion.facts.get("repeat")))
        changes = occasions.move_dates(occasion, data.anchors, facts=facts, again=again, actor=actor, now=now)
        _write(trip, data)
        session.flush()
        after = summary(trip)
        record(actor, "changed", "trip", trip.id, office_id=trip.office_id, now=now,
               facts={k: [before[k], after[k]] for k in before if before[k] != after[k]})
        return changes


def preview_change(trip: Trip, data: TripData, *, now: datetime) -> list[occasions.Change]:
    """The difference `change_trip` would make; reads only. Raises BadAnchors."""
    return occasions.difference(trip.occasion, data.anchors,
                                facts=facts_of(data, bool(trip.occasion.facts.get("repeat"))), now=now)


def cancel_trip(trip: Trip, *, reason: str, actor: Actor, now: datetime) -> int:
    """Cancel: no message of the trip leaves afterwards, open touches close; gives how many messages were stopped."""
    _may_write(actor, trip.office_id, trip.occasion.owner_id, now)
    with transaction() as session:
        trip = session.get_one(Trip, trip.id, with_for_update=True)
        if trip.cancelled_at is not None:
            return 0
        trip.cancelled_at, trip.cancelled_by, trip.cancel_reason = now, actor.name, reason
        record(actor, "cancelled", "trip", trip.id, office_id=trip.office_id, now=now, facts={"reason": ["", reason]})
        return occasions.cancel_occasion(trip.occasion, reason="trip-cancelled", actor=actor, now=now)


def may_change(trip: Trip, *, actor: Actor, now: datetime) -> bool:
    """True when this person may change, move and cancel the trip (`domain.md` §10)."""
    try:
        _may_write(actor, trip.office_id, trip.occasion.owner_id, now)
    except (LookupError, NotAllowed):
        return False
    return trip.cancelled_at is None


def facts_of(data: TripData, repeat: bool) -> dict[str, Any]:
    """What letters may say about the trip, kept with its occasion."""
    return {"destination": data.destination, "operator": data.operator, "booking_number": data.booking_number,
            "departs": _clock(data.departure_time), "lands": _clock(data.landing_time),
            "companions": list(data.companions), "repeat": repeat}


def summary(trip: Trip) -> dict[str, Any]:
    """A trip's own fields as JSON, for the audit's old and new values."""
    return {"destination": trip.destination, "operator": trip.operator, "booking": trip.booking_number,
            "price": money.display(trip.price_kopecks) if trip.price_kopecks is not None else "",
            "purchase": trip.purchase_on.isoformat(), "departure": trip.departure_on.isoformat(),
            "return": trip.return_on.isoformat(),
            "departs": _clock(trip.departure_time), "lands": _clock(trip.landing_time),
            "companions": [c.name for c in trip.companions], "addons": list(trip.addons), "note": trip.note}


def _clock(at: time | None) -> str:
    return at.strftime("%H:%M") if at else ""


def _write(trip: Trip, data: TripData) -> None:
    trip.purchase_on, trip.departure_on, trip.return_on = data.purchase_on, data.departure_on, data.return_on
    trip.destination, trip.operator, trip.booking_number = data.destination, data.operator, data.booking_number
    trip.price_kopecks, trip.note, trip.addons = data.price_kopecks, data.note, list(data.addons)
    trip.departure_time, trip.landing_time = data.departure_time, data.landing_time
    if [c.name for c in trip.companions] != list(data.companions):
        trip.companions = [Companion(name=name) for name in data.companions]


def _may_write(actor: Actor, office_id: int, owner_id: int | None, now: datetime) -> None:
    """Managers edit their own trips and those of people they stand in for (`domain.md` §10)."""
    if not actor.may_see(office_id):
        raise LookupError(office_id)
    if actor.user_id is None or actor.hats & {SERVICE, DIRECTOR}:
        return
    office = db.session.get_one(Office, office_id)
    today = local_day(now, zone(office.timezone))
    if MANAGER not in actor.hats or (owner_id is not None and owner_id not in stands_in_for(actor.user_id, today)
                                     and not _has_left(owner_id)):
        raise NotAllowed("not-yours")


def _has_left(user_id: int) -> bool:
    """A leaver's trips belong to nobody in particular: any manager of the office may change them."""
    user = db.session.get(User, user_id)
    return user is None or user.dismissed_at is not None
