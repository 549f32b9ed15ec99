"""Proof that what is kept of quality agrees with itself: weights make 1, totals are the sums of their lines."""

from collections.abc import Iterator

from sqlalchemy import func, select

from webapp.db import db
from webapp.quality.history import table_for
from webapp.quality.models import Assessment, AssessmentLine
from webapp.quality.number_rules import WEIGHT_PARTS, to_parts

MOST = 1_000


def faults() -> Iterator[str]:
    """A sentence for every assessment that does not add up; reads only."""
    weights = (select(Assessment.id, func.sum(AssessmentLine.weight)).outerjoin(
        AssessmentLine, AssessmentLine.assessment_id == Assessment.id).group_by(Assessment.id))
    for assessment_id, weight in db.session.execute(weights):
        if weight != WEIGHT_PARTS:
            yield f"assessment {assessment_id}: its weights make {weight or 0} of {WEIGHT_PARTS}"
    for row in db.session.scalars(select(Assessment).order_by(Assessment.id.desc()).limit(MOST)):
        total = table_for(row).total
        if total is None or to_parts(total, WEIGHT_PARTS) != row.total:
            yield f"assessment {row.id}: its total is not the sum of its lines"
