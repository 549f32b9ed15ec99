"""Slots of periodic jobs run once, catch up, and survive a killed run."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from webapp.batches.actions import beat, run_slot, tidy
from webapp.batches.actions.slots import slot_of
from webapp.batches.models import Heartbeat, JobRun, last_beat
from webapp.db import db

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture
def ran() -> list[datetime]:
    return []


def test_a_slot_runs_once_however_often_it_is_asked_for(app: Any, now: datetime, ran: list[datetime]) -> None:
    counts = [run_slot("levels", HOUR, now=now + timedelta(minutes=m), work=ran.append) for m in (0, 1, 30, 59)]
    assert counts == [1, 0, 0, 0]
    assert ran == [now]


def test_a_new_slot_runs_again(app: Any, now: datetime, ran: list[datetime]) -> None:
    for hours in (0, 1, 2):
        run_slot("levels", HOUR, now=now + HOUR * hours, work=ran.append)
    assert ran == [now, now + HOUR, now + 2 * HOUR]


def test_slots_of_two_jobs_do_not_meet(app: Any, now: datetime, ran: list[datetime]) -> None:
    run_slot("levels", HOUR, now=now, work=ran.append)
    assert run_slot("burning", HOUR, now=now, work=ran.append) == 1


def test_slots_missed_in_an_outage_are_caught_up_by_one_run(app: Any, now: datetime, ran: list[datetime]) -> None:
    run_slot("levels", HOUR, now=now, work=ran.append)
    assert run_slot("levels", HOUR, now=now + 7 * HOUR, work=ran.append) == 1
    assert ran == [now, now + 7 * HOUR]


def test_a_job_that_wants_each_slot_gets_the_missed_ones_in_order(app: Any, now: datetime,
                                                                  ran: list[datetime]) -> None:
    run_slot("report", HOUR, now=now, work=ran.append, each=True)
    assert run_slot("report", HOUR, now=now + 3 * HOUR, work=ran.append, each=True) == 3
    assert ran == [now + HOUR * hours for hours in range(4)]


def test_a_clock_that_goes_back_repeats_nothing_and_skips_nothing(app: Any, now: datetime,
                                                                  ran: list[datetime]) -> None:
    for minutes in (0, 60, 0, 30, 60, 61, 1, 120):
        run_slot("tick", timedelta(minutes=1), now=now + timedelta(minutes=minutes), work=ran.append)
    assert len(ran) == len(set(ran))
    assert set(ran) == {now + timedelta(minutes=m) for m in (0, 1, 30, 60, 61, 120)}


def test_a_daily_slot_that_was_slept_through_runs_on_waking(app: Any, now: datetime, ran: list[datetime]) -> None:
    night = now.replace(hour=1)
    run_slot("nightly", DAY, at=HOUR, now=night, work=ran.append)
    assert run_slot("nightly", DAY, at=HOUR, now=night + DAY - timedelta(minutes=1), work=ran.append) == 0
    assert run_slot("nightly", DAY, at=HOUR, now=night + DAY + 8 * HOUR, work=ran.append) == 1
    assert ran[-1] == night + DAY


def break_off(slot: datetime) -> None:
    raise RuntimeError("broken off")


def test_a_run_that_broke_off_is_repeated_only_after_its_time(app: Any, now: datetime, ran: list[datetime]) -> None:
    with pytest.raises(RuntimeError):
        run_slot("nightly", DAY, now=now, work=break_off, again_after=HOUR)
    soon = run_slot("nightly", DAY, now=now + timedelta(minutes=59), work=ran.append, again_after=HOUR)
    later = run_slot("nightly", DAY, now=now + HOUR, work=ran.append, again_after=HOUR)
    assert (soon, later) == (0, 1)
    assert run_slot("nightly", DAY, now=now + 3 * HOUR, work=ran.append, again_after=HOUR) == 0


def test_a_minute_that_broke_off_is_left_to_the_next_minute(app: Any, now: datetime, ran: list[datetime]) -> None:
    with pytest.raises(RuntimeError):
        run_slot("tick", HOUR, now=now, work=break_off)
    assert run_slot("tick", HOUR, now=now + timedelta(minutes=59), work=ran.append) == 0


def test_the_result_of_a_run_is_kept(app: Any, now: datetime) -> None:
    run_slot("tick", HOUR, now=now, work=lambda slot: {"sent": 3})
    row = db.session.scalar(select(JobRun).where(JobRun.job == "tick"))
    assert row is not None and (row.result, row.ended_at, row.slot) == ({"sent": 3}, now, now)


def test_a_slot_begins_at_its_own_hour(now: datetime) -> None:
    assert slot_of(now, DAY, HOUR) == now.replace(hour=1)
    assert slot_of(now.replace(hour=0, minute=59), DAY, HOUR) == now.replace(hour=1) - DAY


def test_heartbeats_keep_one_row_per_worker(app: Any, now: datetime) -> None:
    assert last_beat() is None
    for minutes in range(3):
        beat("one", now=now + timedelta(minutes=minutes))
    beat("two", now=now)
    assert len(db.session.scalars(select(Heartbeat)).all()) == 2
    assert last_beat() == now + timedelta(minutes=2)


def test_old_slots_are_forgotten_but_never_the_newest(app: Any, now: datetime) -> None:
    for hours in range(3):
        run_slot("tick", HOUR, now=now + hours * HOUR, work=lambda slot: None)
    beat("gone", now=now)
    assert tidy(now=now + timedelta(days=30)) == {"slots": 2, "workers": 1}
    assert db.session.scalars(select(JobRun.slot)).all() == [now + 2 * HOUR]
