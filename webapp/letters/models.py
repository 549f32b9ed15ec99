"""Tables of letters: templates, their versions per language, and sender identities."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from webapp.db import Base


class Letter(Base):
    """A text the agency sends or says. `channel`: email, sms or script. `klass`: service or marketing."""

    __tablename__ = "letter"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    channel: Mapped[str]
    klass: Mapped[str] = mapped_column(default="service")
    identity: Mapped[str] = mapped_column(default="agency")
    requires: Mapped[list[Any]] = mapped_column(JSON, default=list)


class LetterVersion(Base):
    """One text of a letter in one language. Published ones are never edited; the newest published one is in force.

    `files` are the attachments as `files.Attached` writes them. `retired_at`: the kind of reader it is for (`variant`)
    was given up, and gets the ordinary text again.
    """

    __tablename__ = "letter_version"
    __table_args__ = (UniqueConstraint("letter_id", "language", "variant", "number"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id"), index=True)
    language: Mapped[str]
    variant: Mapped[str] = mapped_column(default="")
    number: Mapped[int] = mapped_column(default=1)
    title: Mapped[str] = mapped_column(default="")
    subject: Mapped[str] = mapped_column(default="")
    body: Mapped[str]
    parts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    author: Mapped[str]
    created_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    files: Mapped[list[Any]] = mapped_column(JSON, default=list)
    retired_at: Mapped[datetime | None]


class LetterFile(Base):
    """Bytes of an attachment or a photo, once for each content. In the database, so that every worker and every backup
    has them; never changed, never deleted while the outbox may tell what was sent."""

    __tablename__ = "letter_file"
    sha256: Mapped[str] = mapped_column(primary_key=True)
    type: Mapped[str]
    size: Mapped[int]
    data: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    created_at: Mapped[datetime]


class Identity(Base):
    """Who a letter comes from: director, seller, quality or agency. A person on paper, not necessarily a user.

    An office's own row stands before the agency's. English fields are for letters in English and fall back to the
    others. `lines` are up to three lines under the name, `links` addresses of messengers, `email` is where replies go
    ("seller": empty, they go to the manager; `replies` "office" sends them to the office).
    """

    __tablename__ = "identity"
    __table_args__ = (UniqueConstraint("code", "office_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str]
    office_id: Mapped[int | None] = mapped_column(ForeignKey("office.id"))
    name: Mapped[str] = mapped_column(default="")
    role: Mapped[str] = mapped_column(default="")
    email: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    name_en: Mapped[str] = mapped_column(default="")
    role_en: Mapped[str] = mapped_column(default="")
    lines: Mapped[str] = mapped_column(default="")
    lines_en: Mapped[str] = mapped_column(default="")
    links: Mapped[list[Any]] = mapped_column(JSON, default=list)
    replies: Mapped[str] = mapped_column(default="")
    photo: Mapped[str | None] = mapped_column(ForeignKey("letter_file.sha256"))
