"""`python -m bench.replanning [trips]`: give 10,000 open trips another version of their plan; prints what each part costs."""

import sys
import tempfile
import time
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

from flask_migrate import upgrade

from webapp.app import create_app
from webapp.batches.actions import run_batches
from webapp.batches.models import Batch
from webapp.clients.models import Client, Phone
from webapp.config import load_settings
from webapp.db import db, transaction
from webapp.desk.actions import install_shipped
from webapp.desk.integrity import inspect
from webapp.kit import clock
from webapp.staff.actions import add_office
from webapp.staff.audit import job
from webapp.staff.models import Office
from webapp.staff.rules import Actor
from webapp.touches import plan_book, replans
from webapp.touches.actions import plan_drafting, replanning
from webapp.touches.actions.many import Opening, Planner, open_many

ACTOR = Actor("bench", None, frozenset({"admin"}), is_network=True)


def main(number: int) -> None:
    """Make the trips, change the plan, look at the difference, apply it."""
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(replace(load_settings(), instance=Path(folder), secret_key="k" * 64,
                                 database_url=f"sqlite:///{folder}/bench.db"))
        with app.app_context():
            upgrade()
            now = clock.now()
            _fill(number, now)
            _change(now)
            _measure(number, now)
            db.session.remove()
            db.engine.dispose()


def _fill(number: int, now: datetime) -> None:
    add_office(code="main", name="Main", zone="Europe/Moscow", actor=job("bench"), now=now)
    install_shipped(now=now)
    today = now.date()
    for start in range(0, number, 500):
        with transaction() as session:
            office = session.get_one(Office, 1)
            clients = [Client(office_id=1, last_name=f"Client {start + place}", first_name="Anna", created_at=now,
                              phones=[Phone(e164="+79160000001", raw="")]) for place in range(min(500, number - start))]
            session.add_all(clients)
            session.flush()
            planner = Planner("trip", office, now=now)
            open_many(planner, [Opening(client.id, None, _dates(today, start + place))
                                for place, client in enumerate(clients)], actor=ACTOR)


def _dates(today: date, number: int) -> dict[str, date]:
    bought = today - timedelta(days=number % 40)
    leaves = bought + timedelta(days=5 + number % 50)
    return {"purchase": bought, "departure": leaves, "return": leaves + timedelta(days=7)}


def _change(now: datetime) -> None:
    book = plan_book.book_of(1)
    assert book is not None
    changes = {"service_call": {"active": True}, "loyalty": {"active": False}, "visit": {"offset_days": 12},
               "testimonial": {"at": "12:00"}}
    book = plan_drafting.change(1, lambda steps: [replace(s, **changes.get(s.code, {})) for s in steps],
                                seen=book.stamp, actor=ACTOR, now=now)
    plan_drafting.publish(1, seen=book.stamp, actor=ACTOR, now=now)


def _measure(number: int, now: datetime) -> None:
    book = plan_book.book_of(1)
    assert book is not None
    wanted = [replans.Wanted(step.as_step(), step.text) for step in book.steps]
    for most in (replans.MOST_LOOKED_AT, number):
        began = time.perf_counter()
        look = replans.look_at(plan_book.behind(1, 2), wanted, now=now, most=most)
        spent = time.perf_counter() - began
        print(f"difference for {look.looked_at} of {look.total} trips: {spent:.2f} s, {dict(look.figures)}")
    db.session.rollback()
    batch = replanning.begin(1, actor=ACTOR, now=now)
    assert batch is not None
    batch_id, began = batch.id, time.perf_counter()
    run_batches(now=clock.now)
    spent = time.perf_counter() - began
    done = db.session.get_one(Batch, batch_id, populate_existing=True)
    print(f"applied to {done.done_rows} trips: {spent:.1f} s, {done.done_rows / spent:.0f} trips/s, "
          f"{done.totals}, {done.state}; faults found by the check: {len(inspect(now=now).faults)}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
