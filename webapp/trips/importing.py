"""`flask import-sheet`: a file of the agency's own sheet becomes trips; the figures it prints."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from webapp.batches.reading import read_file
from webapp.db import db
from webapp.kit.days import local_day, zone
from webapp.kit.text import match_key
from webapp.staff.audit import job
from webapp.staff.models import Office
from webapp.touches.actions.many import Planner
from webapp.trips.actions.importing import KIND, ORIGIN, opening_of, take_rows
from webapp.trips.intake import NEW, Intake
from webapp.trips.sellers import Sellers, sellers_of
from webapp.trips.sheet import Reading, read_sheet
from webapp.trips.sheetrow import SheetTrip

ROWS_AT_ONCE = 100


def import_file(path: Path, *, office_code: str, now: datetime, dry_run: bool,
                managers: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Import a sheet into an office; with `dry_run` nothing is written and the figures are the same.

    The report (`architecture.md` §7): `rows` with data (no blank lines, totals, repeated headings) = `trips` made
    + `skipped` (impossible rows) + `repeats` (the same trip twice in the file, or imported or entered before).
    `touches` counts all touches of the new trips, done and skipped ones too. `problems` names line, column, value
    and reason of everything that could not be read: cells that kept their row out, and cells the trip went without.
    `managers`: name in the sheet → e-mail of a colleague of the office, "" for nobody; other names are recognised.
    Raises LookupError for an unknown office or colleague, UnreadableFile.
    """
    office = db.session.scalar(select(Office).where(Office.code == office_code))
    if office is None:
        raise LookupError(f"no office {office_code!r}")
    today = local_day(now, zone(office.timezone))
    sellers = sellers_of(office.id, _meant(managers or {}, sellers_of(office.id)))
    db.session.rollback()
    reading = read_sheet(read_file(path), today=today)
    figures = count(reading.trips, office, now, sellers) if dry_run else _save(reading.trips, office.id, now, sellers)
    db.session.rollback()
    return {"rows": reading.rows, "trips": figures["trips"], "touches": figures["touches"],
            "skipped": len(reading.bad), "repeats": figures["repeats"] + len(reading.repeats),
            "problems": problems_of(reading)}


def count(rows: Sequence[SheetTrip], office: Office, now: datetime, sellers: Sellers) -> Counter[str]:
    """The figures `take_rows` would give; nothing is written."""
    figures: Counter[str] = Counter()
    intake, planner = Intake(office, sellers), Planner(KIND, office, now=now, origin=ORIGIN)
    for part in portions(rows):
        decisions = intake.decide(part)
        new = [d for d in decisions if d.outcome == NEW]
        figures["trips"] += len(new)
        figures["repeats"] += len(decisions) - len(new)
        figures["clients"] += sum(d.makes_client for d in new)
        figures["touches"] += sum(len(planner.plan(opening_of(d, client_id=d.person.id))) for d in new)
    return figures


def portions(rows: Sequence[SheetTrip], size: int = ROWS_AT_ONCE) -> Iterator[Sequence[SheetTrip]]:
    """The rows in parts that are saved in one transaction each."""
    for start in range(0, len(rows), size):
        yield rows[start:start + size]


def problems_of(reading: Reading) -> list[dict[str, Any]]:
    """The problems in the order of the sheet, those that kept a row out first."""
    ordered = sorted(reading.problems, key=lambda p: (p.line, not p.fatal))
    return [{"line": p.line, "column": p.column, "value": p.value, "reason": p.reason} for p in ordered]


def _meant(managers: Mapping[str, str], sellers: Sellers) -> dict[str, int]:
    by_mail = {colleague.email: colleague.id for colleague in sellers.colleagues} | {"": 0}
    unknown = [mail for mail in managers.values() if mail.lower() not in by_mail]
    if unknown:
        raise LookupError(f"nobody in this office sells as {unknown[0]!r}")
    return {match_key(name): by_mail[mail.lower()] for name, mail in managers.items()}


def _save(rows: Sequence[SheetTrip], office_id: int, now: datetime, sellers: Sellers) -> Counter[str]:
    actor = job("import-sheet")
    figures: Counter[str] = Counter()
    for part in portions(rows):
        figures += take_rows(part, office_id=office_id, actor=actor, now=now, sellers=sellers)
    return figures
