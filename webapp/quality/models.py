"""Tables of quality: competitors, assessments with their lines, what is done about weak ones, checks of staff."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy import text as sql_text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.appendonly import append_only
from webapp.db import Base
from webapp.quality.number_rules import VALUE_PARTS, WEIGHT_PARTS, from_parts
from webapp.quality.table_rules import Indicator
from webapp.staff.models import Office, User


class Competitor(Base):
    """Somebody we compare ourselves with. `name_key` is the name without case and punctuation: one line of history."""

    __tablename__ = "quality_competitor"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    name_key: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime]


class Assessment(Base):
    """One office beside one competitor on one day. A correction is another row with the next `version`.

    `total` is kept in ten-thousandths; it is the sum of the weighted values of the lines, each rounded to those.
    """

    __tablename__ = "quality_assessment"
    __table_args__ = (UniqueConstraint("office_id", "competitor_id", "day", "version"),
                      CheckConstraint("(version = 1) = (corrects_id IS NULL)", "versions_follow"))
    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    competitor_id: Mapped[int] = mapped_column(ForeignKey("quality_competitor.id"), index=True)
    day: Mapped[date]
    version: Mapped[int] = mapped_column(default=1)
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("quality_assessment.id"), unique=True)
    reason: Mapped[str] = mapped_column(default="")
    total: Mapped[int] = mapped_column(BigInteger)
    author: Mapped[str]
    author_id: Mapped[int | None] = mapped_column(ForeignKey("staff_user.id"), index=True)
    at: Mapped[datetime]
    office: Mapped[Office] = relationship()
    competitor: Mapped[Competitor] = relationship(lazy="joined", innerjoin=True)
    lines: Mapped[list["AssessmentLine"]] = relationship(order_by="AssessmentLine.position", lazy="selectin")


class AssessmentLine(Base):
    """One indicator of an assessment: weight in ten-thousandths, values in thousandths, `better` "more" or "less"."""

    __tablename__ = "quality_line"
    __table_args__ = (
        UniqueConstraint("assessment_id", "position"), UniqueConstraint("assessment_id", "name_key"),
        CheckConstraint("weight > 0 AND weight <= 10000", "weight_sane"),
        CheckConstraint("theirs >= 0 AND ours >= 0", "values_not_negative"),
        CheckConstraint("(better = 'more' AND theirs > 0) OR (better = 'less' AND ours > 0)", "divides"))
    id: Mapped[int] = mapped_column(primary_key=True)
    assessment_id: Mapped[int] = mapped_column(ForeignKey("quality_assessment.id"))
    position: Mapped[int]
    name: Mapped[str]
    name_key: Mapped[str]
    unit: Mapped[str] = mapped_column(default="")
    better: Mapped[str]
    weight: Mapped[int]
    theirs: Mapped[int] = mapped_column(BigInteger)
    ours: Mapped[int] = mapped_column(BigInteger)

    @property
    def indicator(self) -> Indicator:
        """The line as the rules know it."""
        return Indicator(self.name, from_parts(self.weight, WEIGHT_PARTS), from_parts(self.theirs, VALUE_PARTS),
                         from_parts(self.ours, VALUE_PARTS), self.better, self.unit)


class Improvement(Base):
    """What is done about a weak indicator: what, by whom, by when; `result` once it is closed."""

    __tablename__ = "quality_improvement"
    __table_args__ = (
        Index("ix_quality_improvement_open", "who_id", "due_on", sqlite_where=sql_text("closed_at IS NULL"),
              postgresql_where=sql_text("closed_at IS NULL")),)
    id: Mapped[int] = mapped_column(primary_key=True)
    assessment_id: Mapped[int] = mapped_column(ForeignKey("quality_assessment.id"), index=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"), index=True)
    name: Mapped[str]
    name_key: Mapped[str]
    what: Mapped[str]
    who_id: Mapped[int] = mapped_column(ForeignKey("staff_user.id"))
    due_on: Mapped[date]
    author: Mapped[str]
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[str] = mapped_column(default="")
    result: Mapped[str] = mapped_column(default="")
    who: Mapped[User] = relationship()
    office: Mapped[Office] = relationship()


class StaffCheck(Base):
    """One check of somebody's qualification, with its result. Append-only; a correction is a row that `corrects` it."""

    __tablename__ = "staff_check"
    __table_args__ = (Index("ix_staff_check_person", "user_id", "checked_on"),
                      CheckConstraint("result IN ('good', 'partly', 'poor')", "result_known"))
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("staff_user.id"))
    topic: Mapped[str]
    topic_key: Mapped[str]
    checked_on: Mapped[date]
    result: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    next_on: Mapped[date | None]
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("staff_check.id"), unique=True)
    reason: Mapped[str] = mapped_column(default="")
    author: Mapped[str]
    author_id: Mapped[int | None] = mapped_column(ForeignKey("staff_user.id"))
    at: Mapped[datetime]
    user: Mapped[User] = relationship(foreign_keys=[user_id])


class StaffCheckDue(Base):
    """The next check of a person in a topic: the director's task, gone once its result is written down."""

    __tablename__ = "staff_check_due"
    __table_args__ = (UniqueConstraint("user_id", "topic_key"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("staff_user.id"))
    topic: Mapped[str]
    topic_key: Mapped[str]
    due_on: Mapped[date] = mapped_column(index=True)
    user: Mapped[User] = relationship()


append_only(Assessment.__table__)  # type: ignore[arg-type]
append_only(AssessmentLine.__table__)  # type: ignore[arg-type]
append_only(StaffCheck.__table__)  # type: ignore[arg-type]
