"""Tables of levels: their conditions and privileges, each client's own, and how it changed."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from webapp.appendonly import append_only
from webapp.club.card_models import partial
from webapp.db import Base


class Level(Base):
    """A level: C, B, A. `rank` grows towards the best; the lowest has no conditions.

    `both`: trips and spend are both needed, else either is enough; 0 asks for nothing. `rate_bp`: points for a trip in
    basis points. Spend in kopecks.
    """

    __tablename__ = "level"
    __table_args__ = (
        CheckConstraint("min_trips >= 0 AND min_spend_kopecks >= 0 AND rate_bp BETWEEN 0 AND 10000", "sane"),
    )
    code: Mapped[str] = mapped_column(primary_key=True)
    rank: Mapped[int] = mapped_column(unique=True)
    name_ru: Mapped[str]
    name_en: Mapped[str]
    min_trips: Mapped[int] = mapped_column(default=0)
    min_spend_kopecks: Mapped[int] = mapped_column(BigInteger, default=0)
    both: Mapped[bool] = mapped_column(default=False)
    rate_bp: Mapped[int]


class Privilege(Base):
    """What a level gives; `worth` says how much clients value it: A, B or C."""

    __tablename__ = "privilege"
    __table_args__ = (CheckConstraint("worth IN ('A', 'B', 'C')", "worth_known"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    level_code: Mapped[str] = mapped_column(ForeignKey("level.code"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    text_ru: Mapped[str]
    text_en: Mapped[str] = mapped_column(default="")
    worth: Mapped[str] = mapped_column(default="B")


class ClientLevel(Base):
    """A client's level with what counted for it; a client without a row has the lowest.

    `fall_to` and `fall_on`: a demotion that was announced, and the day it comes.
    """

    __tablename__ = "client_level"
    __table_args__ = (partial("client_level", "fall", "fall_on", where="fall_on IS NOT NULL"),)
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"), primary_key=True, autoincrement=False)
    level_code: Mapped[str] = mapped_column(ForeignKey("level.code"), index=True)
    since: Mapped[date]
    trips: Mapped[int] = mapped_column(default=0)
    spend_kopecks: Mapped[int] = mapped_column(BigInteger, default=0)
    counted_on: Mapped[date]
    fall_to: Mapped[str | None] = mapped_column(ForeignKey("level.code"))
    fall_on: Mapped[date | None]
    occasion_id: Mapped[int | None] = mapped_column(ForeignKey("occasion.id"))


class LevelEvent(Base):
    """Append-only: a client's level rose, is to fall, fell, or the fall was called off."""

    __tablename__ = "level_event"
    __table_args__ = (
        CheckConstraint("verb IN ('rose', 'announced', 'fell', 'kept')", "verb_known"),
        Index("ix_level_event_client", "client_id", "id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"))
    at: Mapped[datetime]
    verb: Mapped[str]
    old_code: Mapped[str]
    new_code: Mapped[str]
    trips: Mapped[int]
    spend_kopecks: Mapped[int] = mapped_column(BigInteger)
    actor: Mapped[str]


append_only(LevelEvent.__table__)  # type: ignore[arg-type]
