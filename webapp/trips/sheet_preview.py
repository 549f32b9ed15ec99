"""What the page of a draft shows: fifty rows of the sheet, each with what it will become."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select

from webapp.batches.models import Batch, BatchRow
from webapp.batches.rules import STOPPED
from webapp.batches.tables import Row
from webapp.db import db
from webapp.staff.models import Office, User, scoped
from webapp.touches.actions.many import Planner
from webapp.trips.actions.importing import KIND, ORIGIN, opening_of
from webapp.trips.actions.sheets import SHEET
from webapp.trips.intake import Decision, Intake
from webapp.trips.models import Trip
from webapp.trips.sheet_file import Shape, stored_shape
from webapp.trips.sheet_managers import sellers_for
from webapp.trips.sheetrow import SheetTrip, read_row

PER_PAGE = 50
_RECENT, _PROBLEMS = 10, 200
FILTERS: dict[str, tuple[str, ...]] = {"all": (), "new": ("new", "doubt"), "repeats": ("repeat",),
                                       "problems": ("bad", "doubt")}


@dataclass(frozen=True)
class Line:
    """One row of the sheet. `trip` is None for a row that cannot be imported; `cells` is then its text."""

    line: int
    outcome: str
    problems: Sequence[dict[str, Any]]
    trip: SheetTrip | None = None
    client_id: int = 0
    makes_client: bool = True
    seller: str = ""
    done: int = 0
    ahead: int = 0
    text: str = ""


def lines(batch: Batch, wanted: str, page: int, *, now: datetime) -> tuple[list[Line], int]:
    """The rows of one page (from 1) under a filter, and how many there are under it."""
    query = select(BatchRow).where(BatchRow.batch_id == batch.id)
    if FILTERS[wanted]:
        query = query.where(BatchRow.outcome.in_(FILTERS[wanted]))
    number = db.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    rows = db.session.scalars(query.order_by(BatchRow.line).offset((page - 1) * PER_PAGE).limit(PER_PAGE)).all()
    return _lines(rows, batch, now), number


def recent(user: User) -> list[Batch]:
    """The newest imports in the offices of a person, drafts among them."""
    query = select(Batch).where(Batch.kind == SHEET, or_(Batch.state != STOPPED, Batch.started_at.is_not(None)))
    return list(db.session.scalars(scoped(query, Batch.office_id, user).order_by(Batch.id.desc()).limit(_RECENT)))


def problems(batch_id: int) -> list[BatchRow]:
    """Rows with something to correct, the first of them, those that were not imported before the others."""
    query = select(BatchRow).where(BatchRow.batch_id == batch_id, BatchRow.outcome.in_(FILTERS["problems"]))
    return list(db.session.scalars(query.order_by(BatchRow.outcome, BatchRow.line).limit(_PROBLEMS)))


def trips_of(batch_id: int) -> int:
    """How many trips of an import are there and not cancelled."""
    query = select(func.count()).select_from(Trip).where(Trip.batch_id == batch_id, Trip.cancelled_at.is_(None))
    return db.session.scalar(query) or 0


def _lines(rows: Sequence[BatchRow], batch: Batch, now: datetime) -> list[Line]:
    shape, office = stored_shape(batch), db.session.get_one(Office, batch.office_id)
    trips = {row.id: _trip(row, shape) for row in rows if row.outcome != "bad"}
    read = [trip for trip in trips.values() if trip is not None]
    intake, planner = Intake(office, sellers_for(batch)), Planner(KIND, office, now=now, origin=ORIGIN)
    decided = {decision.row.line: decision for decision in intake.decide(read)}
    return [_line(row, decided.get(row.line), planner) for row in rows]


def _line(row: BatchRow, decision: Decision | None, planner: Planner) -> Line:
    if decision is None:
        text = " · ".join(str(cell) for cell in row.cells if isinstance(cell, str) and cell.strip())
        return Line(row.line, row.outcome, row.problems, text=text)
    planned = planner.plan(opening_of(decision, client_id=decision.person.id)) if row.outcome in FILTERS["new"] else []
    return Line(row.line, row.outcome, row.problems, decision.row, decision.person.id, not decision.person.id,
                decision.seller.name if decision.seller else "",
                done=sum(touch.status == "done" for _step, touch in planned),
                ahead=sum(touch.is_planned for _step, touch in planned))


def _trip(row: BatchRow, shape: Shape) -> SheetTrip | None:
    return read_row(Row(row.line, tuple(row.cells)), shape.columns, shape.as_columns, today=shape.today)[0]
