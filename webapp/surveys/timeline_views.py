"""Surveys and reviews in a client's timeline: asked, answered, changed; a review written or taken back."""

from collections.abc import Iterable

from flask import Flask, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import or_, select

from webapp.db import db
from webapp.surveys import words
from webapp.surveys.models import Review, ReviewEvent, SurveyAnswer, SurveyAnswerEvent, SurveyAsk
from webapp.surveys.rules import mood
from webapp.touches.models import Touch
from webapp.touches.timeline_lines import Line, add_to_timeline
from webapp.trips.models import Trip

GIST = 200


def register(app: Flask) -> None:
    """Stand in the timeline of the client."""
    add_to_timeline(app, lines_of)


def lines_of(client_id: int, limit: int) -> Iterable[Line]:
    """The newest lines of each sort."""
    return [*_asked(client_id, limit), *_answered(client_id, limit), *_reviewed(client_id, limit)]


def _asked(client_id: int, limit: int) -> Iterable[Line]:
    """Only what has gone out: a letter that waits has asked nobody yet."""
    query = (select(SurveyAsk.asked_at, Touch.done_at, Trip.id, Trip.destination, Trip.office_id)
             .join(Trip, Trip.id == SurveyAsk.trip_id).outerjoin(Touch, Touch.id == SurveyAsk.touch_id)
             .where(SurveyAsk.client_id == client_id, or_(SurveyAsk.touch_id.is_(None), Touch.status == "done"))
             .order_by(SurveyAsk.id.desc()).limit(limit))
    for row in db.session.execute(query):
        yield Line(row.done_at or row.asked_at, "clipboard", _("Asked how the trip was"), about=row.destination,
                   url=_trip_url(row.id, row.office_id))


def _answered(client_id: int, limit: int) -> Iterable[Line]:
    query = (select(SurveyAnswerEvent.id, SurveyAnswerEvent.at, SurveyAnswerEvent.score, SurveyAnswerEvent.facts,
                    SurveyAnswer.answered_at, Trip.id.label("trip_id"), Trip.destination, Trip.office_id)
             .join(SurveyAnswer, SurveyAnswer.id == SurveyAnswerEvent.answer_id)
             .join(Trip, Trip.id == SurveyAnswer.trip_id).where(SurveyAnswer.client_id == client_id)
             .order_by(SurveyAnswerEvent.id.desc()).limit(limit))
    for row in db.session.execute(query):
        title = _("Answered the survey") if row.at == row.answered_at else _("Changed the answer to the survey")
        text = str(row.facts.get("text") or "")
        yield Line(row.at, "clipboard", title, words.MOOD_STATES[mood(row.score)],
                   _("%(score)s of 10", score=row.score), text if len(text) <= GIST else f"{text[:GIST].rstrip()}…",
                   ours=False, about=row.destination, url=_trip_url(row.trip_id, row.office_id))


def _reviewed(client_id: int, limit: int) -> Iterable[Line]:
    query = (select(ReviewEvent.at, ReviewEvent.verb, ReviewEvent.user_id, ReviewEvent.actor, Review.id,
                    Review.office_id, Review.destination)
             .join(Review, Review.id == ReviewEvent.review_id)
             .where(Review.client_id == client_id, ReviewEvent.verb.in_(("written", "withdrawn")))
             .order_by(ReviewEvent.id.desc()).limit(limit))
    for row in db.session.execute(query):
        yield Line(row.at, "star", _("Wrote a review") if row.verb == "written" else _("Took the review back"),
                   by=row.actor if row.user_id else "", ours=False, about=row.destination,
                   url=url_for("reviews.show", review_id=row.id) if row.office_id in current_user.office_ids else "")


def _trip_url(trip_id: int, office_id: int) -> str:
    return url_for("trips.trip", trip_id=trip_id, _anchor="survey") if office_id in current_user.office_ids else ""
