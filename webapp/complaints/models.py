"""Tables of complaints: the complaint with its seven steps, its append-only history, conversation, files, actions."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy import text as sql_text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.appendonly import append_only
from webapp.clients.models import Client
from webapp.complaints import step_rules as rules
from webapp.complaints.form_models import ComplaintEntry, ComplaintTaken, ComplaintUpload
from webapp.complaints.procedure_models import Procedure, RootCause, one_of
from webapp.db import Base
from webapp.staff.models import Office, User
from webapp.touches.models import Touch
from webapp.touches.state_rules import OPEN_STATUSES
from webapp.trips.models import Trip

__all__ = ["Complaint", "ComplaintAction", "ComplaintEntry", "ComplaintEvent", "ComplaintFile", "ComplaintTaken",
           "ComplaintUpload", "ComplaintViewer", "ComplaintWatcher", "ComplaintWord", "LessonReader", "OperatorClaim",
           "Procedure", "RootCause"]
OPEN_SQL = f"state NOT IN ('{rules.CLOSED}', '{rules.VOID}')"


def _since(step: str, column: str) -> str:
    """SQL: whoever stands at `step` or further has `column`. Reads «not among the states before, or it is there»."""
    before = (rules.DRAFT, rules.VOID, *rules.STEPS[:rules.STEPS.index(step)])
    return f"state IN ({', '.join(repr(code) for code in before)}) OR {column}"


def _unless_waived(step: str, column: str) -> str:
    """SQL: whoever stands at `step` or further has `column`, or a director wrote down why it was left out."""
    return _since(step, f"({column} OR trim(waive_reason) <> '')")


class Complaint(Base):
    """One complaint. `state` and what it proves are held together by checks: no step can be skipped by any path.

    `number` is what people say («482-913»), `origin` the row it came from ("touch:7", "survey:9"), once.
    `touch_id` is the step whose outcome opened it, `task_id` its line on /today.
    `rounds` is 2 after it was reopened; `since` when this round began; `due_at` the nearest deadline as it is kept for
    lists; `legal_by` the law's day. Money in kopecks. `version` counts changes by people and clients.
    """

    __tablename__ = "complaint"
    __table_args__ = (
        CheckConstraint(one_of("state", rules.STATES), "state_known"),
        CheckConstraint(one_of("source", rules.SOURCES), "source_known"),
        CheckConstraint(one_of("justified", rules.JUSTIFIED, empty=True), "justified_known"),
        CheckConstraint(one_of("decision", rules.DECISIONS, empty=True), "decision_known"),
        CheckConstraint(one_of("satisfaction", rules.SATISFACTION, empty=True), "satisfaction_known"),
        CheckConstraint("rounds IN (1, 2)", "twice_at_most"),
        CheckConstraint("cost_kopecks >= 0 AND compensation_points >= 0", "not_negative"),
        CheckConstraint(_since(rules.TOLD, "(told_at IS NOT NULL AND procedure_id IS NOT NULL)"), "told"),
        CheckConstraint(_since(rules.INVESTIGATED, "(investigated_at IS NOT NULL AND justified <> '')"),
                        "investigated"),
        CheckConstraint(_since(rules.RESOLVED, "(resolved_at IS NOT NULL AND decision <> '')"), "resolved"),
        CheckConstraint(_unless_waived(rules.DOCUMENTED, "documented_at IS NOT NULL"), "documented"),
        CheckConstraint(_unless_waived(rules.ANALYSED, "analysed_at IS NOT NULL AND root_cause_id IS NOT NULL"),
                        "analysed"),
        CheckConstraint(_unless_waived(rules.SHARED, "shared_at IS NOT NULL"), "shared"),
        CheckConstraint("state <> 'waived' OR trim(waive_reason) <> ''", "waived_with_reason"),
        CheckConstraint("state <> 'closed' OR (closed_at IS NOT NULL AND satisfaction <> '')", "closed_with_answer"),
        CheckConstraint("state <> 'closed' OR satisfaction <> 'no' OR rounds = 2", "no_is_looked_at_again"),
        CheckConstraint("(rounds = 2) = (reopened_at IS NOT NULL)", "reopened"),
        CheckConstraint("state <> 'void' OR trim(void_reason) <> ''", "void_with_reason"),
        Index("ix_complaint_open", "office_id", "due_at", sqlite_where=sql_text(OPEN_SQL),
              postgresql_where=sql_text(OPEN_SQL)),
        Index("ix_complaint_client", "client_id", "id"),
        Index("ix_complaint_office", "office_id", "id"),
        Index("ix_complaint_trip", "trip_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    origin: Mapped[str | None] = mapped_column(unique=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"))
    trip_id: Mapped[int | None] = mapped_column(ForeignKey("trip.id"))
    manager_id: Mapped[int | None] = mapped_column(ForeignKey("staff_user.id"), index=True)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("staff_user.id"), index=True)
    touch_id: Mapped[int | None] = mapped_column(ForeignKey("touch.id"))
    task_id: Mapped[int | None] = mapped_column(ForeignKey("touch.id"))
    repeats_id: Mapped[int | None] = mapped_column(ForeignKey("complaint.id"), index=True)
    operator: Mapped[str] = mapped_column(default="")
    source: Mapped[str]
    state: Mapped[str]
    language: Mapped[str] = mapped_column(default="ru")
    contact_name: Mapped[str] = mapped_column(default="")
    contact_phone: Mapped[str] = mapped_column(default="")
    contact_email: Mapped[str] = mapped_column(default="")
    story: Mapped[str]
    wants: Mapped[str] = mapped_column(default="")
    rounds: Mapped[int] = mapped_column(default=1)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    since: Mapped[datetime]
    due_at: Mapped[datetime | None]
    legal_by: Mapped[date | None]
    procedure_id: Mapped[int | None] = mapped_column(ForeignKey("procedure.id"))
    procedure_text: Mapped[str] = mapped_column(default="")
    told_at: Mapped[datetime | None]
    facts: Mapped[str] = mapped_column(default="")
    justified: Mapped[str] = mapped_column(default="")
    solution: Mapped[str] = mapped_column(default="")
    investigated_at: Mapped[datetime | None]
    decision: Mapped[str] = mapped_column(default="")
    decision_reason: Mapped[str] = mapped_column(default="")
    cost_kopecks: Mapped[int] = mapped_column(BigInteger, default=0)
    compensation_points: Mapped[int] = mapped_column(default=0)
    compensation_op_id: Mapped[int | None] = mapped_column(ForeignKey("bonus_op.id"))
    resolved_at: Mapped[datetime | None]
    asked_at: Mapped[datetime | None]
    asked_message_id: Mapped[int | None] = mapped_column(ForeignKey("message.id"))
    cause: Mapped[str] = mapped_column(default="")
    result: Mapped[str] = mapped_column(default="")
    documented_at: Mapped[datetime | None]
    root_cause_id: Mapped[int | None] = mapped_column(ForeignKey("root_cause.id"), index=True)
    prevention: Mapped[str] = mapped_column(default="")
    analysed_at: Mapped[datetime | None]
    lesson: Mapped[str] = mapped_column(default="")
    shared_at: Mapped[datetime | None]
    waive_reason: Mapped[str] = mapped_column(default="")
    waived_by: Mapped[str] = mapped_column(default="")
    satisfaction: Mapped[str] = mapped_column(default="")
    satisfaction_note: Mapped[str] = mapped_column(default="")
    satisfied_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    reopened_at: Mapped[datetime | None]
    void_reason: Mapped[str] = mapped_column(default="")
    client: Mapped[Client] = relationship()
    office: Mapped[Office] = relationship()
    trip: Mapped[Trip | None] = relationship()
    owner: Mapped[User | None] = relationship(foreign_keys=[owner_id])
    manager: Mapped[User | None] = relationship(foreign_keys=[manager_id])
    procedure: Mapped[Procedure | None] = relationship()
    root_cause: Mapped[RootCause | None] = relationship()

    @property
    def is_open(self) -> bool:
        """Whether somebody still owes something."""
        return self.state in rules.OPEN

    @property
    def hold_key(self) -> str:
        """The group of all messages about this complaint in the outbox."""
        return f"complaint:{self.id}"


class ComplaintEvent(Base):
    """Append-only: everything that happened to a complaint, with states before and after. `facts` holds values as they
    were set, in the person's words; emptied when a person is erased."""

    __tablename__ = "complaint_event"
    __table_args__ = (Index("ix_complaint_event_of", "complaint_id", "id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    complaint_id: Mapped[int] = mapped_column(ForeignKey("complaint.id"))
    at: Mapped[datetime]
    actor: Mapped[str]
    user_id: Mapped[int | None]
    verb: Mapped[str]
    before: Mapped[str] = mapped_column(default="")
    after: Mapped[str] = mapped_column(default="")
    rounds: Mapped[int] = mapped_column(default=1)
    facts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


class ComplaintWord(Base):
    """Append-only conversation. `kind`: "client" (theirs), "reply" (ours to them) or "note" (internal, never shown to
    clients). `via` is how it came or went: form, page, letter, phone; the message of a reply has the source
    "complaint:7:word:12". `key` is that of the form it was typed in, so that it is said once."""

    __tablename__ = "complaint_word"
    __table_args__ = (CheckConstraint(one_of("kind", ("client", "reply", "note")), "kind_known"),
                      Index("ix_complaint_word_of", "complaint_id", "id"))
    id: Mapped[int] = mapped_column(primary_key=True)
    complaint_id: Mapped[int] = mapped_column(ForeignKey("complaint.id"))
    at: Mapped[datetime]
    kind: Mapped[str]
    author: Mapped[str] = mapped_column(default="")
    user_id: Mapped[int | None]
    via: Mapped[str] = mapped_column(default="")
    text: Mapped[str]
    key: Mapped[str | None] = mapped_column(unique=True)


class ComplaintFile(Base):
    """A photo or document somebody added, as it was made anew (pictures) or checked (PDF). `token` names it in
    addresses: random, never the id. `by_client` ones are shown on the status page."""

    __tablename__ = "complaint_file"
    __table_args__ = (Index("ix_complaint_file_of", "complaint_id", "id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    complaint_id: Mapped[int] = mapped_column(ForeignKey("complaint.id"))
    word_id: Mapped[int | None] = mapped_column(ForeignKey("complaint_word.id"))
    token: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    type: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str]
    by_client: Mapped[bool] = mapped_column(default=True)
    added_at: Mapped[datetime]
    data: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)


class ComplaintAction(Base):
    """What somebody has promised to do by a day as part of the decision; its line on /today is where it is ticked."""

    __tablename__ = "complaint_action"
    __table_args__ = (Index("ix_complaint_action_of", "complaint_id", "id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    complaint_id: Mapped[int] = mapped_column(ForeignKey("complaint.id"))
    what: Mapped[str]
    user_id: Mapped[int] = mapped_column(ForeignKey("staff_user.id"))
    due_on: Mapped[date]
    touch_id: Mapped[int] = mapped_column(ForeignKey("touch.id"), unique=True)
    user: Mapped[User] = relationship()
    touch: Mapped[Touch] = relationship(lazy="joined", innerjoin=True)

    @property
    def is_open(self) -> bool:
        """Neither done nor given up with a reason: its line on /today tells."""
        return self.touch.status in OPEN_STATUSES


class ComplaintWatcher(Base):
    """A colleague who follows a complaint."""

    __tablename__ = "complaint_watcher"
    complaint_id: Mapped[int] = mapped_column(ForeignKey("complaint.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("staff_user.id"), primary_key=True)
    since: Mapped[datetime]


class ComplaintViewer(Base):
    """Who has a complaint open at this moment: noted by the page itself, over after a minute of silence."""

    __tablename__ = "complaint_viewer"
    complaint_id: Mapped[int] = mapped_column(ForeignKey("complaint.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("staff_user.id"), primary_key=True)
    at: Mapped[datetime]


class LessonReader(Base):
    """Whom the lesson of a complaint concerns, and when that person marked it as read."""

    __tablename__ = "lesson_reader"
    __table_args__ = (Index("ix_lesson_reader_user", "user_id", "read_at"),)
    complaint_id: Mapped[int] = mapped_column(ForeignKey("complaint.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("staff_user.id"), primary_key=True)
    shared_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    user: Mapped[User] = relationship()


class OperatorClaim(Base):
    """The client's claim to the tour operator: filed by the client until `file_by`, answered until `answer_by`."""

    __tablename__ = "operator_claim"
    __table_args__ = (UniqueConstraint("complaint_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    complaint_id: Mapped[int] = mapped_column(ForeignKey("complaint.id"))
    operator: Mapped[str]
    text: Mapped[str]
    file_by: Mapped[date | None]
    sent_on: Mapped[date | None]
    sent_how: Mapped[str] = mapped_column(default="")
    answer_by: Mapped[date | None]
    answered_on: Mapped[date | None]
    answer: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]


append_only(ComplaintEvent.__table__, erasable=("facts",))  # type: ignore[arg-type]
append_only(ComplaintWord.__table__, erasable=("text", "author"))  # type: ignore[arg-type]
