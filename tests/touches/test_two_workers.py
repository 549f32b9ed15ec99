"""Several workers and a person at one trip at the same moment: nothing is called off in vain, no kept column is wrong."""

import os
import threading
from datetime import UTC, date, datetime, timedelta

import make
import pytest
from sqlalchemy import select, update

from webapp.db import db, transaction
from webapp.desk.actions import tick
from webapp.desk.integrity import inspect
from webapp.post import actions as post
from webapp.post.models import Message
from webapp.staff.audit import actor_of, job
from webapp.touches import locking
from webapp.touches.actions import sending, ticking
from webapp.touches.models import Touch

SOLD = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
two_writers = pytest.mark.skipif(not os.environ.get("TEST_DATABASE_URL"), reason="needs PostgreSQL: SQLite has one writer")


@pytest.fixture
def trip(cast):
    post.set_mode("trial", actor=job("test"), now=SOLD)
    client = make.client(cast.main, manager=cast.olga, now=SOLD)
    return make.trip(client, purchase=date(2026, 11, 2), departure=date(2026, 11, 20), back=date(2026, 11, 27),
                     seller=cast.olga, now=SOLD)


def beside(app, work):
    """Run `work` in a thread with a session of its own, to its end."""
    def inside():
        with app.app_context():
            work()
    thread = threading.Thread(target=inside)
    thread.start()
    thread.join(30)
    assert not thread.is_alive()


@two_writers
def test_two_workers_that_settle_two_letters_of_one_trip_leave_its_row_true(app, trip, monkeypatch):
    moments = [SOLD + timedelta(minutes=1), datetime(2026, 11, 17, 8, 0, tzinfo=UTC)]
    for now in moments:
        tick(now=now)
    with transaction() as session:
        letters = select(Touch.id).where(Touch.occasion_id == trip.occasion_id, Touch.message_id.is_not(None))
        assert len(session.scalars(letters).all()) >= 2
        session.execute(update(Touch).where(Touch.id.in_(letters)).values(status="queued", done_at=None, done_by=""))
        session.execute(update(Message).values(settled=False))
    monkeypatch.setattr(sending, "BATCH", 1)
    ordinary, both = sending.refresh, threading.Barrier(2)

    def slow(occasion, *, now):
        ordinary(occasion, now=now)
        try:
            both.wait(2)
        except threading.BrokenBarrierError:
            return
    monkeypatch.setattr(sending, "refresh", slow)

    def work():
        with app.app_context():
            sending.settle(now=moments[-1])
    crew = [threading.Thread(target=work) for _ in range(2)]
    for worker in crew:
        worker.start()
    for worker in crew:
        worker.join(30)
    monkeypatch.undo()
    db.session.rollback()
    sending.settle(now=moments[-1])
    assert inspect(now=moments[-1]).faults == []


@two_writers
def test_a_step_called_off_while_the_worker_looks_is_not_sent(app, cast, trip, monkeypatch):
    now = SOLD + timedelta(minutes=1)
    thanks = db.session.scalars(select(Touch.id).where(Touch.occasion_id == trip.occasion_id,
                                                       Touch.step_code == "thank_you")).one()
    db.session.rollback()
    boris, ordinary = actor_of(cast.boris), locking.lock_free

    def late(ids):
        monkeypatch.setattr(locking, "lock_free", ordinary)
        beside(app, lambda: ticking.not_needed(thanks, reason="client phoned", actor=boris, now=now))
        return ordinary(ids)
    monkeypatch.setattr(locking, "lock_free", late)
    assert sending.queue_due(now=now)["queued"] == 0
    db.session.rollback()
    touch = db.session.get_one(Touch, thanks)
    assert (touch.status, touch.message_id) == ("skipped", None)


def test_a_trip_somebody_is_changing_waits_for_the_next_tick(trip, monkeypatch):
    now = SOLD + timedelta(minutes=1)
    with monkeypatch.context() as busy:
        busy.setattr(locking, "lock_free", lambda ids: {})
        assert sending.queue_due(now=now) == {"queued": 0, "skipped": 0, "missed": 0}
    assert sending.queue_due(now=now)["queued"] == 1
