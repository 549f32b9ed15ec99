"""Tables of the public form: what was sent until the worker has found out who it is, and files that wait for it."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary
from sqlalchemy import text as sql_text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.db import Base

WAITS = "looked_at IS NULL"


class ComplaintEntry(Base):
    """What somebody wrote in the public form. The page looks nobody up; the worker does and opens the complaint with
    this `number` and this link. Then only hashes stay, so that the same form sent again is the same complaint, and one
    with other words (`content_hash`) is not.

    `said` holds what was added on the status page meanwhile: [key, text, moment].
    """

    __tablename__ = "complaint_entry"
    __table_args__ = (
        Index("ix_complaint_entry_waiting", "id", sqlite_where=sql_text(WAITS), postgresql_where=sql_text(WAITS)),
        Index("ix_complaint_entry_address", "address_hash", "created_at"),
        Index("ix_complaint_entry_contact", "contact_hash", "created_at"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    key_hash: Mapped[str] = mapped_column(unique=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    number: Mapped[str] = mapped_column(unique=True)
    office_id: Mapped[int | None] = mapped_column(ForeignKey("office.id"))
    story: Mapped[str]
    wants: Mapped[str] = mapped_column(default="")
    trip_words: Mapped[str] = mapped_column(default="")
    name: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    email: Mapped[str] = mapped_column(default="")
    said: Mapped[list[Any]] = mapped_column(default=list)
    language: Mapped[str]
    data_text: Mapped[str] = mapped_column(default="")
    address: Mapped[str] = mapped_column(default="")
    address_hash: Mapped[str]
    contact_hash: Mapped[str]
    content_hash: Mapped[str]
    created_at: Mapped[datetime]
    looked_at: Mapped[datetime | None]


class ComplaintUpload(Base):
    """A file that was added to a form, made anew or checked. `bag` is the hash of that form's key; with `entry_id` the
    form was sent, without it the file is forgotten after some hours."""

    __tablename__ = "complaint_upload"
    __table_args__ = (Index("ix_complaint_upload_bag", "bag"), Index("ix_complaint_upload_entry", "entry_id"))
    id: Mapped[int] = mapped_column(primary_key=True)
    bag: Mapped[str]
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("complaint_entry.id"))
    token: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    type: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str]
    created_at: Mapped[datetime]
    data: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)


class ComplaintTaken(Base):
    """That a file of so many bytes was taken, and from which address of the network (keyed hash): counted for a day
    also when the file itself went to its complaint, or was taken out again."""

    __tablename__ = "complaint_taken"
    __table_args__ = (Index("ix_complaint_taken_address", "address_hash", "at"), Index("ix_complaint_taken_at", "at"))
    id: Mapped[int] = mapped_column(primary_key=True)
    address_hash: Mapped[str]
    size: Mapped[int]
    at: Mapped[datetime]
