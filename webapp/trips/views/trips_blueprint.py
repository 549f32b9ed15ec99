"""The blueprint of pages about single trips, and what all of them need."""

from datetime import date, datetime

from flask import Blueprint, abort
from flask_login import current_user

from webapp.db import db
from webapp.kit import clock
from webapp.kit.days import local_day, zone
from webapp.staff.audit import actor_of
from webapp.staff.models import Office
from webapp.staff.rules import Actor
from webapp.trips.models import Trip

bp = Blueprint("trips", __name__)


def seen_trip(trip_id: int) -> Trip:
    """The trip, when it belongs to an office of this person; else 404."""
    trip = db.session.get(Trip, trip_id)
    if trip is None or not me().may_see(trip.office_id):
        abort(404)
    return trip


def me() -> Actor:
    """The signed-in person as an author of changes."""
    return actor_of(current_user)


def moment() -> datetime:
    """Now."""
    return clock.now()


def today_in(office: Office) -> date:
    """Today in an office."""
    return local_day(clock.now(), zone(office.timezone))
