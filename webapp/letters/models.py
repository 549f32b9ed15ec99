"""Tables of letters: templates, their versions per language, and sender identities."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, UniqueConstraint
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
    """One text of a letter in one language. Published ones are never edited; the newest published one is in force."""

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


class Identity(Base):
    """Who a letter comes from: director, seller, quality or agency. A person on paper, not necessarily a user."""

    __tablename__ = "identity"
    __table_args__ = (UniqueConstraint("code", "office_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str]
    office_id: Mapped[int | None] = mapped_column(ForeignKey("office.id"))
    name: Mapped[str] = mapped_column(default="")
    role: Mapped[str] = mapped_column(default="")
    email: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
