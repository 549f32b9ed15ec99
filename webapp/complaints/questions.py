"""Questions about complaints that other rooms and pages ask."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, false, or_, select

from webapp.clients.models import Client
from webapp.complaints.clock_rules import Terms, Times, answer_by, closing_time, file_by, legal_day, nearest
from webapp.complaints.models import Complaint, ComplaintAction, ComplaintEvent, Procedure
from webapp.complaints.step_rules import OPEN, SHARED, WAIVED
from webapp.db import db
from webapp.kit.days import local_day, zone
from webapp.kit.workdays import DEFAULT_WEEK, WorkingDays
from webapp.staff.calendars import calendar_of
from webapp.staff.models import Office, User, scoped, setting
from webapp.staff.rules import DIRECTOR, MANAGER, SERVICE
from webapp.touches.people import stands_in_for

TERMS = "complaint_terms"


def terms_for(procedure: Procedure | None = None) -> Terms:
    """How long steps may take: the agency's setting, with what the procedure says otherwise."""
    kept = setting(TERMS, {})
    own = Terms(**{key: int(value) for key, value in kept.items() if key in Terms.__dataclass_fields__})
    if procedure is None:
        return own
    said = {"decide_days": procedure.decide_days, "legal_days": procedure.legal_days}
    return Terms(**{**own.__dict__, **{key: days for key, days in said.items() if days is not None}})


def has_open(client_id: int) -> bool:
    """Whether a complaint (a draft too) of this client is open: nobody asks them for a favour meanwhile."""
    return db.session.scalar(select(Complaint.id).where(
        Complaint.client_id == client_id, Complaint.state.in_(OPEN)).limit(1)) is not None


def open_ones(client_id: int) -> list[Complaint]:
    """The client's complaints (drafts too) that are not ended, the oldest first."""
    return list(db.session.scalars(select(Complaint).where(
        Complaint.client_id == client_id, Complaint.state.in_(OPEN)).order_by(Complaint.id)))


def may_work_with(user: User) -> bool:
    """Whether the person handles complaints; which of them, the offices say. Managers read those of their clients."""
    return bool(user.hats & {SERVICE, DIRECTOR})


def seen_by(query: Select[Any], user: User, *, today: date) -> Select[Any]:
    """The one rule of who sees which complaint, on a `query` over them: customer service and directors those of their
    offices, managers of these only their own clients'.

    A client is a manager's own who is in the manager's care, or whose trip the manager sold, as with surveys; whoever
    stands in for a colleague `today` (the person's own day) sees the colleague's as well.
    """
    query = scoped(query, Complaint.office_id, user)
    if may_work_with(user):
        return query
    if MANAGER not in user.hats:
        return query.where(false())
    theirs = stands_in_for(user.id, today)
    return query.where(or_(Complaint.manager_id.in_(theirs), Complaint.client.has(Client.manager_id.in_(theirs))))


def complaint_for(complaint_id: int, user: User, *, today: date) -> Complaint | None:
    """The complaint, when this person sees it; else None, and the page answers 404."""
    return db.session.scalar(seen_by(select(Complaint).where(Complaint.id == complaint_id), user, today=today))


def seen_among(complaint_ids: Collection[int], user: User, *, today: date) -> set[int]:
    """Those of the complaints whose page opens to this person."""
    if not complaint_ids:
        return set()
    return set(db.session.scalars(seen_by(select(Complaint.id).where(Complaint.id.in_(complaint_ids)), user,
                                          today=today)))


def events_of(complaint: Complaint) -> list[ComplaintEvent]:
    """Its history, the oldest first."""
    return list(db.session.scalars(select(ComplaintEvent).where(
        ComplaintEvent.complaint_id == complaint.id).order_by(ComplaintEvent.id)))


def last_given(complaint: Complaint, verb: str) -> dict[str, Any] | None:
    """What this step was done with in this round, for one that was taken back; None when it was never done."""
    return db.session.scalar(select(ComplaintEvent.facts).where(
        ComplaintEvent.complaint_id == complaint.id, ComplaintEvent.verb == verb,
        ComplaintEvent.rounds == complaint.rounds).order_by(ComplaintEvent.id.desc()).limit(1))


