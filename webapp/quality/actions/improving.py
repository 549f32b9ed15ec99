"""What is done about a weak indicator: planned by the director, closed by whoever does it, with what came of it."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from webapp.db import transaction
from webapp.kit.text import clean
from webapp.quality.models import Assessment, AssessmentLine, Improvement
from webapp.staff.audit import record
from webapp.staff.models import User
from webapp.staff.rules import DIRECTOR, Actor, BadInput, NotAllowed

WHAT, RESULT = 300, 500


@dataclass(frozen=True)
class Measure:
    """What, by whom, by when; `name_key` names the indicator."""

    name_key: str
    what: str
    who_id: int
    due_on: date


def plan(assessment: Assessment, measure: Measure, *, actor: Actor, today: date, now: datetime) -> Improvement:
    """Decide what is done about one indicator of an assessment. `today` is the office's.

    Raises BadInput "what-empty", "due-past", "no-such-line", "not-here" (the person works elsewhere); NotAllowed.
    """
    actor.needs(DIRECTOR)
    if not actor.may_see(assessment.office_id):
        raise NotAllowed("office")
    if not clean(measure.what):
        raise BadInput("what-empty", "what")
    if measure.due_on < today:
        raise BadInput("due-past", "due_on")
    with transaction() as session:
        name = session.scalar(select(AssessmentLine.name).where(
            AssessmentLine.assessment_id == assessment.id, AssessmentLine.name_key == measure.name_key))
        if name is None:
            raise BadInput("no-such-line", "what")
        person = session.get(User, measure.who_id)
        if person is None or not person.works_here or assessment.office_id not in person.office_ids:
            raise BadInput("not-here", "who")
        row = Improvement(assessment_id=assessment.id, office_id=assessment.office_id, name=name,
                          name_key=measure.name_key, what=clean(measure.what)[:WHAT], who_id=person.id,
                          due_on=measure.due_on, author=actor.name, created_at=now)
        session.add(row)
        session.flush()
        record(actor, "planned", "quality", assessment.id, now=now, office_id=row.office_id,
               facts={"quality_what": ["", row.what], "quality_who": ["", person.name],
                      "quality_due": ["", row.due_on.isoformat()]})
        return row


def close(improvement_id: int, *, result: str, actor: Actor, now: datetime) -> Improvement:
    """It is done: what came of it stays. By the person it is for, or by a director; twice is once.

    Raises LookupError out of sight, NotAllowed, BadInput "result-empty".
    """
    with transaction() as session:
        row = session.get(Improvement, improvement_id, with_for_update=True)
        if row is None or not actor.may_see(row.office_id):
            raise LookupError(improvement_id)
        if actor.user_id != row.who_id:
            actor.needs(DIRECTOR)
        if row.closed_at is not None:
            return row
        if not clean(result):
            raise BadInput("result-empty", "result")
        row.closed_at, row.closed_by, row.result = now, actor.name, clean(result)[:RESULT]
        record(actor, "improved", "quality", row.assessment_id, now=now, office_id=row.office_id,
               facts={"quality_what": ["", row.what], "quality_result": ["", row.result]})
        return row
