"""`python -m bench.levels [clients]`: count the levels of 80,000 clients with two trips each; prints what it costs.

The peer is the same rule asked client by client. DATABASE_URL measures another engine (an empty database).
"""

import os
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from flask_migrate import upgrade
from sqlalchemy import insert, select

from bench.data import make_app
from webapp.clients.models import Client
from webapp.club.actions import levels
from webapp.club.level_counts import earned_by, grades
from webapp.club.level_impact import impact_of
from webapp.club.level_rules import Standing, count
from webapp.club.models import ClientLevel, Level
from webapp.db import db, transaction
from webapp.desk.actions import install_shipped
from webapp.staff.actions import add_office
from webapp.staff.audit import job
from webapp.touches.models import Occasion, PlanVersion
from webapp.trips.models import Trip

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
BATCH, NAIVE, LOCK_MS = 5_000, 1_000, 100


def main(number: int) -> int:
    """Fill, count, count again, count a month later; gives 1 when a budget is missed."""
    with tempfile.TemporaryDirectory() as folder:
        app = make_app(Path(folder), os.environ.get("DATABASE_URL", ""))
        with app.app_context():
            upgrade()
            _fill(number)
            missed = _measure(number)
            db.session.remove()
            db.engine.dispose()
    return int(missed)


def _fill(number: int) -> None:
    add_office(code="main", name="Main", zone="Europe/Moscow", actor=job("bench"), now=NOW)
    install_shipped(now=NOW)
    version = db.session.scalars(select(PlanVersion.id).order_by(PlanVersion.id)).first()
    for start in range(1, number + 1, BATCH):
        ids = range(start, min(start + BATCH, number + 1))
        trips = [(client, 2 * client - turn, _back(2 * client - turn)) for client in ids for turn in (0, 1)]
        with transaction() as session:
            session.execute(insert(Client), [
                {"id": client, "office_id": 1, "last_name": f"Client {client}", "created_at": NOW} for client in ids])
            session.execute(insert(Occasion), [
                {"id": trip, "kind": "trip", "client_id": client, "office_id": 1, "anchors": {}, "facts": {},
                 "plan_version_id": version, "opened_at": NOW, "origin": "import", "broken": 0, "closed_at": NOW}
                for client, trip, _day in trips])
            session.execute(insert(Trip), [
                {"id": trip, "occasion_id": trip, "client_id": client, "office_id": 1, "purchase_on": day,
                 "departure_on": day, "return_on": day, "price_kopecks": trip % 40 * 1_000_000, "created_at": NOW}
                for client, trip, day in trips])


def _back(trip: int) -> date:
    # Of the last four years; a few of them are news.
    return NOW.date() - timedelta(days=trip * 7 % 1461)


def _measure(number: int) -> bool:
    longest = _watched()
    first, figures = _timed(lambda: levels.count_levels(now=NOW))
    print(f"first count of {number:,} clients: {first:.1f} s, {figures}")
    again, figures = _timed(lambda: levels.count_levels(now=NOW))
    print(f"a second count: {again:.2f} s, {figures}")
    ahead, figures = _timed(lambda: levels.count_levels(now=NOW + timedelta(days=1)))
    print(f"a day later: {ahead:.1f} s, {figures}")
    seen, _ = _timed(lambda: impact_of(grades(), now=NOW))
    print(f"what other conditions would change, asked before saving: {seen:.2f} s")
    naive, _ = _timed(_naive)
    ratio = naive / NAIVE * number / again
    print(f"client by client: {naive / NAIVE * number:.0f} s for all, ratio {ratio:.0f}, budget ≥ 10")
    print(f"longest transaction {max(longest):.0f} ms, budget ≤ {LOCK_MS} ms")
    return ratio < 10 or max(longest) > LOCK_MS


def _naive() -> None:
    today, known = NOW.date(), grades()
    for client_id in db.session.scalars(select(Client.id).order_by(Client.id).limit(NAIVE)).all():
        row: Any = db.session.get(ClientLevel, client_id)
        level = db.session.scalars(select(Level).order_by(Level.rank)).first()
        standing = Standing(row.level_code, row.fall_to, row.fall_on) if row else Standing(level.code if level else "")
        count(standing, earned_by(client_id, today), known, today)
    db.session.rollback()


def _watched() -> list[float]:
    """How long each transaction of the count took, in ms."""
    took, write = [0.0], levels._write

    def timed(*args: Any) -> None:
        began = time.perf_counter()
        write(*args)
        took.append((time.perf_counter() - began) * 1000)
    levels._write = timed  # type: ignore[assignment]
    return took


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    db.session.rollback()
    began = time.perf_counter()
    result = work()
    return time.perf_counter() - began, result


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 80_000))