def own_words_of(complaint: Complaint) -> str:
    """What its client wrote, to the letter; "" where staff wrote down what they had heard, in words of the house."""
    facts = db.session.scalar(select(ComplaintEvent.facts).where(
        ComplaintEvent.complaint_id == complaint.id, ComplaintEvent.verb == "received").order_by(ComplaintEvent.id))
    if facts is None or "own" not in facts:
        # Before it was kept: nobody but the client writes into what came by the form.
        return "\n\n".join(filter(None, (complaint.story, complaint.wants))) if complaint.source == "form" else ""
    return str(facts["own"])


def actions_of(complaint_ids: Collection[int]) -> list[ComplaintAction]:
    """What was promised for these complaints, the nearest day first."""
    return list(db.session.scalars(select(ComplaintAction).where(
        ComplaintAction.complaint_id.in_(complaint_ids)).order_by(ComplaintAction.due_on, ComplaintAction.id)))


def before_of(complaint: Complaint) -> list[Complaint]:
    """Other complaints of the same client, the newest first."""
    return list(db.session.scalars(select(Complaint).where(
        Complaint.client_id == complaint.client_id, Complaint.id != complaint.id).order_by(Complaint.id.desc())))


def times_of(complaint: Complaint) -> Times:
    """The moments its deadlines are counted from."""
    moments = [one for one in (complaint.satisfied_at, complaint.shared_at) if one]
    is_ready = bool(complaint.satisfaction and moments) and complaint.state in (SHARED, WAIVED)
    return Times(complaint.since, complaint.resolved_at, complaint.asked_at, ready=max(moments) if is_ready else None,
                 owed=_owed(complaint) if is_ready else None)


def _owed(complaint: Complaint) -> date | None:
    """The last day on which something promised is due, or was done."""
    tz = zone(complaint.office.timezone)
    days = [local_day(one.touch.done_at, tz) if one.touch.done_at and not one.is_open else one.due_on
            for one in actions_of([complaint.id]) if one.touch.status != "cancelled"]
    return max(days, default=None)


def calendar_for(office: Office) -> WorkingDays:
    """When the office works. One whose hours are empty has clocks all the same: those of a usual week."""
    calendar = calendar_of(office)
    return calendar if any(calendar.week) else replace(calendar, week=DEFAULT_WEEK)


def due_of(complaint: Complaint) -> datetime | None:
    """UTC moment of the nearest deadline, by the calendar of its office."""
    office = complaint.office
    found = nearest(complaint.state, times_of(complaint), terms_for(complaint.procedure), calendar_for(office),
                    zone(office.timezone), complaint.legal_by)
    return found.at if found else None


@dataclass(frozen=True)
class ClaimDays:
    """The client's own countdown towards the tour operator: days to file by and, once sent, to be answered by."""

    file_by: date | None
    answer_by: date | None


def claim_days(complaint: Complaint, sent_on: date | None = None) -> ClaimDays:
    """Both days of a claim about this complaint's trip."""
    terms = terms_for(complaint.procedure)
    return ClaimDays(file_by(complaint.trip.return_on, terms) if complaint.trip else None,
                     answer_by(sent_on, terms) if sent_on else None)


@dataclass(frozen=True)
class Days:
    """By when the client hears what: how it is handled (a UTC moment), the decision, the last day of the law."""

    tell_by: datetime
    decide_by: date
    legal_by: date


def days_of(complaint: Complaint) -> Days:
    """What the client is promised, counted from the beginning of this round: the same in letters and on the page."""
    office, terms = complaint.office, terms_for(complaint.procedure)
    tz, calendar = zone(office.timezone), calendar_for(office)
    legal = complaint.legal_by or legal_day(complaint.since, terms, tz)
    own = local_day(closing_time(complaint.since, terms.decide_days, calendar, tz), tz)
    tell_by = calendar.add_time(complaint.since, timedelta(hours=terms.tell_hours), tz)
    return Days(tell_by, min(own, legal), legal)
