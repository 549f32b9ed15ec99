"""Long work goes on where a killed run left off, stops when told, and never does a row twice."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from webapp.batches import actions, rules
from webapp.batches.kinds import KINDS, Kind, register_kind
from webapp.batches.models import Batch, BatchRow
from webapp.db import db
from webapp.staff.audit import actor_of
from webapp.staff.rules import NotAllowed


class Sheet:
    """A runner that writes ten rows, two a step, and does `before(step number)` in front of each step."""

    def __init__(self, before: Any = lambda number: None) -> None:
        self.before = before

    def __call__(self, work: actions.Work) -> None:
        for number in range(work.batch.done_rows // 2, 5):
            self.before(number)
            with work.step(2, all_rows=10) as totals:
                for line in (2 * number, 2 * number + 1):
                    db.session.add(BatchRow(batch_id=work.batch_id, line=line, cells=[line], outcome="new"))
                totals["new"] += 2


@pytest.fixture(autouse=True)
def kinds() -> Iterator[None]:
    kept = dict(KINDS)
    yield
    KINDS.clear()
    KINDS.update(kept)


def begin(cast: SimpleNamespace, now: datetime, runner: Any, **fields: Any) -> int:
    register_kind(Kind("sheet-test", runner, "Import"))
    return actions.create("sheet-test", actor=actor_of(cast.olga), office_id=cast.main.id, now=now, state=rules.READY,
                          **fields).id


def row(batch_id: int) -> Batch:
    return db.session.get_one(Batch, batch_id, populate_existing=True)


def lines(batch_id: int) -> list[int]:
    return [r.line for r in db.session.query(BatchRow).filter_by(batch_id=batch_id).order_by(BatchRow.id)]


def test_work_is_done_and_reported(cast: SimpleNamespace, now: datetime) -> None:
    batch_id = begin(cast, now, Sheet())
    assert actions.run_batches(now=lambda: now) == 1
    batch = row(batch_id)
    assert (batch.state, batch.done_rows, batch.all_rows, batch.totals) == ("done", 10, 10, {"new": 10})
    assert (batch.started_at, batch.ended_at) == (now, now)
    assert actions.run_batches(now=lambda: now) == 0


def test_a_draft_waits_until_it_is_started(cast: SimpleNamespace, now: datetime) -> None:
    register_kind(Kind("sheet-test", Sheet(), "Import"))
    batch = actions.create("sheet-test", actor=actor_of(cast.olga), office_id=cast.main.id, now=now)
    assert actions.run_batches(now=lambda: now) == 0
    actions.start(batch.id, actor=actor_of(cast.olga), now=now)
    actions.start(batch.id, actor=actor_of(cast.olga), now=now)
    assert actions.run_batches(now=lambda: now) == 1


class Killed(BaseException):
    """What a kill -9 leaves behind: nothing after this line runs."""


@pytest.mark.parametrize("step", range(5))
def test_a_killed_run_is_continued_after_its_lease_without_a_row_twice(cast: SimpleNamespace, now: datetime,
                                                                     step: int) -> None:
    def kill(number: int) -> None:
        if number == step:
            raise Killed
    batch_id = begin(cast, now, Sheet(kill))
    with pytest.raises(Killed):
        actions.run_batches(now=lambda: now)
    register_kind(Kind("sheet-test", Sheet(), "Import"))
    assert actions.run_batches(now=lambda: now + timedelta(minutes=1)) == 0, "the lease still holds"
    assert actions.run_batches(now=lambda: now + timedelta(minutes=3)) == 1
    assert lines(batch_id) == list(range(10))
    assert row(batch_id).totals == {"new": 10}


def test_a_closing_worker_lets_go_at_once(cast: SimpleNamespace, now: datetime) -> None:
    asked = iter([True, True, True, False])
    batch_id = begin(cast, now, Sheet())
    actions.run_batches(now=lambda: now, going=lambda: next(asked, False))
    assert row(batch_id).state == "running" and lines(batch_id) == [0, 1, 2, 3]
    actions.run_batches(now=lambda: now)
    assert row(batch_id).state == "done" and lines(batch_id) == list(range(10))


def test_stopping_ends_after_the_step_under_way(cast: SimpleNamespace, now: datetime) -> None:
    def press_stop(number: int) -> None:
        if number == 2:
            actions.stop(batch_id, actor=actor_of(cast.olga), now=now)
    batch_id = begin(cast, now, Sheet(press_stop))
    actions.run_batches(now=lambda: now)
    assert (row(batch_id).state, row(batch_id).done_rows, lines(batch_id)) == ("stopped", 4, [0, 1, 2, 3])
    assert actions.run_batches(now=lambda: now + timedelta(days=1)) == 0


def test_a_run_whose_lease_was_taken_over_writes_nothing_more(cast: SimpleNamespace, now: datetime) -> None:
    def sleep_through_the_lease(number: int) -> None:
        if number == 2:
            register_kind(Kind("sheet-test", Sheet(), "Import"))
            assert actions.run_batches(now=lambda: now + timedelta(minutes=3)) == 1
    batch_id = begin(cast, now, Sheet(sleep_through_the_lease))
    actions.run_batches(now=lambda: now)
    assert lines(batch_id) == list(range(10))
    assert (row(batch_id).state, row(batch_id).ended_at) == ("done", now + timedelta(minutes=3))


def test_a_fault_ends_the_work_and_keeps_what_was_done(cast: SimpleNamespace, now: datetime) -> None:
    def break_off(number: int) -> None:
        if number == 3:
            raise KeyError("Иванова")
    batch_id = begin(cast, now, Sheet(break_off))
    actions.run_batches(now=lambda: now)
    batch = row(batch_id)
    assert (batch.state, batch.done_rows, batch.error) == ("failed", 6, "KeyError"), "no personal data in the error"


def test_work_that_kills_every_worker_is_given_up(cast: SimpleNamespace, now: datetime) -> None:
    def kill(number: int) -> None:
        raise Killed
    batch_id = begin(cast, now, Sheet(kill))
    for minute in (0, 3, 6):
        with pytest.raises(Killed):
            actions.run_batches(now=lambda at=minute: now + timedelta(minutes=at))
    actions.run_batches(now=lambda: now + timedelta(minutes=9))
    assert (row(batch_id).state, row(batch_id).error) == ("failed", "crashed")


def test_work_of_an_unknown_kind_is_left_alone(cast: SimpleNamespace, now: datetime) -> None:
    batch_id = begin(cast, now, Sheet())
    del KINDS["sheet-test"]
    assert actions.run_batches(now=lambda: now) == 0
    assert row(batch_id).state == "ready"


def test_only_those_concerned_may_stop(cast: SimpleNamespace, now: datetime) -> None:
    batch_id = begin(cast, now, Sheet())
    for stranger in (cast.pavel, cast.vera):
        with pytest.raises(NotAllowed):
            actions.stop(batch_id, actor=actor_of(stranger), now=now)
    actions.stop(batch_id, actor=actor_of(cast.irina), now=now)
    assert row(batch_id).state == "stopped"


def test_nobody_starts_work_in_another_office(cast: SimpleNamespace, now: datetime) -> None:
    with pytest.raises(NotAllowed):
        actions.create("sheet-test", actor=actor_of(cast.vera), office_id=cast.main.id, now=now)


def test_the_runner_acts_as_whoever_started_it(cast: SimpleNamespace, now: datetime) -> None:
    seen = []
    begin(cast, now, lambda work: seen.append(work.actor))
    actions.run_batches(now=lambda: now)
    assert [(actor.user_id, actor.name) for actor in seen] == [(cast.olga.id, "Ольга Соколова")]
