"""What pages read of assessments: the newest versions, the one before, competitors, what is being improved."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import aliased, joinedload

from webapp.db import db
from webapp.quality.models import Assessment, Competitor, Improvement
from webapp.quality.table_rules import Changes, Indicator, Table, changes, table_of
from webapp.staff.models import User, scoped

MOST = 60


@dataclass(frozen=True)
class Seen:
    """An assessment worked out, with what changed since the one before it (the same office and competitor)."""

    row: Assessment
    table: Table
    before: Assessment | None
    changes: Changes


def assessment_for(assessment_id: int, user: User) -> Assessment | None:
    """One assessment of any version, when it is of the person's own offices."""
    query = select(Assessment).where(Assessment.id == assessment_id)
    return db.session.scalar(scoped(query, Assessment.office_id, user))


def competitors_of(office_ids: Collection[int]) -> list[Competitor]:
    """Competitors these offices were compared with, whoever was assessed last first."""
    rows = db.session.scalars(_newest().where(Assessment.office_id.in_(office_ids))
                              .order_by(Assessment.day.desc(), Assessment.id.desc()))
    return list({row.competitor_id: row.competitor for row in rows}.values())


def line_of(office_id: int, competitor_id: int) -> list[Assessment]:
    """All assessments of an office beside a competitor, the newest version of each day, oldest day first."""
    query = _newest().where(Assessment.office_id == office_id, Assessment.competitor_id == competitor_id)
    rows = db.session.scalars(query.order_by(Assessment.day.desc(), Assessment.id.desc()).limit(MOST)).all()
    return list(reversed(rows))


def seen(row: Assessment) -> Seen:
    """The assessment with its table and what changed since the day before it in this line."""
    before = db.session.scalar(_newest().where(
        Assessment.office_id == row.office_id, Assessment.competitor_id == row.competitor_id, Assessment.day < row.day)
        .order_by(Assessment.day.desc()).limit(1))
    table = table_for(row)
    return Seen(row, table, before, changes(table, table_for(before) if before else None))


def table_for(row: Assessment) -> Table:
    """The table of an assessment."""
    return table_of([line.indicator for line in row.lines])


def last_indicators(office_id: int, competitor_key: str = "") -> list[Indicator]:
    """What the next assessment begins with: the lines of the last one, of this competitor if there is one.

    Another competitor's values say nothing of this one: they are left out then.
    """
    query = _newest().where(Assessment.office_id == office_id).order_by(Assessment.day.desc(), Assessment.id.desc())
    same = select(Competitor.id).where(Competitor.name_key == competitor_key)
    row = db.session.scalar(query.where(Assessment.competitor_id.in_(same)).limit(1)) if competitor_key else None
    if row is not None:
        return [line.indicator for line in row.lines]
    row = db.session.scalar(query.limit(1))
    return [Indicator(it.name, it.indicator.weight, None, it.indicator.ours, it.better, it.unit)
            for it in row.lines] if row else []


def versions_of(row: Assessment) -> list[Assessment]:
    """All versions of this day's assessment, the newest first."""
    return list(db.session.scalars(select(Assessment).where(
        Assessment.office_id == row.office_id, Assessment.competitor_id == row.competitor_id,
        Assessment.day == row.day).order_by(Assessment.version.desc())))


def improvements(office_id: int, limit: int = 40) -> list[Improvement]:
    """What is being done in an office, the nearest day first, and after it what was done, the newest first."""
    base = select(Improvement).where(Improvement.office_id == office_id).options(joinedload(Improvement.who))
    still = db.session.scalars(base.where(Improvement.closed_at.is_(None))
                               .order_by(Improvement.due_on, Improvement.id).limit(limit))
    done = db.session.scalars(base.where(Improvement.closed_at.is_not(None))
                              .order_by(Improvement.closed_at.desc()).limit(limit))
    return [*still, *done]


def tasks_of(user: User, until: date) -> Sequence[Improvement]:
    """What this person promised to have done by a day, the oldest first."""
    return db.session.scalars(select(Improvement).where(
        Improvement.who_id == user.id, Improvement.closed_at.is_(None), Improvement.due_on <= until)
        .order_by(Improvement.due_on, Improvement.id).limit(20)).all()


def _newest() -> Select[Any]:
    """Assessments nobody has corrected."""
    later = aliased(Assessment)
    return select(Assessment).where(~select(later.id).where(later.corrects_id == Assessment.id).exists())
