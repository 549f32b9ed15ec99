"""The list of friends and its report: plain rows of the person's own offices, a few queries whatever their number."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select, true
from sqlalchemy.orm import aliased

from webapp.clients.models import Client
from webapp.club.friend_rules import OPEN, REWARDED, SELF, TRAVELS, UNDONE
from webapp.club.models import BonusOp, FriendLink, Referral
from webapp.db import db
from webapp.kit.days import add_months, local_day, zone
from webapp.kit.shares import per_cent
from webapp.staff.models import User, scoped
from webapp.staff.rules import DIRECTOR, SERVICE
from webapp.touches.models import Touch
from webapp.touches.people import stands_in_for
from webapp.trips.models import Trip

FILTERS: Mapping[str, tuple[str, ...]] = {
    "open": OPEN, "new": ("new",), "talking": ("talking",), "travels": ("travels",), "rewarded": ("rewarded",),
    "refused": ("refused",), "lost": ("lost",), "all": ()}
MONTHS = 12
_INVITER, _FRIEND = aliased(Client), aliased(Client)
_FOR_INVITER, _FOR_FRIEND = aliased(BonusOp), aliased(BonusOp)
_CALL, _TRIP, _MANAGER = aliased(Touch), aliased(Trip), aliased(User)


@dataclass(frozen=True)
class Wish:
    """What of the list is asked for: a filter, and whose friends (None: of everybody the person may see)."""

    show: str = "open"
    manager_id: int | None = None


@dataclass
class Sums:
    """What came of friends: inviters, friends who came, who bought, who were rewarded; points, income in kopecks."""

    name: str = ""
    client_id: int = 0
    inviters: set[int] = field(default_factory=set)
    came: int = 0
    travelled: int = 0
    rewarded: int = 0
    points: int = 0
    income: int = 0

    @property
    def bought(self) -> int | None:
        """Per cent of those who came that bought a trip."""
        return per_cent(self.travelled, self.came)

    def add(self, row: Any, income: int) -> None:
        """Count one referral in."""
        self.inviters.add(row.inviter_id)
        self.came += 1
        self.travelled += row.state in (TRAVELS, REWARDED)
        self.rewarded += row.state == REWARDED
        if row.state == REWARDED:
            # What a director has taken back was given to nobody.
            self.points += (row.inviter_points or 0) + (row.friend_points or 0)
        self.income += income


@dataclass(frozen=True)
class Report:
    """The last twelve months, the newest first, who brought most, and all of it together."""

    months: list[tuple[date, Sums]]
    people: list[Sums]
    whole: Sums
    invitations: int


def rows_of(user: User, wish: Wish, day: date, limit: int) -> list[Any]:
    """Referrals the person may see, the newest first, with whom they are about and what comes next."""
    return list(db.session.execute(_visible(_whole().where(*_filter(wish)).limit(limit), user, day)))


def rows_of_one(referral_id: int) -> list[Any]:
    """The same row alone, for somebody who may see it."""
    return list(db.session.execute(_whole().where(Referral.id == referral_id)))


def counts_of(user: User, wish: Wish, day: date) -> dict[str, int]:
    """How many each filter shows."""
    query = select(Referral.state, func.count()).where(*_filter(Wish("all", wish.manager_id))).group_by(Referral.state)
    found = {row[0]: int(row[1]) for row in db.session.execute(_visible(query, user, day))}
    return {name: sum(count for state, count in found.items() if not states or state in states)
            for name, states in FILTERS.items()}


def referral_for(referral_id: int, user: User, day: date) -> Referral | None:
    """The referral, when this person may see it."""
    found: Referral | None = db.session.scalar(_visible(select(Referral).where(Referral.id == referral_id), user, day))
    return found


def seen_of(referral_ids: Collection[int], user: User, day: date) -> set[int]:
    """Which of these referrals the person may see."""
    if not referral_ids:
        return set()
    return set(db.session.scalars(_visible(select(Referral.id).where(Referral.id.in_(referral_ids)), user, day)))


def referrals_about(client_id: int) -> tuple[Referral | None, list[Referral]]:
    """By whom a client came, and whom the client has sent, the newest first; nobody who was no friend at all."""
    came = db.session.scalars(select(Referral).where(Referral.friend_id == client_id).order_by(
        Referral.state == "refused", Referral.id.desc()).limit(1)).first()
    sent = db.session.scalars(select(Referral).where(Referral.inviter_id == client_id, Referral.reason.not_in(
        (SELF, UNDONE))).order_by(Referral.id.desc())).all()
    return came, list(sent)


def report_of(user: User, now: datetime) -> Report:
    """What invitations brought within twelve months; three queries."""
    today = local_day(now, zone(user.zone))
    first = add_months(today.replace(day=1), 1 - MONTHS)
    query = (select(Referral.id, Referral.inviter_id, Referral.friend_id, Referral.state, Referral.created_at,
                    _INVITER.last_name, _INVITER.first_name, _FOR_INVITER.amount.label("inviter_points"),
                    _FOR_FRIEND.amount.label("friend_points"))
             .join(_INVITER, _INVITER.id == Referral.inviter_id)
             .outerjoin(_FOR_INVITER, _FOR_INVITER.id == Referral.inviter_op_id)
             .outerjoin(_FOR_FRIEND, _FOR_FRIEND.id == Referral.friend_op_id)
             .where(Referral.reason.not_in((SELF, UNDONE)), Referral.created_at >= _moment(first, user))
             .order_by(Referral.id))
    rows = list(db.session.execute(_visible(query, user, today)))
    incomes = _incomes(rows)
    months = {add_months(first, number): Sums() for number in range(MONTHS)}
    people: dict[int, Sums] = {}
    whole = Sums()
    for row in rows:
        name = f"{row.last_name} {row.first_name}".strip()
        # A clock that was put back leaves rows of a month to come: they stand in the last one.
        month = min(local_day(row.created_at, zone(user.zone)).replace(day=1), max(months))
        own = people.setdefault(row.inviter_id, Sums(name, row.inviter_id))
        for sums in (months[month], own, whole):
            sums.add(row, incomes.get(row.id, 0))
    best = sorted(people.values(), key=lambda sums: (-sums.rewarded, -sums.travelled, -sums.came, sums.name))
    return Report(list(reversed(months.items())), best, whole, _invitations(user))


def _whole() -> Any:
    return (select(
        Referral.id, Referral.name, Referral.phone, Referral.wish, Referral.source, Referral.state, Referral.reason,
        Referral.note, Referral.created_at, Referral.inviter_id, Referral.friend_id, Referral.manager_id,
        Referral.office_id, _INVITER.last_name.label("inviter_last"), _INVITER.first_name.label("inviter_first"),
        _FRIEND.office_id.label("friend_office_id"), _FRIEND.last_name.label("friend_last"),
        _FRIEND.first_name.label("friend_first"), _MANAGER.name.label("manager"), _CALL.id.label("call_id"),
        _CALL.status.label("call_status"), _CALL.due_on.label("call_on"), _CALL.outcome.label("call_outcome"),
        _CALL.done_at.label("call_done_at"), _CALL.office_id.label("call_office_id"),
        _TRIP.return_on, _TRIP.destination, _TRIP.office_id.label("trip_office_id"),
        Referral.trip_id, _FOR_INVITER.amount.label("inviter_points"), _FOR_FRIEND.amount.label("friend_points"))
        .join(_INVITER, _INVITER.id == Referral.inviter_id).outerjoin(_FRIEND, _FRIEND.id == Referral.friend_id)
        .outerjoin(_MANAGER, _MANAGER.id == Referral.manager_id).outerjoin(_CALL, _CALL.id == Referral.touch_id)
        .outerjoin(_TRIP, _TRIP.id == Referral.trip_id)
        .outerjoin(_FOR_INVITER, _FOR_INVITER.id == Referral.inviter_op_id)
        .outerjoin(_FOR_FRIEND, _FOR_FRIEND.id == Referral.friend_op_id)
        .order_by(Referral.id.desc()))


def _incomes(rows: Iterable[Any]) -> dict[int, int]:
    """Income from trips friends bought since they came, by referral; a friend's trips count for one referral."""
    friends = {row.friend_id: row for row in rows if row.friend_id and row.state in (TRAVELS, REWARDED)}
    query = select(Trip.client_id, Trip.price_kopecks, Trip.created_at).where(
        Trip.client_id.in_(friends), Trip.cancelled_at.is_(None), Trip.price_kopecks.is_not(None))
    found: dict[int, int] = {}
    for trip in db.session.execute(query):
        row = friends[trip.client_id]
        if trip.created_at >= row.created_at:
            found[row.id] = found.get(row.id, 0) + trip.price_kopecks
    return found


def _invitations(user: User) -> int:
    query = (select(func.count()).select_from(FriendLink).join(Client, Client.id == FriendLink.client_id)
             .where(FriendLink.closed_at.is_(None)))
    return int(db.session.scalar(scoped(query, Client.office_id, user)) or 0)


def _moment(day: date, user: User) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone(user.zone))


def _filter(wish: Wish) -> Collection[ColumnElement[bool]]:
    states = FILTERS[wish.show]
    return (Referral.state.in_(states) if states else true(),
            Referral.manager_id == wish.manager_id if wish.manager_id else true())


def _visible(query: Any, user: User, day: date) -> Any:
    """Managers see their own friends and those nobody has; service and directors all of their offices."""
    query = scoped(query, Referral.office_id, user)
    if user.hats & {SERVICE, DIRECTOR}:
        return query
    return query.where(or_(Referral.manager_id.is_(None), Referral.manager_id.in_(stands_in_for(user.id, day))))
