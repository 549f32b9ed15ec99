"""Rows of the board: read as the driver gives them, worked out once for each content (`architecture.md` §3)."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from flask_babel import get_locale
from sqlalchemy import bindparam, select

from webapp.db import db
from webapp.kit.days import local_day, zone
from webapp.touches.models import Plan, PlanVersion
from webapp.touches.store import steps_of
from webapp.trips.board_columns import columns_of, place_of
from webapp.trips.board_counts import colleagues_of, counts_of, ownerless_of
from webapp.trips.board_query import (
    FACTS,
    ROWS_OF_TRIPS,
    TOUCHES,
    TOUCHES_OF,
    count_of,
    page_of,
    parts_of,
    shape_of,
    values_of,
)
from webapp.trips.board_rules import Cell, Column, Mark, at_home, cells_of, row_state
from webapp.trips.board_scope import Days, Wish, days_of
from webapp.trips.raw_rows import RawRow, read
from webapp.trips.recent import Act, acts_of

__all__ = ["PAGE", "BoardRow", "Days", "Wish", "board_columns", "colleagues_of", "counts_of", "days_of", "ownerless_of",
           "row_of_trip", "rows_of", "rows_of_trips", "short_name"]
PAGE = 50
_NEWEST = (select(PlanVersion.id).join(Plan).where(Plan.kind == bindparam("kind"))
           .order_by(PlanVersion.number.desc()).limit(1))
_ONE_MINUTE = timedelta(minutes=1)
_kept: dict[str, Any] = {}


@dataclass(frozen=True, slots=True)
class BoardRow:
    """A line of the board, ready to be shown. `drawn` keeps what pages made of it; it is no part of its content."""

    trip_id: int
    occasion_id: int
    client_id: int
    name: str
    short_name: str
    destination: str
    departure_on: date
    return_on: date
    owner_id: int | None
    owner: str
    seller: str
    office_id: int
    state: str
    cancelled: bool
    held: bool
    hold_reason: str
    next_on: date | None
    today: date
    zone: str
    cells: tuple[Cell, ...]
    drawn: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)


class _Where(NamedTuple):
    """What a row's look depends on besides its own content."""

    language: str
    version_id: int
    today: date
    zone: str


def rows_of(days: Days, wish: Wish, *, offset: int = 0, limit: int = PAGE) -> tuple[list[BoardRow], bool]:
    """Rows in the board's order (worst first), and whether there are more."""
    days = days.of(wish.office_id)
    values = {**values_of(days, wish), "skip": offset}
    found: list[RawRow] = []
    for part in parts_of(wish):
        shape = shape_of(part, days, wish)
        values["most"] = limit + 1 - len(found)
        batch = read(page_of(shape), values)
        if batch:
            values["skip"] = 0
        elif values["skip"]:
            values["skip"] -= min(values["skip"], read(count_of(shape), values)[0][0])
        found += batch
        if len(found) > limit:
            break
    return _rows(found[:limit], days), len(found) > limit


def row_of_trip(trip_id: int, days: Days) -> BoardRow | None:
    """One row, for the answer to a tick; None when the trip is out of this person's sight."""
    rows = rows_of_trips([trip_id], days)
    return rows[0] if rows else None


def rows_of_trips(trip_ids: Sequence[int], days: Days) -> list[BoardRow]:
    """Rows of these trips, cancelled ones too, as far as they are in this person's sight."""
    values = {**values_of(days, Wish()), "trips": list(trip_ids)}
    return _rows(read(ROWS_OF_TRIPS, values), days)


def short_name(last: str, first: str) -> str:
    """«Иванова А.» for buttons and messages."""
    return f"{last} {first[:1]}." if last and first else f"{last} {first}".strip()


def board_columns() -> tuple[Column, ...]:
    """Columns for the plan in force."""
    return _columns(_where_we_are())


