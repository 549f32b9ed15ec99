"""Tables of work that happens once: a batch, its rows and problems, slots of jobs that ran, forms that were sent."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint, bindparam, func, select
from sqlalchemy.orm import Mapped, mapped_column

from webapp.batches import rules
from webapp.db import Base, db
from webapp.staff.models import User, scoped


class Batch(Base):
    """One piece of long work. States: draft → ready → running → done | stopped | failed.

    `mapping` names a column index per field, `totals` the figures of the report, `done_rows`/`all_rows` the progress,
    `claims` how many runs took it since the last step that was done.
    """

    __tablename__ = "batch"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"), index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("staff_user.id"))
    actor: Mapped[str]
    file_name: Mapped[str] = mapped_column(default="")
    file_path: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(default="draft", index=True)
    mapping: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    totals: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    done_rows: Mapped[int] = mapped_column(default=0)
    all_rows: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    lease_until: Mapped[datetime | None]
    lease_token: Mapped[str] = mapped_column(default="")
    claims: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(default="")

    @property
    def is_open(self) -> bool:
        """False once nothing more will happen."""
        return self.state in rules.OPEN

    @property
    def percent(self) -> int:
        """Whole percents done."""
        return rules.percent(self.done_rows, self.all_rows)


class BatchRow(Base):
    """One row of a batch: `cells` as read, `outcome` (new, repeat, bad, skipped …) and its problems."""

    __tablename__ = "batch_row"
    __table_args__ = (UniqueConstraint("batch_id", "line"), Index("ix_batch_row_outcome", "batch_id", "outcome"))
    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("batch.id", ondelete="CASCADE"))
    line: Mapped[int]
    cells: Mapped[list[Any]] = mapped_column(JSON)
    outcome: Mapped[str] = mapped_column(default="")
    problems: Mapped[list[Any]] = mapped_column(JSON, default=list)
    subject_id: Mapped[int | None]


class JobRun(Base):
    """A slot of a periodic job that has run or is running: unique, so that a slot runs once (`architecture.md` §4)."""

    __tablename__ = "job_run"
    __table_args__ = (UniqueConstraint("job", "slot"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    job: Mapped[str]
    slot: Mapped[datetime]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    result: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


class FormKey(Base):
    """A form that was sent: `key` names purpose, person and form, `result` the id of what it made.

    `content` is a hash of what was in the form: the same key with something else in it is another wish.
    """

    __tablename__ = "form_key"
    key: Mapped[str] = mapped_column(primary_key=True)
    made_at: Mapped[datetime] = mapped_column(index=True)
    content: Mapped[str] = mapped_column(default="")
    result: Mapped[int | None]


class Heartbeat(Base):
    """When a worker last showed it is alive; one row per worker name."""

    __tablename__ = "heartbeat"
    worker: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]


# Who beats once when an agency is set up: the time since when a worker is awaited, not one that lived.
SETUP = "setup"
_LAST_BEAT = select(func.max(Heartbeat.at))
# Asked by every page, and there is hardly ever one: only its id, past the session.
_UNDER_WAY = select(Batch.id).where(Batch.state.in_((rules.READY, rules.RUNNING))).order_by(Batch.id.desc()).limit(1)
_UNDER_WAY_IN = _UNDER_WAY.where(Batch.office_id.in_(bindparam("offices", expanding=True)))


def seen_by(user: User, batch_id: int) -> Batch | None:
    """The batch when it belongs to an office of `user`, or `user` began it."""
    batch = db.session.scalar(scoped(select(Batch).where(Batch.id == batch_id), Batch.office_id, user))
    return batch or db.session.scalar(select(Batch).where(Batch.id == batch_id, Batch.user_id == user.id))


def running_for(user: User) -> Batch | None:
    """What the badge in the header shows: the work under way in the person's offices, the newest."""
    offices = {"offices": [office.id for office in user.offices]}
    found = db.session.connection().scalar(_UNDER_WAY if user.is_network else _UNDER_WAY_IN, offices)
    return db.session.get(Batch, found) if found else None


def bad_rows(batch_id: int) -> list[BatchRow]:
    """Rows that could not be taken, by line."""
    query = select(BatchRow).where(BatchRow.batch_id == batch_id, BatchRow.outcome == "bad")
    return list(db.session.scalars(query.order_by(BatchRow.line)))


def count_bad(batch_id: int) -> int:
    """How many rows could not be taken."""
    query = select(func.count()).where(BatchRow.batch_id == batch_id, BatchRow.outcome == "bad")
    return db.session.scalar(query) or 0


def last_result(job: str) -> tuple[datetime, dict[str, Any]] | None:
    """When the newest finished run of a periodic job ended, and what it found; None before the first."""
    query = select(JobRun.ended_at, JobRun.result).where(JobRun.job == job, JobRun.ended_at.is_not(None))
    row = db.session.execute(query.order_by(JobRun.slot.desc()).limit(1)).first()
    return (row[0], row[1]) if row else None


def last_beat() -> datetime | None:
    """Since when a worker is awaited: its last sign of life, else the set-up; None before both."""
    return db.session.connection().scalar(_LAST_BEAT)


def last_worker() -> datetime | None:
    """When any worker last showed that it is alive; None when none ever has."""
    return db.session.scalar(select(func.max(Heartbeat.at)).where(Heartbeat.worker != SETUP))
