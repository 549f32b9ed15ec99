"""What the stop button shows: trips that fit a choice, how many letters wait in each, and the holds in force."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import joinedload

from webapp.db import db
from webapp.kit.text import match_key
from webapp.staff.models import User, scoped
from webapp.touches.models import Occasion, Touch
from webapp.trips.actions.stopping import channel_for
from webapp.trips.models import Trip

MOST = 1000


@dataclass(frozen=True)
class Choice:
    """Which trips are meant. A trip fits when it is under way on a day between `first` and `last`."""

    destination: str = ""
    operator: str = ""
    first: date | None = None
    last: date | None = None

    @property
    def is_empty(self) -> bool:
        """True when nothing was chosen: then nothing is listed, so that nobody stops everything by mistake."""
        return not (self.destination or self.operator or self.first or self.last)


@dataclass(frozen=True)
class Listed:
    """A trip in the list, with the number of letters and SMS that still wait."""

    trip: Trip
    letters: int


@dataclass
class HeldGroup:
    """Trips put on hold together."""

    reason: str
    since: datetime
    rows: list[Listed] = field(default_factory=list)

    @property
    def letters(self) -> int:
        """Letters and SMS that wait in all of them."""
        return sum(row.letters for row in self.rows)

    @property
    def waiting(self) -> int:
        """Trips in which something waits; the others are stopped, but nobody misses anything there."""
        return sum(bool(row.letters) for row in self.rows)


def fitting(choice: Choice, user: User) -> list[Listed]:
    """Open trips of the person's offices that fit and are not on hold yet, by departure; at most MOST."""
    query = _open_trips(user).where(Occasion.held_at.is_(None))
    for column, typed in ((Trip.destination, choice.destination), (Trip.operator, choice.operator)):
        if typed:
            query = query.where(column.in_(_spellings(column, typed, user)))
    if choice.first:
        query = query.where(Trip.return_on >= choice.first)
    if choice.last:
        query = query.where(Trip.departure_on <= choice.last)
    return _listed(db.session.scalars(query.order_by(Trip.departure_on, Trip.id).limit(MOST)).all())


def chosen(ids: Collection[int], user: User) -> list[Trip]:
    """The trips with these ids that are in the person's sight and not cancelled."""
    return list(db.session.scalars(_trips(user).where(Trip.id.in_(ids), Trip.cancelled_at.is_(None))
                                   .order_by(Trip.departure_on, Trip.id)).unique())


def held(user: User) -> list[HeldGroup]:
    """Trips on hold in the person's offices, in groups as they were stopped, newest first."""
    rows = db.session.scalars(_trips(user).where(Occasion.held_at.is_not(None), Occasion.cancelled_at.is_(None))
                              .order_by(Occasion.held_at.desc(), Trip.departure_on, Trip.id).limit(MOST)).all()
    groups: dict[tuple[str, datetime], HeldGroup] = {}
    for row in _listed(rows):
        occasion = row.trip.occasion
        assert occasion.held_at is not None
        key = (occasion.hold_reason, occasion.held_at)
        groups.setdefault(key, HeldGroup(*key)).rows.append(row)
    return list(groups.values())


def with_letters(trips: Sequence[Trip]) -> int:
    """How many of these trips have letters or SMS still to come."""
    return sum(bool(row.letters) for row in _listed(trips))


def names_in_use(user: User) -> tuple[list[str], list[str]]:
    """Destinations and operators of open trips, to choose from while typing."""
    return _distinct(Trip.destination, user), _distinct(Trip.operator, user)


def reached(trips: Sequence[Trip], way: str) -> int:
    """How many clients of these trips can be written to this way."""
    clients = {trip.client_id: trip.client for trip in trips}
    return sum(bool(channel_for(client, way)) for client in clients.values())


def _trips(user: User) -> Select[Trip]:
    query = select(Trip).join(Occasion, Occasion.id == Trip.occasion_id).options(
        joinedload(Trip.client), joinedload(Trip.occasion), joinedload(Trip.office))
    return scoped(query, Trip.office_id, user)


def _open_trips(user: User) -> Select[Trip]:
    return _trips(user).where(Occasion.closed_at.is_(None), Trip.cancelled_at.is_(None))


def _distinct(column: object, user: User) -> list[str]:
    query = select(column).select_from(Trip).join(Occasion, Occasion.id == Trip.occasion_id).where(  # type: ignore[call-overload]
        Occasion.closed_at.is_(None)).distinct()
    return sorted(filter(None, db.session.scalars(scoped(query, Trip.office_id, user))))


def _spellings(column: object, typed: str, user: User) -> list[str]:
    """The spellings in use that hold what was typed; SQLite cannot compare Russian letters without their case."""
    wanted = match_key(typed)
    return [name for name in _distinct(column, user) if wanted in match_key(name)]


def _listed(trips: Sequence[Trip]) -> list[Listed]:
    ids = [trip.occasion_id for trip in trips]
    query = (select(Touch.occasion_id, func.count()).group_by(Touch.occasion_id)
             .where(Touch.occasion_id.in_(ids), Touch.automatic, or_(Touch.status == "planned",
                                                                      Touch.status == "queued")))
    counts = {occasion_id: number for occasion_id, number in db.session.execute(query)}
    return [Listed(trip, counts.get(trip.occasion_id, 0)) for trip in trips]
