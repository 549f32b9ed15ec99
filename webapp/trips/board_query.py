"""Statements of the board, built once for each shape of question: building one costs ten times its execution."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Date, Select, and_, bindparam, case, false, func, or_, select, text

from webapp.clients.models import Client
from webapp.kit.days import ONE_DAY
from webapp.post.models import Message
from webapp.staff.models import User
from webapp.touches.models import PLANNED, Occasion, Touch
from webapp.trips.board_scope import Days, Wish
from webapp.trips.models import Trip
from webapp.trips.raw_rows import Raw

occasion, trip, client, touch, message, user = (
    model.__table__ for model in (Occasion, Trip, Client, Touch, Message, User))
FACTS = Raw(
    trip.c.id, occasion.c.id, client.c.id, client.c.last_name, client.c.first_name, trip.c.destination,
    trip.c.departure_on, trip.c.return_on, occasion.c.owner_id, user.c.name, trip.c.seller_name, occasion.c.office_id,
    occasion.c.attention_on, occasion.c.broken, occasion.c.closed_at, trip.c.cancelled_at, occasion.c.held_at,
    occasion.c.hold_reason, occasion.c.next_on, occasion.c.plan_version_id)
TOUCHES = Raw(
    touch.c.occasion_id, touch.c.id, touch.c.step_id, touch.c.step_code, touch.c.channel, touch.c.automatic,
    touch.c.status, touch.c.reason, touch.c.due_on, touch.c.due_time, touch.c.send_at, touch.c.snoozed_until,
    touch.c.done_at, touch.c.outcome, touch.c.attempts)
# The order of the board as parts that follow each other: red, yellow, ahead, without any date, finished (`ux.md` §2).
ORDER = ("broken", "over", "today", "ahead", "undated", "finished")
_UNFINISHED = tuple(part for part in ORDER if part != "finished")
ONLY = {"broken": ("broken",), "over": ("over",), "today": ("today",), "back": _UNFINISHED, "visit": _UNFINISHED,
        "snoozed": _UNFINISHED, "nobody": _UNFINISHED}
# Written out, so that partial indexes are known to fit; a value given beside the statement would hide that.
_TRIPS = text("occasion.kind = 'trip'")
_STANDS = text("occasion.cancelled_at IS NULL")
OWNERLESS = text("occasion.owner_id IS NULL AND occasion.closed_at IS NULL")
_NOW = bindparam("now", type_=occasion.c.breaks_at.type)
IN_SIGHT = occasion.c.office_id.in_(bindparam("offices", expanding=True))
_OPEN, _CLOSED = occasion.c.closed_at.is_(None), occasion.c.closed_at.is_not(None)


_ROWS = select(*FACTS.columns, (occasion.c.breaks_at <= _NOW).label("late")).select_from(
    occasion.join(trip, trip.c.occasion_id == occasion.c.id).join(client, client.c.id == occasion.c.client_id)
    .outerjoin(user, user.c.id == occasion.c.owner_id))
ROWS_OF_TRIPS = _ROWS.where(_TRIPS, IN_SIGHT, trip.c.id.in_(bindparam("trips", expanding=True)))
# Only what still waits can be held: no other message is looked up. The index gives an order that stays the same.
_MESSAGE = case((text("touch.status IN ('planned', 'queued')"), select(message.c.state).where(
    message.c.id == touch.c.message_id).scalar_subquery()))
TOUCHES_OF = select(*TOUCHES.columns, _MESSAGE.label("message")).where(
    touch.c.occasion_id.in_(bindparam("occasions", expanding=True)))


@dataclass(frozen=True)
class Shape:
    """What makes two questions need different statements."""

    part: str
    show: str
    groups: int
    owners: bool
    text: bool


def parts_of(wish: Wish) -> tuple[str, ...]:
    """The parts of the board that this filter goes through."""
    return ONLY.get(wish.show, ORDER)


def shape_of(part: str, days: Days, wish: Wish) -> Shape:
    """The shape of this question."""
    return Shape(part, wish.show, len(days.groups), bool(wish.owners), bool(wish.text))


def values_of(days: Days, wish: Wish) -> dict[str, Any]:
    """What the statements of these days and filters are given."""
    values: dict[str, Any] = {"now": days.now, "offices": list(days.by_office)}
    for number, (day, offices) in enumerate(days.groups.items()):
        values |= {f"day{number}": day, f"next{number}": day + ONE_DAY, f"offices{number}": offices}
    if wish.owners:
        values["owners"] = list(wish.owners)
    if wish.text:
        # SQLite folds the case of Latin letters only.
        spellings = {wish.text, wish.text.lower(), wish.text.capitalize(), wish.text.title()}
        likes = sorted(word.replace("/", "//").replace("%", "/%").replace("_", "/_") for word in spellings)
        values |= {f"like{n}": f"%{likes[min(n, len(likes) - 1)]}%" for n in range(4)}
        values["clients"] = list(wish.clients)
    return values


@lru_cache(maxsize=512)
def page_of(shape: Shape) -> Select[Any]:
    """Rows of one part in its order; needs `most` and `skip` beside the values."""
    order = {"broken": (occasion.c.attention_on.is_(None), occasion.c.attention_on),
             "over": (occasion.c.attention_on,), "today": (trip.c.departure_on,), "ahead": (occasion.c.next_on,),
             "undated": (), "finished": (occasion.c.closed_at.desc(),)}[shape.part]
    order = (*order, occasion.c.id.desc() if shape.part == "finished" else occasion.c.id)
    # First which rows, then what they show: else everything is looked up for all that are only sorted or skipped.
    chosen = _wanted(shape).order_by(*order).limit(bindparam("most")).offset(bindparam("skip")).subquery()
    return _ROWS.where(occasion.c.id.in_(select(chosen.c.id))).order_by(*order)


@lru_cache(maxsize=512)
def count_of(shape: Shape) -> Select[Any]:
    """How many rows a part has."""
    return select(func.count()).select_from(_wanted(shape).subquery())


def by_office(groups: int, condition: Callable[[Any], ColumnElement[bool]]) -> ColumnElement[bool]:
    """`condition(today)` for the offices of each date."""
    parts = [and_(occasion.c.office_id.in_(bindparam(f"offices{n}", expanding=True)),
                  condition(bindparam(f"day{n}", type_=Date)))
             for n in range(groups)]
    return or_(false(), *parts)


def is_broken() -> ColumnElement[bool]:
    """Something automatic failed, or is over an hour late at `now`."""
    return or_(text("occasion.broken > 0"), occasion.c.breaks_at <= _NOW)


def is_whole() -> ColumnElement[bool]:
    """Nothing automatic failed or is late at `now`."""
    return and_(text("occasion.broken = 0"), or_(occasion.c.breaks_at.is_(None), occasion.c.breaks_at > _NOW))


def _wanted(shape: Shape) -> Select[Any]:
    due = occasion.c.attention_on
    dated = {"over": lambda today: due < today, "today": lambda today: due == today}.get(shape.part)
    rows = occasion
    if shape.part == "today" or shape.text or shape.show in ("away", "back", "visit"):
        rows = occasion.join(trip, trip.c.occasion_id == occasion.c.id)
    query = select(occasion.c.id).select_from(rows).where(
        _TRIPS, by_office(shape.groups, dated) if dated else IN_SIGHT)
    query = query.where(is_broken() if shape.part == "broken" else is_whole())
    if shape.part in ("ahead", "undated"):
        later = or_(due.is_(None), by_office(shape.groups, lambda today: due > today))
        dates = occasion.c.next_on.is_not(None) if shape.part == "ahead" else occasion.c.next_on.is_(None)
        query = query.where(_OPEN, dates, later)
    elif shape.part == "finished":
        query = query.where(_CLOSED)
    return _filtered(query, shape)


def _filtered(query: Select[Any], shape: Shape) -> Select[Any]:
    if shape.show not in ("any", "cancelled"):
        query = query.where(_STANDS)
    if shape.owners:
        # Broken rows are few, a person's thousands: SQLite must not begin with these.
        owner = occasion.c.owner_id + 0 if shape.part == "broken" else occasion.c.owner_id
        query = query.where(owner.in_(bindparam("owners", expanding=True)))
    narrower = _FILTERS.get(shape.show)
    if narrower:
        query = query.where(*narrower(shape.groups))
    return query.where(_matches()) if shape.text else query


def _leaving(groups: int) -> ColumnElement[bool]:
    """Trips that depart tomorrow, found by their own index: they are a handful in any part of the board."""
    parts = [and_(trip.c.office_id.in_(bindparam(f"offices{n}", expanding=True)),
                  trip.c.departure_on == bindparam(f"next{n}", type_=Date)) for n in range(groups)]
    return occasion.c.id.in_(select(trip.c.occasion_id).where(or_(false(), *parts)).correlate(None))


def _has_touch(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return select(touch.c.id).where(touch.c.occasion_id == occasion.c.id, condition).exists()


def _matches() -> ColumnElement[bool]:
    """Clients found by name, phone or e-mail, or a destination that contains the words."""
    words = [trip.c.destination.like(bindparam(f"like{n}"), escape="/") for n in range(4)]
    return or_(occasion.c.client_id.in_(bindparam("clients", expanding=True)), *words)


_FILTERS: dict[str, Callable[[int], tuple[ColumnElement[bool], ...]]] = {
    "leaving": lambda n: (_leaving(n),),
    "away": lambda n: (by_office(n, lambda today: and_(trip.c.departure_on <= today, trip.c.return_on >= today)),),
    "back": lambda n: (by_office(n, lambda today: trip.c.return_on < today), _OPEN),
    "visit": lambda n: (
        _has_touch(and_(touch.c.channel == "visit", touch.c.status == "planned", touch.c.due_on.is_not(None))),
        by_office(n, lambda today: trip.c.return_on < today)),
    "snoozed": lambda n: (occasion.c.id.in_(select(touch.c.occasion_id).where(
        touch.c.status == PLANNED, touch.c.snoozed_until.is_not(None))),),
    "nobody": lambda n: (and_(OWNERLESS),),
    "cancelled": lambda n: (occasion.c.cancelled_at.is_not(None),),
}
