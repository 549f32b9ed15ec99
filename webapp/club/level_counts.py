"""What counts for levels, asked of trips: per client, or of everybody in one zone at once."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from webapp.clients.models import Client
from webapp.club.level_rules import Earned, Grade, fresh_from, window_of
from webapp.club.models import ClientLevel, Level
from webapp.db import db
from webapp.kit.days import local_day, zone
from webapp.staff.models import Office
from webapp.trips.models import Trip


def grades() -> list[Grade]:
    """The levels of this agency, the lowest first."""
    return [Grade(row.code, row.rank, row.min_trips, row.min_spend_kopecks, row.both, row.rate_bp)
            for row in db.session.scalars(select(Level).order_by(Level.rank))]


def days_of_zones(now: datetime) -> dict[date, list[str]]:
    """Time zones of offices by the day it is there at `now`."""
    days: dict[date, list[str]] = {}
    for name in db.session.scalars(select(Office.timezone).distinct()):
        days.setdefault(local_day(now, zone(name)), []).append(name)
    return days


def earned_by(client_id: int, today: date) -> Earned:
    """What counts for one client on `today`, a day of the client's office."""
    row = db.session.execute(earned_of(client_id, *window_of(today))).one()
    return Earned(row[0], int(row[1]))


def earned_of(client_id: Any, first: Any, last: Any) -> Select[int, int]:
    """The same as a question: trips and spend of returns between two days, these included."""
    return select(func.count().label("trips"), _sum().label("spend")).where(
        Trip.client_id == client_id, Trip.cancelled_at.is_(None), Trip.return_on >= first, Trip.return_on <= last)


def all_earned(today: date, zones: Sequence[str]) -> Select[int, int, int, int, int | None]:
    """client_id, trips, spend, and both without fresh trips, of everybody whose office is in one of these zones.

    Clients without a trip that counts are not among them, nor are erased ones.
    """
    old = Trip.return_on <= fresh_from(today)
    return (select(Trip.client_id, func.count().label("trips"), _sum().label("spend"),
                   func.count().filter(old).label("old_trips"),
                   func.coalesce(func.sum(Trip.price_kopecks).filter(old), 0).label("old_spend"))
            .join(Client, Client.id == Trip.client_id).join(Office, Office.id == Client.office_id)
            .where(*_counts(today), Client.erased_at.is_(None), Office.timezone.in_(zones))
            .group_by(Trip.client_id))


def all_standing(zones: Sequence[str]) -> Select[int, str, str | None, date | None, int, int]:
    """The kept levels of everybody whose office is in one of these zones, without erased clients."""
    return (select(ClientLevel.client_id, ClientLevel.level_code, ClientLevel.fall_to, ClientLevel.fall_on,
                   ClientLevel.trips, ClientLevel.spend_kopecks)
            .join(Client, Client.id == ClientLevel.client_id).join(Office, Office.id == Client.office_id)
            .where(Client.erased_at.is_(None), Office.timezone.in_(zones)))


def _counts(today: date) -> tuple[ColumnElement[bool], ...]:
    first, last = window_of(today)
    return Trip.cancelled_at.is_(None), Trip.return_on >= first, Trip.return_on <= last


def _sum() -> ColumnElement[int]:
    return func.coalesce(func.sum(Trip.price_kopecks), 0)
