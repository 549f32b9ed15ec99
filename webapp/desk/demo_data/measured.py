"""What of quality leaves when the demo does."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from webapp.quality.models import Assessment, Competitor


def rows_of(session: Session, user_ids: Collection[int]) -> dict[Any, set[int]]:
    """Assessments of the demo's people, and competitors nobody else compares with; lines and promises hang on them."""
    mine = Assessment.author_id.in_(user_ids)
    rows = set(session.scalars(select(Assessment.id).where(mine)))
    others = select(Assessment.competitor_id).where(or_(~mine, Assessment.author_id.is_(None)))
    names = select(Competitor.id).where(Competitor.id.in_(select(Assessment.competitor_id).where(mine)),
                                        Competitor.id.not_in(others))
    return {Assessment.__table__: rows, Competitor.__table__: set(session.scalars(names))}
