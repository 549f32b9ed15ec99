"""An answer is kept, once per trip; it may become another one, and what follows from it happens in the same moment."""

from datetime import datetime

from sqlalchemy import select

from webapp.clients.actions.links import use_link
from webapp.clients.models import Client, PersonalLink
from webapp.club.actions.inviting import invitation
from webapp.complaints.actions.pausing import lock_open
from webapp.db import transaction
from webapp.staff.audit import job, record
from webapp.staff.rules import BadInput
from webapp.surveys.actions.following import follow
from webapp.surveys.actions.reviewing import keep_review, withdraw
from webapp.surveys.asking import answer_of
from webapp.surveys.links import trip_of
from webapp.surveys.models import SurveyAnswer, SurveyAnswerEvent, SurveyAsk
from webapp.surveys.review_list import review_of
from webapp.surveys.review_rules import LEAST
from webapp.surveys.rules import GOOD, Answers, fault_of, may_answer, may_change, mood
from webapp.touches.actions.ending import call_off
from webapp.trips.models import Trip

READER = job("client")


def answer(link: PersonalLink, said: Answers, *, consent: str, now: datetime) -> SurveyAnswer:
    """Keep what the client says about the trip of this link; the same again changes nothing.

    `consent` is the sentence beside the box «may be shown», as it was read. Raises BadInput: "bad-answer" with the
    field, "closed" where it is too late or the trip was cancelled.
    """
    fault = fault_of(said)
    if fault:
        raise BadInput("bad-answer", fault)
    trip_id = trip_of(link)
    with transaction() as session:
        trip, asked = locked_trip(trip_id, link.client_id)
        # Behind the lock of the trip: two forms sent at once are one answer and one change at most.
        row = answer_of(trip.id)
        if row is not None:
            session.refresh(row)
        if trip.cancelled_at is not None or not _is_open(row, asked, link, now):
            raise BadInput("closed")
        if row is not None and _said(row) == said:
            return row
        has_asked = row is not None and row.call_back
        row = _write(row, trip, said, now)
        session.flush()
        session.add(SurveyAnswerEvent(answer_id=row.id, at=now, score=said.score, facts=said.as_facts()))
        record(READER, "answered" if row.changed_at is None else "changed", "survey_answer", row.id, now=now,
               office_id=row.office_id, facts={"score": ["", str(said.score)]})
        if asked is not None and asked.occasion_id is not None:
            call_off(asked.occasion_id, reason="answered", actor=READER, now=now)
        follow(row, said, has_asked=has_asked, actor=READER, now=now)
        _show_or_not(trip, said, consent, now)
        if mood(said.score) == GOOD:
            # The page that thanks only reads: what it shows is made here.
            invitation(trip.client_id, now=now)
        use_link(link, now=now)
        return row


def _show_or_not(trip: Trip, said: Answers, consent: str, now: datetime) -> None:
    """The words of the survey as a review; who takes the tick away again takes that review back."""
    if said.may_show and len(said.text) >= LEAST:
        keep_review(trip, said.text, sign=said.sign, source="survey", consent=consent, now=now, keep_shown=True)
        return
    row = review_of(trip.id)
    if row is not None and row.source == "survey":
        withdraw(row.id, actor=READER, now=now)


def locked_trip(trip_id: int | None, client_id: int) -> tuple[Trip, SurveyAsk | None]:
    """The trip with its occasions locked, in the order in which everybody locks them."""
    with transaction() as session:
        trip = session.get(Trip, trip_id) if trip_id else None
        if trip is None or trip.client_id != client_id:
            raise BadInput("closed")
        asked = session.scalar(select(SurveyAsk).where(SurveyAsk.trip_id == trip.id))
        # All that a complaint would lock besides, in one go and in one order.
        lock_open(client_id, trip)
        session.refresh(trip)
        # Erasing a person locks the occasions too: whoever comes second sees it done.
        if session.get_one(Client, client_id, populate_existing=True).erased_at is not None:
            raise BadInput("closed")
        return trip, asked


def _is_open(row: SurveyAnswer | None, asked: SurveyAsk | None, link: PersonalLink, now: datetime) -> bool:
    if row is not None:
        return may_change(row.answered_at, now=now)
    return may_answer(asked.asked_at if asked else link.created_at, now=now)


def _said(row: SurveyAnswer) -> Answers:
    return Answers(row.score, row.manager_score, row.agency_score, row.documents, row.text, row.video_url, row.may_show,
                   row.sign, row.call_back)


def _write(row: SurveyAnswer | None, trip: Trip, said: Answers, now: datetime) -> SurveyAnswer:
    with transaction() as session:
        if row is None:
            row = SurveyAnswer(trip_id=trip.id, client_id=trip.client_id, office_id=trip.office_id, answered_at=now)
            session.add(row)
        else:
            row.changed_at = now
        for name, value in said.as_facts().items():
            setattr(row, name, value)
        return row


def change_review(link: PersonalLink, text: str, *, sign: str, consent: str, now: datetime) -> None:
    """The review of the trip behind this link, as the client wants it shown.

    Raises BadInput as `keep_review` does, and "closed".
    """
    with transaction():
        trip, _asked = locked_trip(trip_of(link), link.client_id)
        if trip.cancelled_at is not None:
            raise BadInput("closed")
        keep_review(trip, text, sign=sign, source="form", consent=consent, now=now)
        use_link(link, now=now)


def take_review_back(link: PersonalLink, *, now: datetime) -> None:
    """The client no longer agrees; without a review nothing happens."""
    with transaction():
        row = review_of(trip_of(link) or 0)
        if row is not None and row.client_id == link.client_id:
            withdraw(row.id, actor=READER, now=now)
            use_link(link, now=now)
