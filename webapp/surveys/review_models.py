"""Tables of reviews: what a client lets others read about a trip, and everything that was done with it."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.appendonly import append_only
from webapp.clients.models import Client
from webapp.db import Base
from webapp.staff.models import Office
from webapp.surveys.finding_rules import masked
from webapp.surveys.review_rules import STATES
from webapp.trips.models import Trip

_STATES = ", ".join(f"'{state}'" for state in STATES)


class Review(Base):
    """A review of one trip. `author` is all that is ever shown of the client: «Анна И.», or "" for no name.

    `masks` are pieces of the text that others must not read; `by_friend`: the client came by a recommendation;
    `destination_key` is the destination to compare by. Nothing is shown without `consented_at`.
    """

    __tablename__ = "review"
    __table_args__ = (
        CheckConstraint(f"state IN ({_STATES})", "state_known"),
        CheckConstraint("score IS NULL OR score BETWEEN 0 AND 10", "score_known"),
        CheckConstraint("state <> 'shown' OR consented_at IS NOT NULL", "shown_with_consent"),
        Index("ix_review_shown", "state", "language", "written_at"),
        Index("ix_review_office", "office_id", "state"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    trip_id: Mapped[int] = mapped_column(ForeignKey("trip.id"), unique=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"), index=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    source: Mapped[str]
    language: Mapped[str]
    text: Mapped[str]
    sign: Mapped[str]
    author: Mapped[str] = mapped_column(default="")
    score: Mapped[int | None]
    destination: Mapped[str] = mapped_column(default="")
    destination_key: Mapped[str] = mapped_column(default="")
    travelled_on: Mapped[date]
    by_friend: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(default="new")
    masks: Mapped[list[Any]] = mapped_column(JSON, default=list)
    hidden_for: Mapped[str] = mapped_column(default="")
    answer: Mapped[str] = mapped_column(default="")
    answered_at: Mapped[datetime | None]
    written_at: Mapped[datetime]
    consented_at: Mapped[datetime | None]
    shown_at: Mapped[datetime | None]
    turn: Mapped[int] = mapped_column(default=1)
    trip: Mapped[Trip] = relationship()
    client: Mapped[Client] = relationship()
    office: Mapped[Office] = relationship()

    @property
    def shown_text(self) -> str:
        """The words others read."""
        return masked(self.text, self.masks)


class ReviewEvent(Base):
    """Who did what with a review, and why; `facts` hold the words as they were."""

    __tablename__ = "review_event"
    id: Mapped[int] = mapped_column(primary_key=True)
    review_id: Mapped[int] = mapped_column(ForeignKey("review.id"), index=True)
    at: Mapped[datetime]
    verb: Mapped[str]
    actor: Mapped[str]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("staff_user.id"))
    reason: Mapped[str] = mapped_column(default="")
    facts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


append_only(ReviewEvent.__table__, erasable=("facts",))  # type: ignore[arg-type]
