"""Tables of what clients are shown: personal links to public pages, and the texts of consents by version."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from webapp.appendonly import append_only
from webapp.db import Base


class PersonalLink(Base):
    """A link one client got for one purpose. Only a hash of its token is kept; without `expires_at` it works for ever.

    `source` is what it was made for ("touch:7"), opaque here; `used_at` the last time something was done through it.
    """

    __tablename__ = "personal_link"
    __table_args__ = (Index("ix_personal_link_client", "client_id", "purpose"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    purpose: Mapped[str]
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"))
    channel: Mapped[str] = mapped_column(default="")
    source: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None]


class ConsentText(Base):
    """One version of a consent text in one language; versions are added, never changed. `kind`: data or news."""

    __tablename__ = "consent_text"
    __table_args__ = (UniqueConstraint("kind", "number", "language"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    number: Mapped[int]
    language: Mapped[str]
    title: Mapped[str]
    body: Mapped[str]
    actor: Mapped[str]
    published_at: Mapped[datetime]

    @property
    def code(self) -> str:
        """What the consent log names it by: «news-2-ru»."""
        return f"{self.kind}-{self.number}-{self.language}"


append_only(ConsentText.__table__)  # type: ignore[arg-type]
