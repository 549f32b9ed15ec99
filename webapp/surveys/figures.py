"""Figures of surveys between two moments, for rooms on the right."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from webapp.db import db
from webapp.surveys.models import SurveyAnswer, SurveyAsk
from webapp.surveys.rules import HIGH, LOW, tenths_of
from webapp.touches.models import Touch


@dataclass(frozen=True)
class Figures:
    """Of those `asked` in the time, how many have `replied`; of answers given in it, the average in tenths (None
    without one) and how many were low (up to 6) and high (from 9)."""

    asked: int
    replied: int
    answers: int
    tenths: int | None
    low: int
    high: int


def between(office_ids: Collection[int], since: datetime, until: datetime) -> Figures:
    """Figures of [since, until) in these offices; two questions."""
    asked: Any = db.session.execute(
        select(func.count(), func.count(SurveyAnswer.id)).select_from(SurveyAsk)
        .join(Touch, Touch.id == SurveyAsk.touch_id)
        .outerjoin(SurveyAnswer, SurveyAnswer.trip_id == SurveyAsk.trip_id)
        .where(Touch.status == "done", SurveyAsk.office_id.in_(office_ids), SurveyAsk.asked_at >= since,
               SurveyAsk.asked_at < until)).one()
    rows = db.session.execute(
        select(SurveyAnswer.score, func.count()).where(
            SurveyAnswer.office_id.in_(office_ids), SurveyAnswer.answered_at >= since,
            SurveyAnswer.answered_at < until).group_by(SurveyAnswer.score)).all()
    scores = [score for score, number in rows for _one in range(number)]
    return Figures(int(asked[0]), int(asked[1]), len(scores), tenths_of(scores), sum(score <= LOW for score in scores),
                   sum(score >= HIGH for score in scores))
