"""Tables of what comes back: how far a mailbox was read, and the letters taken out of it."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint
from sqlalchemy import text as sql_text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.db import Base


def _partial(name: str, *columns: str, where: str) -> Index:
    return Index(f"ix_incoming_{name}", *columns, sqlite_where=sql_text(where), postgresql_where=sql_text(where))


class InboxState(Base):
    """How far a mailbox was read (`key` of `inbox_rules.Inbox`). Numbers of letters hold for one `uidvalidity` only;
    `read_at` is the last time it could be read, `failing_since` when that stopped."""

    __tablename__ = "inbox"
    key: Mapped[str] = mapped_column(primary_key=True)
    uidvalidity: Mapped[int | None] = mapped_column(BigInteger)
    last_uid: Mapped[int] = mapped_column(BigInteger, default=0)
    began_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    failing_since: Mapped[datetime | None]
    last_error: Mapped[str] = mapped_column(default="")


class Incoming(Base):
    """One letter that came, taken once: by its place in the mailbox, and by its own marks (`fingerprint`).

    `kind` is reply, bounce, complaint, auto, bulk or other; `state` new (rooms on the right have not seen it),
    unsorted (staff must say whose it is), done or dismissed. `proof` tells how it was matched: tag, id, address, hand.
    """

    __tablename__ = "incoming"
    __table_args__ = (
        UniqueConstraint("inbox", "uidvalidity", "uid"),
        _partial("new", "id", where="state = 'new'"),
        _partial("unsorted", "office_id", "id", where="state = 'unsorted'"),
        _partial("policy", "taken_at", where="verdict = 'policy'"),
        Index("ix_incoming_office", "office_id", "kind", "id"),
        Index("ix_incoming_taken", "taken_at"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    inbox: Mapped[str]
    uidvalidity: Mapped[int] = mapped_column(BigInteger)
    uid: Mapped[int] = mapped_column(BigInteger)
    fingerprint: Mapped[str] = mapped_column(unique=True)
    came_at: Mapped[datetime]
    taken_at: Mapped[datetime]
    kind: Mapped[str]
    verdict: Mapped[str] = mapped_column(default="")
    state: Mapped[str]
    proof: Mapped[str] = mapped_column(default="")
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    client_id: Mapped[int | None] = mapped_column(ForeignKey("client.id"), index=True)
    message_id: Mapped[int | None] = mapped_column(ForeignKey("message.id"), index=True)
    sender: Mapped[str] = mapped_column(default="")
    sender_name: Mapped[str] = mapped_column(default="")
    subject: Mapped[str] = mapped_column(default="")
    text: Mapped[str] = mapped_column(default="")
    attachments: Mapped[list[Any]] = mapped_column(default=list)
    asks_stop: Mapped[str] = mapped_column(default="")
    decided_by: Mapped[str] = mapped_column(default="")
    decided_at: Mapped[datetime | None]
