"""Questions about who was asked: the trip a letter speaks of, and whether its client is to be left alone."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, select

from webapp.complaints.models import Complaint
from webapp.complaints.questions import has_open
from webapp.complaints.step_rules import OPEN
from webapp.db import db
from webapp.surveys.links import elsewhere
from webapp.surveys.models import SurveyAnswer, SurveyAsk
from webapp.surveys.rules import ANSWER_FOR
from webapp.touches.models import Touch
from webapp.trips.models import Trip

KIND, FACT = "survey", "survey"
"""The occasion of the reminder, and what of it names the trip."""
# Made once: put together anew, it would cost a client's page more than asking it.
_COMPLAINS = select(Complaint.id).where(Complaint.client_id == bindparam("client"), Complaint.state.in_(OPEN)).exists()
_DUE = (select(Trip.id).join(SurveyAsk, SurveyAsk.trip_id == Trip.id)
        .outerjoin(SurveyAnswer, SurveyAnswer.trip_id == Trip.id)
        .where(Trip.client_id == bindparam("client"), Trip.cancelled_at.is_(None),
               SurveyAsk.asked_at > bindparam("since"), SurveyAnswer.id.is_(None), ~_COMPLAINS)
        .order_by(Trip.return_on.desc(), Trip.id.desc()).limit(1))


def trip_behind(source: str, facts: Mapping[str, Any]) -> Trip | None:
    """The trip of a letter: the one its occasion names, else the one whose step it is; None without a trip."""
    named = facts.get(FACT)
    if isinstance(named, int):
        return db.session.get(Trip, named)
    kind, _colon, number = source.partition(":")
    if kind != "touch" or not number.isdigit():
        return None
    return db.session.scalar(select(Trip).join(Touch, Touch.occasion_id == Trip.occasion_id)
                             .where(Touch.id == int(number)))


def reminder_of(asked: SurveyAsk | None) -> Touch | None:
    """The reminder of a survey: planned, sent or called off; None before there is one."""
    if asked is None or asked.occasion_id is None:
        return None
    return db.session.scalar(select(Touch).where(Touch.occasion_id == asked.occasion_id).order_by(Touch.id).limit(1))


def answer_of(trip_id: int) -> SurveyAnswer | None:
    """What was answered about this trip."""
    return db.session.scalar(select(SurveyAnswer).where(SurveyAnswer.trip_id == trip_id))


def ask_of(trip_id: int) -> SurveyAsk | None:
    """Whether and when the client of this trip was asked."""
    return db.session.scalar(select(SurveyAsk).where(SurveyAsk.trip_id == trip_id))


def can_ask(trip: Trip, today: date) -> bool:
    """Whether there is anything to ask about: the trip took place, and nobody has answered."""
    return trip.cancelled_at is None and trip.return_on <= today and answer_of(trip.id) is None


def is_quiet(trip: Trip) -> bool:
    """Nobody is reminded who has answered, cancelled, or complains."""
    return trip.cancelled_at is not None or answer_of(trip.id) is not None or has_open(trip.client_id)


def due_trip(client_id: int, *, now: datetime) -> int | None:
    """The newest trip this client was asked about and may still answer for; None too where a complaint is open."""
    # One question where nothing waits: this stands on a page that is opened often.
    found: int | None = db.session.connection().scalar(_DUE, {"client": client_id, "since": now - ANSWER_FOR})
    return None if found is None or elsewhere() else found
