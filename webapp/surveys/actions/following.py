"""What an answer causes: the draft of a complaint, which pauses what asks for favours, and a call."""

from datetime import date, datetime

from sqlalchemy import func, select

from webapp.complaints.models import Complaint
from webapp.complaints.step_rules import VOID
from webapp.db import db, transaction
from webapp.kit.days import zone
from webapp.staff.calendars import calendar_of
from webapp.staff.models import User, setting
from webapp.staff.rules import Actor
from webapp.surveys.actions.complaining import open_draft
from webapp.surveys.models import SurveyAnswer
from webapp.surveys.rules import BAD, Answers, call_day, follows, mood
from webapp.touches.history import log, snapshot
from webapp.touches.models import Touch
from webapp.touches.people import performer_for

CALL = "survey_call"
"""Step codes are "survey_call:<answer>"."""
GIST = 300
_WORDS = {"ru": "Анкета: {score} из 10.", "en": "Survey: {score} of 10."}


def follow(row: SurveyAnswer, said: Answers, *, has_asked: bool, actor: Actor, now: datetime) -> None:
    """Do what this answer asks for; call with the trip's occasion locked, inside the transaction of the answer.

    `has_asked`: a call was asked for in the answer before.
    """
    call = db.session.get(Touch, row.call_id, with_for_update=True) if row.call_id else None
    has_call = call is not None and call.status == "planned"
    todo = follows(said, has_complaint=_is_complained_of(row), has_call=has_call, has_asked=has_asked)
    is_low = mood(said.score) == BAD
    if todo.complaint:
        row.complaint_id = open_draft(row, actor=actor, now=now)
    if todo.call:
        day = call_day(now, zone(row.trip.office.timezone), calendar_of(row.trip.office))
        row.call_id = _plan_call(row, day, _service(row) if is_low else _seller(row), actor, now).id
    if todo.no_call and call is not None:
        before = snapshot(call)
        call.status, call.reason = "cancelled", "not-wanted"
        log(call, "cancelled", before, actor=actor, now=now)


def _is_complained_of(row: SurveyAnswer) -> bool:
    """One that was put aside is none: the same answer, given anew, may become a complaint after all."""
    complaint = db.session.get(Complaint, row.complaint_id) if row.complaint_id else None
    return complaint is not None and complaint.state != VOID


def _plan_call(row: SurveyAnswer, day: date, who: int | None, actor: Actor, now: datetime) -> Touch:
    """A call that belongs to no plan: it stands with the client and in the list of the day."""
    with transaction() as session:
        code = f"{CALL}:{row.id}"
        turns = session.scalar(select(func.count()).select_from(Touch).where(
            Touch.client_id == row.client_id, Touch.step_code == code)) or 0
        touch = Touch(occasion_id=None, client_id=row.client_id, office_id=row.office_id, step_code=code,
                      generation=1 + turns, channel="call", automatic=False, assignee_id=who, planned_on=day,
                      due_on=day, status="planned", created_at=now, reason="", outcome="", done_by="", attempts=0,
                      pinned=True, note=_note(row))
        session.add(touch)
        session.flush()
        log(touch, "added", {**snapshot(touch), "status": "cancelled"}, actor=actor, now=now)
        return touch


def _service(row: SurveyAnswer) -> int | None:
    """Customer service; without one a colleague of who sold the trip, who is to be the last to look into it."""
    return performer_for("not_seller", row.office_id, row.trip.seller_id)


def _seller(row: SurveyAnswer) -> int | None:
    """Who sold the trip, else the client's manager, while they work in this office; else customer service."""
    for user_id in (row.trip.seller_id, row.trip.client.manager_id):
        user = db.session.get(User, user_id) if user_id else None
        if user is not None and user.works_here and row.office_id in {office.id for office in user.offices}:
            return user.id
    return performer_for("service", row.office_id, None)


def _note(row: SurveyAnswer) -> str:
    """What the client wrote, in short; notes are kept, so they are in the agency's own language."""
    words = _WORDS.get(str(setting("language") or "ru"), _WORDS["ru"]).format(score=row.score)
    gist = row.text if len(row.text) <= GIST else f"{row.text[:GIST].rstrip()}…"
    return f"{words} {gist}".strip()
