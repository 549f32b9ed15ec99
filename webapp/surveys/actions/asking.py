"""Asking: the link of one trip in a letter, and one reminder for who has not answered."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from webapp.clients.actions import make_link
from webapp.clients.links import url_of
from webapp.db import Base, db, transaction
from webapp.kit.days import ONE_DAY, local_day, zone
from webapp.staff.audit import job, record
from webapp.staff.rules import DIRECTOR, MANAGER, SERVICE, Actor, BadInput, NotAllowed
from webapp.surveys.asking import FACT, KIND, can_ask, due_trip, is_quiet
from webapp.surveys.links import FROM_CARD, SURVEY, elsewhere, source_of
from webapp.surveys.models import SurveyAnswer, SurveyAsk
from webapp.surveys.rules import LINK_LASTS
from webapp.touches.actions.ending import call_off
from webapp.touches.actions.occasions import open_occasion
from webapp.touches.models import Occasion, Touch
from webapp.trips.models import Trip

ASKING = job("surveys")
LOOK_BACK = timedelta(days=14)
"""A letter that took longer to go out than this is not followed by a reminder."""
BATCH = 200
_TABLE = Base.metadata.tables[SurveyAsk.__tablename__]
_INSERTS: dict[str, Any] = {name: make(_TABLE).on_conflict_do_nothing()
                            for name, make in (("sqlite", sqlite.insert), ("postgresql", postgresql.insert))}


def ask(trip: Trip, *, touch_id: int | None, now: datetime) -> str:
    """A link to the survey of this trip; that it was asked for is written down the first time.

    Call inside the transaction of the letter it goes out with.
    """
    with transaction() as session:
        session.execute(_INSERTS[session.get_bind().dialect.name].values(
            trip_id=trip.id, client_id=trip.client_id, office_id=trip.office_id, touch_id=touch_id, asked_at=now))
        return url_of(SURVEY, make_link(SURVEY, trip.client_id, source=source_of(trip.id), expires_at=now + LINK_LASTS,
                                        now=now))


def hand_over(trip: Trip, *, actor: Actor, now: datetime) -> str:
    """A link to the survey for a member of staff to send in a chat; who took it stands in the log.

    Raises BadInput "nothing-to-ask" before the return, after an answer or a cancellation; NotAllowed.
    """
    actor.needs(MANAGER, SERVICE, DIRECTOR)
    if not actor.may_see(trip.office_id):
        raise NotAllowed("office")
    if not can_ask(trip, local_day(now, zone(trip.client.zone))):
        raise BadInput("nothing-to-ask")
    other = elsewhere()
    if other:
        return other
    with transaction():
        record(actor, "link", "survey_trip", trip.id, now=now, office_id=trip.office_id)
        return ask(trip, touch_id=None, now=now)


def open_from_card(client_id: int, *, now: datetime) -> str:
    """The token of a link, for a day, to the survey this client owes; "" where nothing is asked."""
    with transaction():
        trip_id = due_trip(client_id, now=now)
        return make_link(SURVEY, client_id, channel=FROM_CARD, source=source_of(trip_id), expires_at=now + ONE_DAY,
                         now=now) if trip_id else ""


def look_after_surveys(*, now: datetime) -> dict[str, int]:
    """Plan the reminders that are due to be planned, call off those that are pointless; gives figures.

    Safe to run twice, by several workers at once, and after being killed anywhere.
    """
    return {"survey_reminders": _plan_reminders(now), "survey_quiet": _fall_silent(now)}


def _plan_reminders(now: datetime) -> int:
    # Whoever changes to a survey of another service reminds nobody: who answers there is not known here.
    if elsewhere():
        return 0
    waiting = (select(SurveyAsk.id).join(Touch, Touch.id == SurveyAsk.touch_id)
               .outerjoin(SurveyAnswer, SurveyAnswer.trip_id == SurveyAsk.trip_id)
               .where(SurveyAsk.occasion_id.is_(None), SurveyAsk.asked_at > now - LOOK_BACK, Touch.status == "done",
                      SurveyAnswer.id.is_(None)).order_by(SurveyAsk.id).limit(BATCH))
    return sum(_plan_one(ask_id, now) for ask_id in db.session.scalars(waiting).all())


def _plan_one(ask_id: int, now: datetime) -> bool:
    with transaction() as session:
        row = session.scalar(select(SurveyAsk).where(SurveyAsk.id == ask_id, SurveyAsk.occasion_id.is_(None))
                             .with_for_update(skip_locked=True).execution_options(populate_existing=True))
        if row is None or is_quiet(row.trip):
            return False
        trip = row.trip
        occasion = open_occasion(
            KIND, trip.client, office=trip.office, owner_id=trip.occasion.owner_id, actor=ASKING, now=now,
            anchors={"asked": local_day(row.asked_at, zone(trip.client.zone))}, facts={FACT: trip.id})
        row.occasion_id = occasion.id
        return True


def _fall_silent(now: datetime) -> int:
    open_ones = (select(SurveyAsk).join(Occasion, Occasion.id == SurveyAsk.occasion_id)
                 .where(Occasion.closed_at.is_(None)).order_by(SurveyAsk.id))
    pointless = [(row.occasion_id, _why(row.trip)) for row in db.session.scalars(open_ones).all() if is_quiet(row.trip)]
    for occasion_id, reason in pointless:
        if occasion_id is not None:
            call_off(occasion_id, reason=reason, actor=ASKING, now=now)
    return len(pointless)


def _why(trip: Trip) -> str:
    if trip.cancelled_at is not None:
        return "trip-cancelled"
    answered = db.session.scalar(select(SurveyAnswer.id).where(SurveyAnswer.trip_id == trip.id))
    return "answered" if answered else "complains"
