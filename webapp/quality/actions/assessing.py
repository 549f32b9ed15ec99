"""Assessments are written down, and corrected by another version; what was written is never changed."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import func, select

from webapp.db import db, one_at_a_time, transaction
from webapp.kit.text import clean, match_key
from webapp.quality.models import Assessment, AssessmentLine, Competitor
from webapp.quality.number_rules import VALUE_PARTS, WEIGHT_PARTS, to_parts
from webapp.quality.table_rules import Fault, Indicator, faults_of, table_of
from webapp.staff.audit import record
from webapp.staff.models import Office
from webapp.staff.rules import DIRECTOR, Actor, BadInput, NotAllowed

NAME, LONG = 80, 300


class BadTable(ValueError):
    """The table cannot be kept; `faults` say what is wrong with which line."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(", ".join(fault.code for fault in faults))
        self.faults = list(faults)


class CorrectedMeanwhile(Exception):
    """Somebody has corrected this assessment already: what was looked at is not the newest version."""


def assess(office: Office, competitor: str, day: date, indicators: Sequence[Indicator], *, actor: Actor, today: date,
           now: datetime) -> Assessment:
    """Write an assessment down. `today` is the office's.

    Raises BadTable; BadInput "competitor-empty", "competitor-long", "day-ahead", "day-taken" (value: the id of what
    stands there); NotAllowed.
    """
    _may(actor, office.id)
    name = clean(competitor)
    if not match_key(name):
        raise BadInput("competitor-empty", "competitor")
    if len(name) > NAME:
        raise BadInput("competitor-long", "competitor")
    if day > today:
        raise BadInput("day-ahead", "day")
    _check(indicators)
    with transaction() as session:
        one_at_a_time("quality")
        row = session.scalar(select(Competitor).where(Competitor.name_key == match_key(name)))
        if row is None:
            row = Competitor(name=name, name_key=match_key(name), created_at=now)
            session.add(row)
            session.flush()
        standing = session.scalar(select(func.max(Assessment.id)).where(
            Assessment.office_id == office.id, Assessment.competitor_id == row.id, Assessment.day == day))
        if standing is not None:
            raise BadInput("day-taken", "day", str(standing))
        return _write(Assessment(office_id=office.id, competitor_id=row.id, day=day, version=1, reason=""),
                      indicators, actor, now)


def correct(assessment: Assessment, indicators: Sequence[Indicator], *, reason: str, actor: Actor,
            now: datetime) -> Assessment:
    """Another version of an assessment, with the reason; the same lines are no correction and give the old one.

    Raises BadTable, BadInput "reason-empty", CorrectedMeanwhile, NotAllowed.
    """
    _may(actor, assessment.office_id)
    if not clean(reason):
        raise BadInput("reason-empty", "reason")
    _check(indicators)
    with transaction() as session:
        one_at_a_time("quality")
        old = session.get_one(Assessment, assessment.id)
        if session.scalar(select(Assessment.id).where(Assessment.corrects_id == old.id)) is not None:
            raise CorrectedMeanwhile
        if [line.indicator for line in old.lines] == list(indicators):
            return old
        return _write(Assessment(office_id=old.office_id, competitor_id=old.competitor_id, day=old.day,
                                 version=old.version + 1, corrects_id=old.id, reason=clean(reason)[:LONG]),
                      indicators, actor, now)


def _may(actor: Actor, office_id: int) -> None:
    actor.needs(DIRECTOR)
    if not actor.may_see(office_id):
        raise NotAllowed("office")


def _check(indicators: Sequence[Indicator]) -> None:
    faults = faults_of(indicators)
    if faults:
        raise BadTable(faults)


def _write(row: Assessment, indicators: Sequence[Indicator], actor: Actor, now: datetime) -> Assessment:
    session = db.session
    total = table_of(indicators).total
    assert total is not None, "a table without faults has a total"
    row.total, row.author, row.author_id, row.at = to_parts(total, WEIGHT_PARTS), actor.name, actor.user_id, now
    for place, one in enumerate(indicators):
        assert one.weight is not None and one.theirs is not None and one.ours is not None
        row.lines.append(AssessmentLine(
            position=place, name=one.name, name_key=one.key, unit=one.unit, better=one.better,
            weight=to_parts(one.weight, WEIGHT_PARTS), theirs=to_parts(one.theirs, VALUE_PARTS),
            ours=to_parts(one.ours, VALUE_PARTS)))
    session.add(row)
    session.flush()
    record(actor, "corrected" if row.corrects_id else "assessed", "quality", row.id, now=now, office_id=row.office_id,
           facts={"quality_day": ["", row.day.isoformat()], "quality_total": ["", str(total)],
                  **({"quality_reason": ["", row.reason]} if row.reason else {})})
    return row
