"""A low score becomes the draft of a complaint, which customer service confirms; once per trip."""

from datetime import datetime

from sqlalchemy import select

from webapp.complaints.actions.receiving import Intake, receive
from webapp.complaints.models import Complaint
from webapp.complaints.step_rules import OPEN
from webapp.db import db
from webapp.staff.rules import Actor
from webapp.surveys.models import SurveyAnswer

SOURCE = "survey"
_WORDS = {"ru": "Оценка в анкете: {score} из 10.", "en": "Score in the survey: {score} of 10."}


def open_draft(row: SurveyAnswer, *, actor: Actor, now: datetime) -> int:
    """Open the draft with its line on /today and its pause of marketing; gives the id of the complaint.

    Where this trip is complained of already, nobody has to look into it twice: it is that complaint.
    """
    trip = row.trip
    known = db.session.scalar(select(Complaint.id).where(Complaint.trip_id == trip.id, Complaint.state.in_(OPEN))
                              .order_by(Complaint.id).limit(1))
    if known is not None:
        return known
    words = _WORDS.get(trip.client.language, _WORDS["ru"]).format(score=row.score)
    story = f"{words}\n\n{row.text}".strip()
    given = Intake(client=trip.client, source=SOURCE, story=story, own=row.text, office=trip.office, trip=trip,
                   origin=f"{SOURCE}:{row.id}", language=trip.client.language, tells=False)
    return receive(given, actor=actor, now=now, draft=True).id