def _rows(found: Sequence[RawRow], days: Days) -> list[BoardRow]:
    here = _where_we_are()
    touches: dict[int, list[RawRow]] = defaultdict(list)
    ids = [row[1] for row in found]
    for touch in read(TOUCHES_OF, {"occasions": ids}) if ids else ():
        touches[touch[0]].append(touch)
    acts = acts_of(ids, days.now)
    # Within a minute nothing grows late that was not; so rows with a late letter are kept for a minute too.
    minute = days.now.replace(second=0, microsecond=0) + _ONE_MINUTE
    rows: list[BoardRow] = []
    there: dict[int, _Where] = {}
    for row in found:
        mine = touches[row[1]]
        done = tuple(acts[touch[1]] for touch in mine if touch[1] in acts) if acts else ()
        office = row[11]
        where = there.get(office)
        if where is None:
            where = there[office] = here._replace(today=days.by_office[office], zone=days.zones[office])
        rows.append(_row(where, row, tuple(mine), done, minute if row[-1] else None))
    return rows


def _where_we_are() -> _Where:
    newest = db.session.connection().scalar(_NEWEST, {"kind": "trip"})
    if newest is None:
        raise LookupError("no plan for trips")
    steps = steps_of(newest)
    if steps is not _kept.get("steps"):
        # Read anew, for a new version or after another database took the place of this one.
        _kept["steps"] = steps
        _row.cache_clear()
        _columns.cache_clear()
    return _Where(str(get_locale()), newest, date.min, "")


@lru_cache(maxsize=64)
def _columns(where: _Where) -> tuple[Column, ...]:
    return tuple(columns_of(steps_of(where.version_id)))


@lru_cache(maxsize=4096)
def _row(where: _Where, facts: RawRow, touches: tuple[RawRow, ...], acts: tuple[Act, ...],
         late_at: datetime | None) -> BoardRow:
    """A row made of what was read. Kept by its content: whatever changes makes another key, so nothing goes stale."""
    (trip_id, occasion_id, client_id, last, first, destination, departure_on, return_on, owner_id, owner, seller,
     office_id, attention_on, broken, closed_at, cancelled_at, held_at, hold_reason, next_on, version_id,
     _late) = FACTS.typed(facts)
    name = f"{last} {first}".strip()
    now = late_at or datetime.min.replace(tzinfo=zone("UTC"))
    columns = _columns(where._replace(today=date.min, zone=""))
    marks = at_home(_marks(touches, version_id, where.zone, held_at is not None), columns)
    cells = tuple(_with_acts(cells_of(marks, columns, today=where.today, now=now), marks, acts))
    state = row_state(attention_on, broken + (late_at is not None), None, closed_at is not None, today=where.today,
                      now=now)
    return BoardRow(
        trip_id, occasion_id, client_id, name, short_name(last, first), destination,
        departure_on, return_on, owner_id, (owner or "").split(" ")[0], seller or "", office_id, state,
        cancelled_at is not None, held_at is not None, hold_reason, next_on, where.today, where.zone, cells)


def _marks(touches: Iterable[RawRow], version_id: int, zone_name: str, is_held: bool) -> Iterable[Mark]:
    for touch in sorted(touches, key=lambda touch: touch[1]):
        (occasion_id, touch_id, step_id, step_code, channel, automatic, status, reason, due_on, due_time, send_at,
         snoozed_until, done_at, outcome, attempts, message) = TOUCHES.typed(touch)
        place = place_of(version_id, step_id, step_code, channel)
        if place is None:
            continue
        done_on = local_day(done_at, zone(zone_name)) if done_at else None
        yield Mark(touch_id, occasion_id, place.column, place.name, step_code, channel, automatic, status, reason,
                   due_on, due_time, send_at, snoozed_until, done_on, outcome, place.needs_outcome, attempts,
                   held=is_held and automatic or message == "held")


def _with_acts(cells: list[Cell], marks: Sequence[Mark], acts: Sequence[Act]) -> list[Cell]:
    column = {mark.id: mark.column for mark in marks}
    newest: dict[str, Act] = {}
    for act in acts:
        if act.touch_id in column:
            known = newest.get(column[act.touch_id])
            newest[column[act.touch_id]] = act if known is None or known.at < act.at else known
    return [replace(cell, act=newest[cell.column]) if cell.column in newest else cell for cell in cells]
