"""Long work in steps: create, claim with a lease, progress, stop, and go on where a killed run left off."""

import logging
import secrets
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from webapp.batches import rules
from webapp.batches.kinds import KINDS
from webapp.batches.models import Batch
from webapp.db import db, transaction, wake
from webapp.staff.audit import actor_of, job, record
from webapp.staff.models import User
from webapp.staff.rules import Actor, NotAllowed

LEASE = timedelta(minutes=2)
MOST_CLAIMS = 3
log = logging.getLogger("snova.batches")


class Interrupted(Exception):
    """The work may not go on: a person stopped it, another run has it, or the worker is closing."""


def create(kind: str, *, actor: Actor, office_id: int, now: datetime, state: str = rules.DRAFT,
           **fields: Any) -> Batch:
    """A new batch; `fields` may give file_name, file_path, mapping, all_rows. In state READY it starts at once."""
    if not actor.may_see(office_id):
        raise NotAllowed("other-office")
    with transaction() as session:
        batch = Batch(kind=kind, office_id=office_id, user_id=actor.user_id, actor=actor.name, created_at=now,
                      state=state, **fields)
        session.add(batch)
        session.flush()
        record(actor, "create", "batch", batch.id, now=now, office_id=office_id)
        wake("batches")
        return batch


def start(batch_id: int, *, actor: Actor, now: datetime) -> None:
    """Hand a draft to the worker. A second call changes nothing."""
    with transaction() as session:
        batch = _locked(session, batch_id)
        _check(actor, batch)
        if batch.state == rules.DRAFT:
            batch.state = rules.READY
            record(actor, "start", "batch", batch.id, now=now, office_id=batch.office_id)
            wake("batches")


def stop(batch_id: int, *, actor: Actor, now: datetime) -> None:
    """End it after the step under way; rows already done stay done. On ended work it changes nothing."""
    with transaction() as session:
        batch = _locked(session, batch_id)
        _check(actor, batch)
        if batch.state in rules.OPEN:
            batch.state, batch.ended_at, batch.lease_token = rules.STOPPED, now, ""
            record(actor, "stop", "batch", batch.id, now=now, office_id=batch.office_id,
                   facts={"done_rows": [None, batch.done_rows]})


@dataclass
class Work:
    """A batch under way, as its runner sees it: read what to do from `batch`, then do it in `step`s of a few rows."""

    batch_id: int
    token: str
    now: Callable[[], datetime]
    going: Callable[[], bool]

    @property
    def batch(self) -> Batch:
        """A copy of the row as it stands; `done_rows` says where to go on."""
        row = db.session.get_one(Batch, self.batch_id, populate_existing=True)
        db.session.expunge(row)
        # Reading a file may take long: no snapshot of the database may stay open meanwhile.
        db.session.rollback()
        return row

    @property
    def actor(self) -> Actor:
        """Whoever started it, as the author of what it does."""
        batch = self.batch
        user = db.session.get(User, batch.user_id) if batch.user_id else None
        return actor_of(user) if user else job(batch.actor)

    @contextmanager
    def step(self, rows: int, *, all_rows: int | None = None) -> Iterator[Counter[str]]:
        """Do `rows` rows in one transaction: they and the progress are committed together or not at all.

        Gives the figures of the report to add to. Raises Interrupted when the work may not go on. Read files before.
        """
        if not self.going():
            raise Interrupted("closing")
        with transaction() as session:
            batch = _mine(session, self)
            totals = Counter(batch.totals)
            yield totals
            batch.totals = dict(totals)
            batch.done_rows += rows
            batch.all_rows = max(all_rows or batch.all_rows, batch.done_rows)
            batch.lease_until, batch.claims = self.now() + LEASE, 0


def run_batches(*, now: Callable[[], datetime], going: Callable[[], bool] = lambda: True) -> int:
    """Do all work that is ready or was left by a killed run; `now` is a clock, because it takes long.

    Gives how many batches were taken. Safe to call from any number of processes: a lease holds each batch.
    """
    taken = 0
    while going():
        token = secrets.token_hex(16)
        batch_id = _claim(token, now())
        if batch_id is None:
            return taken
        _run(Work(batch_id, token, now, going))
        taken += 1
    return taken


def _claim(token: str, now: datetime) -> int | None:
    free = or_(Batch.state == rules.READY, and_(Batch.state == rules.RUNNING, Batch.lease_until <= now))
    query = select(Batch).where(free, Batch.kind.in_(list(KINDS))).order_by(Batch.id).limit(1)
    if db.session.scalar(query) is None:
        # An idle minute must not take the write lock.
        db.session.rollback()
        return None
    with transaction() as session:
        batch = session.scalar(query.with_for_update(skip_locked=True))
        if batch is None:
            return None
        batch.state, batch.lease_token, batch.lease_until = rules.RUNNING, token, now + LEASE
        batch.started_at = batch.started_at or now
        batch.claims += 1
        return batch.id


def _run(work: Work) -> None:
    try:
        batch = work.batch
        if batch.claims > MOST_CLAIMS:
            # It killed the worker every time, without a single step in between.
            return _end(work, rules.FAILED, "crashed")
        KINDS[batch.kind].runner(work)
    except Interrupted:
        _let_go(work)
    except OperationalError:
        # The database was away: the lease runs out and the next run goes on.
        log.warning("batch %s lost its database and will go on", work.batch_id)
        db.session.rollback()
    except Exception as fault:
        log.error("batch %s broke off", work.batch_id, exc_info=True)
        db.session.rollback()
        _end(work, rules.FAILED, getattr(fault, "reason", "") or type(fault).__name__)
    else:
        _end(work, rules.DONE)


def _end(work: Work, state: str, error: str = "") -> None:
    try:
        with transaction() as session:
            batch = _mine(session, work)
            batch.state, batch.ended_at, batch.error, batch.lease_token = state, work.now(), error, ""
            record(job("batches"), state, "batch", batch.id, now=work.now(), office_id=batch.office_id,
                   facts={"done_rows": [None, batch.done_rows]})
    except Interrupted:
        return


def _let_go(work: Work) -> None:
    try:
        with transaction() as session:
            batch = _mine(session, work)
            batch.lease_until, batch.lease_token, batch.claims = work.now(), "", 0
    except Interrupted:
        return


def _mine(session: Session, work: Work) -> Batch:
    batch = _locked(session, work.batch_id)
    if batch.state != rules.RUNNING or batch.lease_token != work.token:
        raise Interrupted("stopped")
    return batch


def _locked(session: Session, batch_id: int) -> Batch:
    return session.get_one(Batch, batch_id, with_for_update=True, populate_existing=True)


def _check(actor: Actor, batch: Batch) -> None:
    if not rules.may_stop(actor, batch.office_id, batch.user_id):
        raise NotAllowed("not-yours")
