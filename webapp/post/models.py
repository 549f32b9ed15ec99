"""Tables of the outbox: messages, their history, holds, suppressions and the state of providers."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index
from sqlalchemy import text as sql_text
from sqlalchemy.ext.associationproxy import AssociationProxy, association_proxy
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.appendonly import append_only
from webapp.db import Base
from webapp.post.incoming_models import InboxState, Incoming

__all__ = ["Hold", "InboxState", "Incoming", "Message", "MessageContent", "MessageEvent", "Provider", "SmsMonth",
           "Suppression"]
STATES = ("held", "queued", "claimed", "handed", "sent", "delivered", "bounced", "complained", "unknown",
          "failed", "missed", "cancelled", "dead")
_STATE_LIST = ", ".join(f"'{state}'" for state in STATES)
# The database takes a partial index only for a query that repeats its condition word for word.
QUEUED = "message.state = 'queued'"
LEASED = "message.state IN ('claimed', 'handed')"
WAITING = "message.state IN ('queued', 'claimed', 'handed')"
STOPPABLE = "message.state IN ('held', 'queued', 'claimed')"
STANDING = "message.state IN ('held', 'unknown')"
ENDED_BADLY = "message.state IN ('failed', 'missed', 'bounced', 'dead', 'cancelled')"
TRACKED = "message.channel = 'sms' AND message.state = 'sent'"
NEWS = ("NOT message.settled AND message.state IN ('sent', 'delivered', 'bounced', 'complained', 'unknown', 'failed',"
        " 'missed', 'cancelled', 'dead')")


def _partial(name: str, *columns: str, where: str, table: str = "message") -> Index:
    where = where.replace("message.", "")
    return Index(f"ix_{table}_{name}", *columns, sqlite_where=sql_text(where), postgresql_where=sql_text(where))


class Message(Base):
    """One filled-in letter on its way to one address (`architecture.md` §4). `source` is opaque here.

    `key` is the source and the number of the resend. `crashes` counts how often work on it began without any
    recorded result, `returned` how often a provider proved that it never got it. `last_code` is a reason of
    `wording.py`, `last_text` what the other side said; `gist` stands for an SMS where a letter has its subject.
    `parts` is how many SMS it is billed as, `cost` (kopecks) what it was counted with in the month `charged_on`.
    """

    __tablename__ = "message"
    __table_args__ = (
        CheckConstraint(f"state IN ({_STATE_LIST})", "state_known"),
        # Partial: what has ended is never looked at again, so these stay small and a look costs the same for ever;
        # and a change of state, of which each message has three, changes few of them.
        _partial("due", "channel", "lane", "next_try_at", where=QUEUED),
        _partial("lease", "lease_until", where=LEASED),
        _partial("waiting", "office_id", where=WAITING),
        _partial("waiting_address", "address_hash", where=STOPPABLE),
        _partial("standing", "state", "next_try_at", where=STANDING),
        _partial("ended_badly", "office_id", "state", "id", where=ENDED_BADLY),
        _partial("news", "id", where=NEWS),
        _partial("group", "group_key", where="group_key <> ''"),
        _partial("tests", "address", where="klass = 'test'"),
        _partial("tracked", "provider", "provider_ref", where=TRACKED),
        _partial("rate", "provider", "handed_at", where="handed_at IS NOT NULL"),
        Index("ix_message_office", "office_id", "id"),
        Index("ix_message_source", "source", postgresql_ops={"source": "text_pattern_ops"}),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    source: Mapped[str]
    group_key: Mapped[str] = mapped_column(default="")
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    client_id: Mapped[int | None] = mapped_column(ForeignKey("client.id"), index=True)
    klass: Mapped[str]
    channel: Mapped[str]
    lane: Mapped[int] = mapped_column(default=5)
    address: Mapped[str]
    address_hash: Mapped[str]
    to_name: Mapped[str] = mapped_column(default="")
    sender: Mapped[str] = mapped_column(default="")
    reply_to: Mapped[str] = mapped_column(default="")
    subject: Mapped[str] = mapped_column(default="")
    gist: Mapped[str] = mapped_column(default="")
    unsubscribe_url: Mapped[str] = mapped_column(default="")
    letter_version_id: Mapped[int | None] = mapped_column(ForeignKey("letter_version.id"))
    message_id: Mapped[str] = mapped_column(unique=True)
    zone: Mapped[str]
    created_at: Mapped[datetime]
    not_before: Mapped[datetime]
    true_until: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(default="queued")
    crashes: Mapped[int] = mapped_column(default=0)
    tries: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime]
    provider: Mapped[str] = mapped_column(default="")
    claim_token: Mapped[str] = mapped_column(default="")
    lease_until: Mapped[datetime | None]
    handed_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    provider_ref: Mapped[str] = mapped_column(default="")
    last_code: Mapped[str] = mapped_column(default="")
    last_text: Mapped[str] = mapped_column(default="")
    hold_reason: Mapped[str] = mapped_column(default="")
    returned: Mapped[int] = mapped_column(default=0)
    resend: Mapped[int] = mapped_column(default=0)
    resend_of: Mapped[int | None] = mapped_column(ForeignKey("message.id"), index=True)
    decided_by: Mapped[str] = mapped_column(default="")
    decided_at: Mapped[datetime | None]
    settled: Mapped[bool] = mapped_column(default=False)
    parts: Mapped[int] = mapped_column(default=0, server_default="0")
    cost: Mapped[int | None] = mapped_column(BigInteger)
    charged_on: Mapped[date | None]
    content: Mapped["MessageContent"] = relationship(cascade="all, delete-orphan", passive_deletes=True)
    text: AssociationProxy[str] = association_proxy("content", "text", creator=lambda it: MessageContent(text=it))
    html: AssociationProxy[str] = association_proxy("content", "html", creator=lambda it: MessageContent(html=it))
    files: AssociationProxy[str] = association_proxy("content", "files", creator=lambda it: MessageContent(files=it))


class MessageContent(Base):
    """Text and HTML of a message, apart from its state: SQLite would write them anew with every change of state.

    `files` names attachments and the photo of the signature as `letters.files` writes them, "" for none.
    """

    __tablename__ = "message_content"
    message_id: Mapped[int] = mapped_column(ForeignKey("message.id", ondelete="CASCADE"), primary_key=True)
    text: Mapped[str] = mapped_column(default="")
    html: Mapped[str] = mapped_column(default="")
    files: Mapped[str] = mapped_column(default="")


class MessageEvent(Base):
    """Append-only history of a message: every change of state with its reason and author."""

    __tablename__ = "message_event"
    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("message.id"), index=True)
    at: Mapped[datetime]
    state: Mapped[str]
    actor: Mapped[str]
    code: Mapped[str] = mapped_column(default="")
    facts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


class Hold(Base):
    """Letters wait while a hold is open: of a client, of a group ("occasion:7"), of a class. Every word given must
    match; an empty one matches all."""

    __tablename__ = "hold"
    __table_args__ = (_partial("open", "client_id", "group_key", where="released_at IS NULL", table="hold"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    client_id: Mapped[int | None] = mapped_column(ForeignKey("client.id"), index=True)
    group_key: Mapped[str] = mapped_column(default="", index=True)
    klass: Mapped[str] = mapped_column(default="")
    reason: Mapped[str]
    actor: Mapped[str]
    at: Mapped[datetime]
    released_at: Mapped[datetime | None]
    released_by: Mapped[str] = mapped_column(default="")


class Suppression(Base):
    """An address nothing may go to, or only some things: `klass` is "" (nothing goes), "marketing" (no marketing) or
    "but-trips" (trip reminders only). Outlives the client: `address_hash` is a keyed hash.

    `reason` is "unsubscribed" (the reader said so), "erased", or "stop-list" (put there by hand, with a `note`).
    """

    __tablename__ = "suppression"
    id: Mapped[int] = mapped_column(primary_key=True)
    address_hash: Mapped[str] = mapped_column(index=True)
    channel: Mapped[str]
    klass: Mapped[str] = mapped_column(default="")
    reason: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    actor: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime]
    lifted_at: Mapped[datetime | None]
    lifted_by: Mapped[str] = mapped_column(default="")
    lift_reason: Mapped[str] = mapped_column(default="")


class Provider(Base):
    """A breaker per provider: while it fails only one probe in 30 s, until it answers again. `balance` is kopecks."""

    __tablename__ = "provider"
    name: Mapped[str] = mapped_column(primary_key=True)
    failing_since: Mapped[datetime | None]
    probe_at: Mapped[datetime | None]
    last_error: Mapped[str] = mapped_column(default="")
    last_error_at: Mapped[datetime | None]
    balance: Mapped[int | None] = mapped_column(BigInteger)
    balance_at: Mapped[datetime | None]


class SmsMonth(Base):
    """What SMS have cost in a calendar month of the agency: kept with every hand-off, so that it is read in one look.

    `month` is its first day, `parts` are SMS as they are billed, `messages` those that were handed over.
    """

    __tablename__ = "sms_month"
    month: Mapped[date] = mapped_column(primary_key=True)
    kopecks: Mapped[int] = mapped_column(BigInteger, default=0)
    parts: Mapped[int] = mapped_column(default=0)
    messages: Mapped[int] = mapped_column(default=0)


append_only(MessageEvent.__table__, erasable=("facts",))  # type: ignore[arg-type]
