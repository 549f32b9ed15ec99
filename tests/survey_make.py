"""What tests of surveys share: a trip that is over, its link, and a form filled in."""

from datetime import date

import make
from sqlalchemy import select

from webapp.clients.actions import make_link
from webapp.clients.links import find_link
from webapp.db import db, transaction
from webapp.surveys.actions.answering import answer
from webapp.surveys.actions.asking import ask
from webapp.surveys.links import SURVEY, source_of
from webapp.surveys.models import Review, SurveyAnswer
from webapp.surveys.rules import Answers
from webapp.touches.models import Touch
from webapp.trips.models import Trip

CONSENT = "Можно показать"
GOOD = {"score": "9", "manager_score": "5", "agency_score": "4", "documents": "yes", "text": "Отличный отель у моря"}


def home(cast, now, *, number=1, last="Иванова", first="Анна", seller=None, client=None, **more):
    """A trip from which its client came home on 18 November 2026."""
    client = client or make.client(cast.main, last=last, first=first, phone=f"+7916000{number:04}",
                                   email=f"client{number}@example.com", manager=cast.olga, now=now)
    return make.trip(client, purchase=date(2026, 10, 1), departure=date(2026, 11, 8), back=date(2026, 11, 18),
                     seller=seller or cast.olga, now=now, **more)


def token_of(trip, now, **more):
    """A link to the survey of this trip."""
    with transaction():
        return make_link(SURVEY, trip.client_id, source=source_of(trip.id), now=now, **more)


def reply(trip, score, *, now, text="", **more):
    """The client answers."""
    link = find_link(SURVEY, token_of(trip, now), now=now)
    return answer(link, Answers(score, text=text, **more), consent=CONSENT, now=now)


def asked(trip, at):
    """The letter with the survey has gone out."""
    with transaction() as session:
        touch = session.query(Touch).filter_by(occasion_id=trip.occasion_id, step_code="welcome_home").one()
        touch.status, touch.done_at = "done", at
        ask(session.get_one(Trip, trip.id), touch_id=touch.id, now=at)


def answers():
    """All answers there are."""
    return list(db.session.scalars(select(SurveyAnswer).order_by(SurveyAnswer.id)))


def reviews():
    """All reviews there are."""
    return list(db.session.scalars(select(Review).order_by(Review.id)))


def steps(code):
    """Steps outside plans whose codes begin so."""
    return list(db.session.scalars(select(Touch).where(Touch.step_code.startswith(f"{code}:")).order_by(Touch.id)))
