"""Slots of periodic jobs: each runs once, missed ones are caught up; and the heartbeats of workers."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, inspect, select, update
from sqlalchemy.exc import IntegrityError

from webapp.batches.models import Heartbeat, JobRun
from webapp.db import db, transaction

Job = Callable[[datetime], object]
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MOST_MISSED = 1000
KEPT = timedelta(days=7)


def run_slot(job: str, every: timedelta, *, now: datetime, work: Job, at: timedelta = timedelta(0),
             each: bool = False, again_after: timedelta | None = None) -> int:
    """Call `work(slot)` for the slot of `job` that `now` lies in, unless somebody has; gives how many slots ran here.

    Slots begin every `every`, `at` after midnight UTC. Missed ones are caught up by one run for the newest, or one by
    one when `each` is true. A run that was killed counts as done, unless `again_after` has passed since it began.
    A row that is unique per slot decides: any number of consumers may ask, and a clock that goes back repeats nothing.
    """
    ran = 0
    for slot in _slots_owed(job, slot_of(now, every, at), every, each):
        started = _take(job, slot, now, again_after)
        if started:
            result = work(slot)
            _end(job, slot, now, result if isinstance(result, dict) else {})
            ran += 1
    return ran


def slot_of(now: datetime, every: timedelta, at: timedelta = timedelta(0)) -> datetime:
    """The beginning of the slot that `now` lies in, UTC."""
    return EPOCH + at + (now - EPOCH - at) // every * every


def beat(worker: str, *, now: datetime) -> None:
    """Note that `worker` is alive."""
    try:
        with transaction() as session:
            row = session.get(Heartbeat, worker)
            if row is None:
                session.add(Heartbeat(worker=worker, at=now))
            else:
                row.at = now
    except IntegrityError:
        # Another process of this machine was first, with the same news.
        return


def has_tables() -> bool:
    """Whether this instance was ever set up."""
    return inspect(db.engine).has_table(JobRun.__tablename__)


def tidy(*, now: datetime) -> dict[str, int]:
    """Forget slots older than a week (never the newest of a job) and workers silent for a week."""
    with transaction() as session:
        newest = select(func.max(JobRun.id)).group_by(JobRun.job)
        runs = session.execute(delete(JobRun).where(JobRun.slot < now - KEPT, JobRun.id.not_in(newest)))
        beats = session.execute(delete(Heartbeat).where(Heartbeat.at < now - KEPT))
        return {"slots": runs.rowcount, "workers": beats.rowcount}  # type: ignore[attr-defined]


def _slots_owed(job: str, current: datetime, every: timedelta, each: bool) -> list[datetime]:
    if not each:
        return [current]
    first = _first_unfinished(job, current)
    if first is None:
        return [current]
    count = min((current - first) // every, MOST_MISSED)
    return [current - every * back for back in range(count, -1, -1)]


def _first_unfinished(job: str, current: datetime) -> datetime | None:
    """Where catching up begins: the oldest run that was killed, else the newest slot known before `current`."""
    with_job = select(func.min(JobRun.slot)).where(JobRun.job == job, JobRun.slot <= current)
    killed = db.session.scalar(with_job.where(JobRun.ended_at.is_(None)))
    newest = db.session.scalar(select(func.max(JobRun.slot)).where(JobRun.job == job, JobRun.slot <= current))
    db.session.rollback()
    return killed or newest


def _take(job: str, slot: datetime, now: datetime, again_after: timedelta | None) -> bool:
    """Make the slot ours; False when somebody has it."""
    known = select(JobRun.id, JobRun.started_at, JobRun.ended_at).where(JobRun.job == job, JobRun.slot == slot)
    row = db.session.execute(known).first()
    db.session.rollback()
    if row is None:
        return _first(job, slot, now)
    if row.ended_at or again_after is None or row.started_at > now - again_after:
        return False
    mine = update(JobRun).where(JobRun.id == row.id, JobRun.started_at == row.started_at, JobRun.ended_at.is_(None))
    with transaction() as session:
        return session.execute(mine.values(started_at=now)).rowcount == 1  # type: ignore[attr-defined]


def _first(job: str, slot: datetime, now: datetime) -> bool:
    try:
        with transaction() as session:
            session.add(JobRun(job=job, slot=slot, started_at=now))
    except IntegrityError:
        return False
    return True


def _end(job: str, slot: datetime, now: datetime, result: dict[str, Any]) -> None:
    with transaction() as session:
        session.execute(update(JobRun).where(JobRun.job == job, JobRun.slot == slot)
                        .values(ended_at=now, result=result))
