"""Tables of surveys: who was asked, what was answered about each trip, and every version of it; and of reviews."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.appendonly import append_only
from webapp.clients.models import Client
from webapp.complaints.models import Complaint
from webapp.db import Base
from webapp.staff.models import Office
from webapp.surveys.review_models import Review, ReviewEvent
from webapp.touches.models import Occasion, Touch
from webapp.trips.models import Trip

__all__ = ["Review", "ReviewEvent", "SurveyAnswer", "SurveyAnswerEvent", "SurveyAsk"]


class SurveyAsk(Base):
    """A trip whose client got a link to the survey: the first letter with it (`touch_id`), and the one reminder.

    `occasion_id` is that of the reminder, once there was one.
    """

    __tablename__ = "survey_ask"
    __table_args__ = (Index("ix_survey_ask_office", "office_id", "asked_at"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    trip_id: Mapped[int] = mapped_column(ForeignKey("trip.id"), unique=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"), index=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    touch_id: Mapped[int | None] = mapped_column(ForeignKey("touch.id"))
    occasion_id: Mapped[int | None] = mapped_column(ForeignKey("occasion.id"), unique=True)
    asked_at: Mapped[datetime] = mapped_column(index=True)
    trip: Mapped[Trip] = relationship()
    occasion: Mapped[Occasion | None] = relationship()


class SurveyAnswer(Base):
    """What a client says about a trip now; one per trip, and every version of it stands in `survey_answer_event`.

    `complaint_id` is what a low score led to, once; `call_id` the call that was asked for.
    """

    __tablename__ = "survey_answer"
    __table_args__ = (
        CheckConstraint("score BETWEEN 0 AND 10", "score_known"),
        CheckConstraint("manager_score IS NULL OR manager_score BETWEEN 1 AND 5", "manager_score_known"),
        CheckConstraint("agency_score IS NULL OR agency_score BETWEEN 1 AND 5", "agency_score_known"),
        Index("ix_survey_answer_office", "office_id", "answered_at"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    trip_id: Mapped[int] = mapped_column(ForeignKey("trip.id"), unique=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"), index=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    score: Mapped[int]
    manager_score: Mapped[int | None]
    agency_score: Mapped[int | None]
    documents: Mapped[str] = mapped_column(default="")
    text: Mapped[str] = mapped_column(default="")
    video_url: Mapped[str] = mapped_column(default="")
    may_show: Mapped[bool] = mapped_column(default=False)
    sign: Mapped[str] = mapped_column(default="anonymous")
    call_back: Mapped[bool] = mapped_column(default=False)
    answered_at: Mapped[datetime]
    changed_at: Mapped[datetime | None]
    complaint_id: Mapped[int | None] = mapped_column(ForeignKey("complaint.id"))
    call_id: Mapped[int | None] = mapped_column(ForeignKey("touch.id"))
    trip: Mapped[Trip] = relationship()
    client: Mapped[Client] = relationship()
    office: Mapped[Office] = relationship()
    complaint: Mapped[Complaint | None] = relationship()
    call: Mapped[Touch | None] = relationship()


class SurveyAnswerEvent(Base):
    """One version of an answer; `facts` are `rules.Answers` as JSON."""

    __tablename__ = "survey_answer_event"
    id: Mapped[int] = mapped_column(primary_key=True)
    answer_id: Mapped[int] = mapped_column(ForeignKey("survey_answer.id"), index=True)
    at: Mapped[datetime]
    score: Mapped[int]
    facts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


append_only(SurveyAnswerEvent.__table__, erasable=("facts",))  # type: ignore[arg-type]
