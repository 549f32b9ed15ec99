"""The import of a sheet in the browser: upload, choose columns, run as long work, take back within a day."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, insert, or_, select

from webapp.batches import uploads
from webapp.batches.actions import Work, create
from webapp.batches.actions import start as start_batch
from webapp.batches.models import Batch, BatchRow
from webapp.batches.reading import Table
from webapp.batches.rules import DONE, DRAFT, READY, STOPPED
from webapp.db import db, transaction
from webapp.kit.days import local_day, zone
from webapp.staff.audit import record
from webapp.staff.models import AuditEntry, Office
from webapp.staff.rules import DIRECTOR, SERVICE, Actor, NotAllowed
from webapp.touches.models import Touch, TouchEvent
from webapp.trips import sheet_managers
from webapp.trips.actions.importing import take_rows
from webapp.trips.actions.trips import cancel_trip
from webapp.trips.importing import portions
from webapp.trips.intake import REPEAT, Intake
from webapp.trips.models import Trip
from webapp.trips.sheet import Reading, read_sheet
from webapp.trips.sheet_file import (
    Choices,
    as_json,
    open_table,
    plain_cells,
    plain_problem,
    read_again,
    shape_of,
)

SHEET, UNDO = "trip-sheet", "trip-sheet-undo"
BAD, DOUBT, NEW = "bad", "doubt", "new"
FIGURES = ("trips", "clients", "touches", "repeats", "skipped")
ROWS_A_STEP = 50
UNDO_WITHIN = timedelta(days=1)


def upload(data: bytes, file_name: str, *, office: Office, actor: Actor, now: datetime) -> Batch:
    """Keep an uploaded sheet as a draft and look at every row; nothing is imported yet. Raises UnreadableFile."""
    actor.needs(SERVICE, DIRECTOR)
    table = open_table(data, Choices())
    today = local_day(now, zone(office.timezone))
    reading = read_sheet(table, today=today)
    with transaction():
        batch = create(SHEET, actor=actor, office_id=office.id, now=now, file_name=file_name[:200],
                       file_path=uploads.keep(data),
                       mapping={"meant": sheet_managers.remembered(office.id, SHEET)})
        _examine(batch, table, reading, Choices(), now)
        return batch


def remap(batch_id: int, choices: Choices, *, office: Office, owners: Mapping[str, int], actor: Actor,
          now: datetime) -> None:
    """Look at the sheet again with other columns, another office or encoding. Raises UnreadableFile, NotAllowed.

    `owners`: field of a manager's name → id of a colleague, 0 for nobody. LookupError when the file has been deleted.
    """
    actor.needs(SERVICE, DIRECTOR)
    data = uploads.place_of(db.session.get_one(Batch, batch_id).file_path).read_bytes()
    db.session.rollback()
    table = open_table(data, choices)
    today = local_day(now, zone(office.timezone))
    columns = choices.columns
    reading = read_sheet(table, today=today, mapping=columns)
    with transaction() as session:
        batch = session.get_one(Batch, batch_id, with_for_update=True)
        if batch.state != DRAFT:
            raise NotAllowed("started")
        if not (actor.may_see(batch.office_id) and actor.may_see(office.id)):
            raise NotAllowed("other-office")
        if batch.office_id != office.id:
            # Other people work there, and other names were chosen for them.
            batch.mapping = {**batch.mapping, "meant": sheet_managers.remembered(office.id, SHEET)}
            batch.office_id, owners = office.id, {}
        _examine(batch, table, reading, choices, now)
        _choose(batch, owners)


def begin(batch_id: int, owners: Mapping[str, int], *, actor: Actor, now: datetime) -> None:
    """Hand a draft to the worker with these managers, as in `remap`. Raises NotAllowed once it has been started."""
    actor.needs(SERVICE, DIRECTOR)
    with transaction() as session:
        batch = session.get_one(Batch, batch_id, with_for_update=True)
        if batch.state != DRAFT:
            raise NotAllowed("started")
        _choose(batch, owners)
        names = sheet_managers.named(batch, sheet_managers.sellers_for(batch))
        # As it is now: the report must name those who were taken, whoever is hired or leaves meanwhile.
        batch.mapping = {**batch.mapping, "used": {name.key: name.owner_id for name in names}}
        start_batch(batch_id, actor=actor, now=now)


def discard(batch_id: int, *, actor: Actor, now: datetime) -> None:
    """Throw a draft away with its file. Raises NotAllowed once it has been started."""
    actor.needs(SERVICE, DIRECTOR)
    with transaction() as session:
        batch = session.get_one(Batch, batch_id, with_for_update=True)
        if batch.state != DRAFT:
            raise NotAllowed("started")
        name, batch.file_path, batch.state, batch.ended_at = batch.file_path, "", STOPPED, now
        session.execute(delete(BatchRow).where(BatchRow.batch_id == batch_id))
        record(actor, "stop", "batch", batch_id, now=now, office_id=batch.office_id)
    uploads.forget(name)


def run_import(work: Work) -> None:
    """Import the sheet of a batch in steps of fifty rows; goes on where a killed run left off."""
    batch, actor = work.batch, work.actor
    reading = read_again(batch)
    sellers = sheet_managers.sellers_for(batch)
    db.session.rollback()
    passed = len(reading.bad) + len(reading.repeats)
    if batch.done_rows < passed:
        with work.step(passed, all_rows=reading.rows) as totals:
            totals["skipped"] += len(reading.bad)
            totals["repeats"] += len(reading.repeats)
    for part in portions(reading.trips[max(0, batch.done_rows - passed):], ROWS_A_STEP):
        with work.step(len(part), all_rows=reading.rows) as totals:
            totals += take_rows(part, office_id=batch.office_id, actor=actor, now=work.now(), batch_id=batch.id,
                                sellers=sellers)


def undo(batch_id: int, *, reason: str, actor: Actor, now: datetime) -> Batch:
    """Begin to take an import back: long work of its own. `reason` is what cancelled trips show.

    Raises NotAllowed("too-late") a day after the import ended, NotAllowed("running") before.
    """
    actor.needs(SERVICE, DIRECTOR)
    with transaction() as session:
        batch = session.get_one(Batch, batch_id, with_for_update=True)
        if batch.state not in (DONE, STOPPED) or batch.ended_at is None:
            raise NotAllowed("running")
        if not may_undo(batch, now):
            raise NotAllowed("too-late")
        known = batch.mapping.get("undone_by")
        if known:
            return session.get_one(Batch, known)
        number = session.scalar(select(func.count()).select_from(Trip).where(Trip.batch_id == batch_id)) or 0
        work = create(UNDO, actor=actor, office_id=batch.office_id, now=now, state=READY, file_name=batch.file_name,
                      all_rows=number, mapping={"of": batch_id, "reason": reason})
        batch.mapping = {**batch.mapping, "undone_by": work.id}
        return work


def may_undo(batch: Batch, now: datetime) -> bool:
    """Within a day after it ended, and when it brought anything."""
    return batch.ended_at is not None and now - batch.ended_at <= UNDO_WITHIN and bool(batch.totals.get("trips"))


def run_undo(work: Work) -> None:
    """Cancel the trips of an import that nobody has touched since; what was touched stays and is counted."""
    batch, actor = work.batch, work.actor
    ids = db.session.scalars(select(Trip.id).where(Trip.batch_id == batch.mapping["of"]).order_by(Trip.id)).all()
    db.session.rollback()
    for start in range(batch.done_rows, len(ids), ROWS_A_STEP):
        part = ids[start:start + ROWS_A_STEP]
        with work.step(len(part), all_rows=len(ids)) as totals:
            totals += _take_back(part, batch.mapping["reason"], actor, work.now())


def _take_back(ids: Sequence[int], reason: str, actor: Actor, now: datetime) -> Counter[str]:
    trips = db.session.scalars(select(Trip).where(Trip.id.in_(ids), Trip.cancelled_at.is_(None))).all()
    touched = _touched(trips)
    for trip in trips:
        if trip.id not in touched:
            # The row may come again in a corrected file.
            trip.fingerprint = None
            cancel_trip(trip, reason=reason, actor=actor, now=now)
    return Counter(cancelled=len(trips) - len(touched), kept=len(ids) - len(trips) + len(touched))


def _touched(trips: Sequence[Trip]) -> set[int]:
    """Trips with which somebody or something has worked since: a tick, a message, a change."""
    by_occasion = {trip.occasion_id: trip.id for trip in trips}
    events = db.session.scalars(select(TouchEvent.occasion_id).where(TouchEvent.occasion_id.in_(by_occasion)))
    messages = db.session.scalars(select(Touch.occasion_id).where(
        Touch.occasion_id.in_(by_occasion), or_(Touch.message_id.is_not(None), Touch.done_at.is_not(None))))
    changes = db.session.scalars(select(AuditEntry.subject_id).where(
        AuditEntry.subject == "trip", AuditEntry.subject_id.in_(by_occasion.values())))
    touched = {by_occasion[number] for number in (*events, *messages) if number is not None}
    return touched | {number for number in changes if number is not None}


def _choose(batch: Batch, owners: Mapping[str, int]) -> None:
    """Remember whom the names of a draft mean."""
    sellers = sheet_managers.sellers_for(batch)
    chosen = sheet_managers.chosen_with(batch.mapping.get("meant", {}), sheet_managers.named(batch, sellers), owners,
                                        sellers)
    batch.mapping = {**batch.mapping, "meant": chosen}


def _examine(batch: Batch, table: Table, reading: Reading, choices: Choices, now: datetime) -> None:
    """Store what each row will become, so that its page need not read the file again."""
    office = db.session.get_one(Office, batch.office_id)
    intake = Intake(office)
    known = {d.row.line for part in portions(reading.trips) for d in intake.decide(part) if d.outcome == REPEAT}
    shape = shape_of(table, reading, choices, local_day(now, zone(office.timezone)))
    batch.mapping = {"meant": batch.mapping.get("meant", {}), **as_json(shape),
                     **sheet_managers.as_json(reading.trips)}
    rows = _rows(batch.id, table, reading, known) if not shape.lacking else []
    outcomes = Counter(row["outcome"] for row in rows)
    batch.mapping = {**batch.mapping, "found": {"rows": reading.rows, **outcomes}}
    batch.all_rows = reading.rows
    db.session.execute(delete(BatchRow).where(BatchRow.batch_id == batch.id))
    if rows:
        db.session.execute(insert(BatchRow), rows)


def _rows(batch_id: int, table: Table, reading: Reading, known: set[int]) -> list[dict[str, Any]]:
    first_lines = {repeat.line: repeat.first_line for repeat in reading.repeats}
    problems: dict[int, list[dict[str, Any]]] = {}
    for problem in sorted(reading.problems, key=lambda p: not p.fatal):
        problems.setdefault(problem.line, []).append(plain_problem(problem))
    bad = {row.line for row in reading.bad}
    wanted = bad | first_lines.keys() | {trip.line for trip in reading.trips}
    rows = []
    for row in table.rows:
        if row.line not in wanted:
            continue
        found = problems.get(row.line, [])
        outcome = BAD if row.line in bad else REPEAT if row.line in known or row.line in first_lines else (
            DOUBT if found else NEW)
        if row.line in first_lines:
            found = [*found, {"reason": "same-row", "value": str(first_lines[row.line]), "column": "", "fatal": False}]
        elif row.line in known:
            found = [*found, {"reason": "known-trip", "value": "", "column": "", "fatal": False}]
        rows.append({"batch_id": batch_id, "line": row.line, "cells": plain_cells(row.cells), "outcome": outcome,
                     "problems": found})
    return rows
