"""A booking system's trip is made, moved or cancelled, by the system's own number; repeats change nothing."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from webapp.clients.models import Client
from webapp.db import db, transaction
from webapp.kit.text import match_key
from webapp.staff.audit import record
from webapp.staff.models import Office, User
from webapp.staff.rules import Actor
from webapp.trips.actions.importing import add_contacts, client_of
from webapp.trips.actions.trips import Source, TripData, cancel_trip, change_trip, sell_trip
from webapp.trips.api_rules import CANCELLED, BadBody, Order
from webapp.trips.intake import Intake
from webapp.trips.models import Trip
from webapp.trips.sheetrow import SheetTrip

ORIGIN = "api"
CREATED, CHANGED, SAME = "created", "changed", "same"
_TRIES = 3


class UnknownTrip(LookupError):
    """There is no trip under this number."""


class WasCancelled(Exception):
    """A cancelled trip cannot be sold again; a new booking has a number of its own."""


@dataclass(frozen=True)
class Saved:
    """The trip and what was done with it: created, changed, same."""

    trip: Trip
    outcome: str


def put_trip(order: Order, *, office_id: int, actor: Actor, now: datetime) -> Saved:
    """Make the trip of a booking, or bring it up to date: what was not sent stays as it is.

    A trip of the same client with the same dates and destination that has no number yet (imported, or entered by
    hand) gets this one. Raises BadBody, BadAnchors, UnknownTrip (cancelling what is not there), WasCancelled.
    """
    for left in range(_TRIES - 1, -1, -1):
        try:
            with transaction():
                return _put(order, office_id, actor, now)
        except IntegrityError:
            # The same number was saved at the same moment: seen anew, it is there already.
            if not left:
                raise
    raise AssertionError("unreachable")


def find_trip(external_ref: str, office_id: int) -> Trip | None:
    """The trip under a booking system's number in one office."""
    return db.session.scalar(select(Trip).where(Trip.office_id == office_id, Trip.external_ref == external_ref))


def data_of(trip: Trip) -> TripData:
    """A stored trip as it was typed."""
    return TripData(trip.purchase_on, trip.departure_on, trip.return_on, trip.destination, trip.operator,
                    trip.booking_number, trip.price_kopecks, trip.departure_time, trip.landing_time,
                    tuple(companion.name for companion in trip.companions), tuple(trip.addons), trip.note)


def _put(order: Order, office_id: int, actor: Actor, now: datetime) -> Saved:
    # Two bookings of one new client that come together must not make two clients.
    office = db.session.get_one(Office, office_id, with_for_update={"key_share": True})
    trip = find_trip(order.external_ref, office_id)
    if order.status == CANCELLED:
        return _cancelled(trip, actor, now)
    if trip is None:
        return _new(order, office, actor, now)
    if trip.cancelled_at is not None:
        raise WasCancelled
    return Saved(trip, _updated(trip, order, actor, now))


def _cancelled(trip: Trip | None, actor: Actor, now: datetime) -> Saved:
    if trip is None:
        raise UnknownTrip
    if trip.cancelled_at is not None:
        return Saved(trip, SAME)
    cancel_trip(trip, reason=actor.name, actor=actor, now=now)
    return Saved(trip, CHANGED)


def _updated(trip: Trip, order: Order, actor: Actor, now: datetime) -> str:
    before = data_of(trip)
    after = replace(before, **order.given)
    if after == before:
        return SAME
    change_trip(trip, after, actor=actor, now=now)
    return CHANGED


def _new(order: Order, office: Office, actor: Actor, now: datetime) -> Saved:
    if order.lacks:
        raise BadBody(order.lacks)
    data = TripData(**order.given)
    row, intake = _row(order, data), Intake(office)
    person = intake.decide([row])[0].person
    twin = _twin(person.id, office.id, data)
    if twin is not None:
        twin.external_ref = order.external_ref
        record(actor, "changed", "trip", twin.id, office_id=office.id, now=now,
               facts={"external_ref": [None, order.external_ref]})
        _updated(twin, order, actor, now)
        return Saved(twin, CHANGED)
    client = client_of(row, office, now) if person.is_new else db.session.get_one(Client, person.id)
    add_contacts(client, row)
    client.keep_findable()
    db.session.add(client)
    db.session.flush()
    seller = intake.sellers.find(order.seller)
    owner = db.session.get(User, seller.id) if seller else None
    trip = sell_trip(client, data, seller=owner, actor=actor, now=now, office=office,
                     source=Source(origin=ORIGIN, external_ref=order.external_ref, seller_name=order.seller))
    return Saved(trip, CREATED)


def _row(order: Order, data: TripData) -> SheetTrip:
    """The booking in the shape in which clients are recognised."""
    if order.name is None:
        raise BadBody(order.lacks)
    return SheetTrip(0, order.name, order.phones, order.emails, order.seller, data.destination, data.operator,
                     data.booking_number, data.price_kopecks, data.purchase_on, data.departure_on, data.return_on,
                     frozenset(), data.note, data.companions)


def _twin(client_id: int, office_id: int, data: TripData) -> Trip | None:
    same = db.session.scalars(select(Trip).where(
        Trip.client_id == client_id, Trip.office_id == office_id, Trip.external_ref.is_(None),
        Trip.cancelled_at.is_(None), Trip.purchase_on == data.purchase_on, Trip.departure_on == data.departure_on,
        Trip.return_on == data.return_on).order_by(Trip.id)).all()
    return next((trip for trip in same if match_key(trip.destination) == match_key(data.destination)), None)

