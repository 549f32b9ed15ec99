"""Tables at the heart: plans with versions and steps, occasions, touches and their history."""

from datetime import date, datetime, time
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ColumnClause, ForeignKey, Index, UniqueConstraint, literal_column
from sqlalchemy import text as sql_text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.appendonly import append_only
from webapp.clients.models import Client
from webapp.db import Base
from webapp.staff.models import Office, User

TOUCH_STATUSES = ("planned", "queued", "done", "missed", "failed", "unknown", "skipped", "dropped", "cancelled")
# Written out in statements, so that the partial indexes are known to fit.
PLANNED: ColumnClause[str] = literal_column("'planned'")
QUEUED: ColumnClause[str] = literal_column("'queued'")
_STATUS_LIST = ", ".join(f"'{status}'" for status in TOUCH_STATUSES)


def _partial(name: str, *columns: str, where: str, table: str = "occasion") -> Index:
    return Index(f"ix_{table}_{name}", *columns, sqlite_where=sql_text(where), postgresql_where=sql_text(where))


class Plan(Base):
    """Which contacts follow an occasion of `kind`. The newest published version serves new occasions."""

    __tablename__ = "plan"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str] = mapped_column(index=True)
    name: Mapped[str]


class PlanVersion(Base):
    """One state of a plan; touches remember the version they came from (`domain.md` §1.3)."""

    __tablename__ = "plan_version"
    __table_args__ = (UniqueConstraint("plan_id", "number"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"))
    number: Mapped[int]
    author: Mapped[str]
    published_at: Mapped[datetime]
    steps: Mapped[list["PlanStep"]] = relationship(order_by="PlanStep.position", lazy="selectin")


class PlanStep(Base):
    """One contact of a plan; mirrors `touches.rules.Step` and adds what the board shows."""

    __tablename__ = "plan_step"
    __table_args__ = (UniqueConstraint("version_id", "code"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("plan_version.id"), index=True)
    position: Mapped[int]
    code: Mapped[str]
    name_ru: Mapped[str]
    name_en: Mapped[str]
    channel: Mapped[str]
    klass: Mapped[str] = mapped_column(default="")
    rule: Mapped[dict[str, Any]] = mapped_column(JSON)
    letter_code: Mapped[str] = mapped_column(default="")
    column: Mapped[str] = mapped_column(default="")
    performer: Mapped[str] = mapped_column(default="auto")
    outcomes: Mapped[list[Any]] = mapped_column(JSON, default=list)
    needs_outcome: Mapped[bool] = mapped_column(default=False)
    active: Mapped[bool] = mapped_column(default=True)
    short_ru: Mapped[str] = mapped_column(default="")
    short_en: Mapped[str] = mapped_column(default="")
    or_call: Mapped[bool] = mapped_column(default=False)


class PlanDraft(Base):
    """What an administrator is changing in a plan: at most one per plan, and it may still have faults.

    `steps` are `touches.plan_draft_rules.DraftStep` as JSON; nothing that sends or shows touches ever reads them.
    `base_id` is the version it was begun from.
    """

    __tablename__ = "plan_draft"
    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"), unique=True)
    base_id: Mapped[int] = mapped_column(ForeignKey("plan_version.id"))
    steps: Mapped[list[Any]] = mapped_column(JSON)
    turn: Mapped[int] = mapped_column(default=1)
    author: Mapped[str]
    changed_at: Mapped[datetime]


class Occasion(Base):
    """The row behind every board line: something with dates that starts a plan.

    `attention_on` is the earliest due day among open touches for people; `broken` counts automatic ones that
    failed, were missed or are unknown; `breaks_at` is the moment the next waiting automatic touch will be over
    an hour late; `next_on` the next day anything happens. All four are kept in the transaction of their touches.
    """

    __tablename__ = "occasion"
    __table_args__ = (
        # Partial: what has ended is most of the table. Owners stand in them so that counters read nothing else.
        _partial("attention", "kind", "office_id", "attention_on", "owner_id", "cancelled_at",
                 where="attention_on IS NOT NULL"),
        _partial("broken", "kind", "office_id", where="broken > 0"),
        _partial("breaks_at", "kind", "office_id", "breaks_at", where="breaks_at IS NOT NULL"),
        _partial("next", "kind", "office_id", "next_on", where="closed_at IS NULL"),
        _partial("closed", "kind", "office_id", "closed_at", where="closed_at IS NOT NULL"),
        _partial("ownerless", "kind", "office_id", where="owner_id IS NULL AND closed_at IS NULL"),
        CheckConstraint("broken >= 0", "broken_not_negative"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"), index=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("staff_user.id"), index=True)
    anchors: Mapped[dict[str, Any]] = mapped_column(JSON)
    facts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    plan_version_id: Mapped[int] = mapped_column(ForeignKey("plan_version.id"), index=True)
    origin: Mapped[str] = mapped_column(default="hand")
    attention_on: Mapped[date | None]
    broken: Mapped[int] = mapped_column(default=0)
    breaks_at: Mapped[datetime | None]
    next_on: Mapped[date | None]
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    held_at: Mapped[datetime | None]
    hold_reason: Mapped[str] = mapped_column(default="")
    client: Mapped[Client] = relationship()
    office: Mapped[Office] = relationship()
    owner: Mapped[User | None] = relationship()
    version: Mapped[PlanVersion] = relationship()
    touches: Mapped[list["Touch"]] = relationship(back_populates="occasion", order_by="Touch.id")


class Touch(Base):
    """One planned or finished contact with one client. `due_on` is local, `send_at` and `true_until` are moments."""

    __tablename__ = "touch"
    __table_args__ = (
        UniqueConstraint("occasion_id", "step_code", "generation"),
        CheckConstraint(f"status IN ({_STATUS_LIST})", "status_known"),
        # Partial: nearly all touches are done, and the planner must never think of looking through those.
        _partial("send", "automatic", "send_at", where="status = 'planned'", table="touch"),
        _partial("queued", "message_id", where="status = 'queued'", table="touch"),
        _partial("snoozed", "occasion_id", where="status = 'planned' AND snoozed_until IS NOT NULL", table="touch"),
        _partial("message", "message_id", where="message_id IS NOT NULL", table="touch"),
        _partial("assignee", "assignee_id", "status", "due_on", where="assignee_id IS NOT NULL", table="touch"),
        _partial("nobody", "office_id", "due_on", where="assignee_id IS NULL AND status = 'planned' AND NOT automatic",
                 table="touch"),
        # Steps of people by the day they were due: how many were done in time (`quality/punctual.py`).
        _partial("kept", "office_id", "due_on", where="status IN ('done', 'planned') AND NOT automatic", table="touch"),
        Index("ix_touch_client", "client_id", "id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    occasion_id: Mapped[int | None] = mapped_column(ForeignKey("occasion.id"))
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"))
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    step_id: Mapped[int | None] = mapped_column(ForeignKey("plan_step.id"))
    step_code: Mapped[str]
    generation: Mapped[int] = mapped_column(default=1)
    channel: Mapped[str]
    klass: Mapped[str] = mapped_column(default="")
    direction: Mapped[str] = mapped_column(default="out")
    automatic: Mapped[bool]
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("staff_user.id"))
    planned_on: Mapped[date | None]
    due_on: Mapped[date | None]
    due_time: Mapped[time | None]
    send_at: Mapped[datetime | None]
    true_until: Mapped[datetime | None]
    pinned: Mapped[bool] = mapped_column(default=False)
    snoozed_until: Mapped[date | None]
    status: Mapped[str] = mapped_column(default="planned")
    reason: Mapped[str] = mapped_column(default="")
    attempts: Mapped[int] = mapped_column(default=0)
    done_at: Mapped[datetime | None]
    done_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff_user.id"))
    done_by: Mapped[str] = mapped_column(default="")
    outcome: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")
    message_id: Mapped[int | None] = mapped_column(ForeignKey("message.id"))
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("touch.id"))
    created_at: Mapped[datetime]
    occasion: Mapped[Occasion | None] = relationship(back_populates="touches")
    client: Mapped[Client] = relationship()
    step: Mapped[PlanStep | None] = relationship()
    assignee: Mapped[User | None] = relationship(foreign_keys=[assignee_id])


class TouchEvent(Base):
    """Append-only history of touches: tick, undo, snooze, move, attempt. `before` is what an undo puts back.

    `bundle` ties the touches of one bulk action together, so that one undo returns them all.
    """

    __tablename__ = "touch_event"
    __table_args__ = (Index("ix_touch_event_occasion", "occasion_id", "id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    touch_id: Mapped[int] = mapped_column(ForeignKey("touch.id"), index=True)
    occasion_id: Mapped[int | None] = mapped_column(ForeignKey("occasion.id"))
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    at: Mapped[datetime]
    verb: Mapped[str]
    actor: Mapped[str]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("staff_user.id"))
    bundle: Mapped[str] = mapped_column(default="", index=True)
    before: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    after: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    undoes_id: Mapped[int | None] = mapped_column(ForeignKey("touch_event.id"), unique=True)


append_only(TouchEvent.__table__, erasable=("before", "after"))  # type: ignore[arg-type]
