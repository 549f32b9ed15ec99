"""The letter brings the survey of its own trip; one reminder follows, and falls silent after every word of the client."""

from datetime import timedelta

import pytest
from crowd import at_once
from sqlalchemy import func, select
from survey_make import home, reply
from trip_make import in_trial, touches

from webapp.clients.links import find_link
from webapp.clients.models import PersonalLink
from webapp.db import db, transaction
from webapp.desk.actions import tick
from webapp.post.models import Message
from webapp.staff.audit import actor_of
from webapp.staff.models import setting
from webapp.surveys import asking
from webapp.surveys.actions.asking import look_after_surveys
from webapp.surveys.actions.settings import use_elsewhere
from webapp.surveys.links import SETTING, SURVEY, trip_of
from webapp.surveys.models import SurveyAsk
from webapp.surveys.placeholders import survey_link
from webapp.touches.models import Occasion, Touch
from webapp.touches.store import source_key
from webapp.trips.actions import cancel_trip
from webapp.trips.models import Trip

OTHER = "https://forms.example/opros"


@pytest.fixture
def trip(cast, now):
    in_trial()
    return home(cast, now - timedelta(days=20))


def live(now, days):
    """The worker looks every six hours."""
    for number in range(days * 4):
        tick(now=now + timedelta(hours=6 * number))
    db.session.rollback()


def letters(code):
    """Texts of messages of the step with this code."""
    query = select(Message).join(Touch, Touch.message_id == Message.id).where(Touch.step_code == code)
    return [message.content.text for message in db.session.scalars(query.order_by(Message.id))]


def link_in(text):
    """The link to a survey that stands in a letter."""
    return text.split("/s/")[1].split()[0].strip(")>. ")


def asks():
    return list(db.session.scalars(select(SurveyAsk)))


def test_the_letter_after_the_return_brings_the_survey_of_its_own_trip(trip, now):
    live(now - timedelta(days=1), 1)
    (text,) = letters("welcome_home")
    link = find_link(SURVEY, link_in(text), now=now)
    assert trip_of(link) == trip.id and link.client_id == trip.client_id
    (row,) = asks()
    assert row.trip_id == trip.id and row.touch_id == touches(trip)["welcome_home"].id


@pytest.mark.slow
def test_who_does_not_answer_is_reminded_once(trip, now):
    live(now - timedelta(days=1), 20)
    (text,) = letters("survey_reminder")
    assert trip_of(find_link(SURVEY, link_in(text), now=now + timedelta(days=10))) == trip.id
    (row,) = asks()
    assert row.occasion is not None and row.occasion.closed_at is not None
    assert db.session.scalar(select(func.count()).select_from(Occasion).where(Occasion.kind == "survey")) == 1


def test_the_reminder_comes_four_days_after_the_letter(trip, now):
    live(now - timedelta(days=1), 2)
    (step,) = db.session.scalars(select(Touch).where(Touch.step_code == "survey_reminder"))
    assert (step.due_on, step.status) == (now.date() + timedelta(days=3), "planned")


@pytest.mark.slow
def test_who_has_answered_is_not_reminded(trip, now):
    live(now - timedelta(days=1), 2)
    reply(db.session.get_one(Trip, trip.id), 8, now=now + timedelta(days=1))
    (step,) = db.session.scalars(select(Touch).where(Touch.step_code == "survey_reminder"))
    assert (step.status, step.reason) == ("cancelled", "answered")
    live(now + timedelta(days=1), 12)
    assert letters("survey_reminder") == []


@pytest.mark.slow
def test_an_answer_before_the_reminder_is_planned_leaves_nothing_to_plan(trip, now):
    tick(now=now - timedelta(days=1))
    assert len(letters("welcome_home")) == 1
    reply(db.session.get_one(Trip, trip.id), 8, now=now - timedelta(hours=23))
    live(now - timedelta(hours=22), 10)
    assert letters("survey_reminder") == []
    assert db.session.scalar(select(func.count()).select_from(Occasion).where(Occasion.kind == "survey")) == 0


@pytest.mark.slow
def test_who_cancels_is_not_reminded(trip, cast, now):
    live(now - timedelta(days=1), 2)
    cancel_trip(db.session.get_one(Trip, trip.id), reason="", actor=actor_of(cast.olga), now=now + timedelta(days=1))
    live(now + timedelta(days=1), 10)
    assert letters("survey_reminder") == []


def test_who_complains_is_not_reminded(trip, now, monkeypatch):
    live(now - timedelta(days=1), 2)
    monkeypatch.setattr(asking, "has_open", lambda client_id: client_id == trip.client_id)
    figures = look_after_surveys(now=now + timedelta(days=1))
    assert figures["survey_quiet"] == 1
    (step,) = db.session.scalars(select(Touch).where(Touch.step_code == "survey_reminder"))
    assert (step.status, step.reason) == ("cancelled", "complains")


@pytest.mark.slow
def test_even_a_reminder_that_is_due_this_moment_asks_first_whether_it_may(trip, now, monkeypatch):
    live(now - timedelta(days=1), 2)
    monkeypatch.setattr("webapp.surveys.actions.asking._fall_silent", lambda now: 0)
    monkeypatch.setattr(asking, "has_open", lambda client_id: True)
    live(now + timedelta(days=1), 10)
    (step,) = db.session.scalars(select(Touch).where(Touch.step_code == "survey_reminder"))
    assert (step.status, step.reason) == ("skipped", "no-value")


def test_looking_after_surveys_twice_changes_nothing(trip, now):
    live(now - timedelta(days=1), 1)
    assert look_after_surveys(now=now)["survey_reminders"] == 0
    assert len(asks()) == 1


def test_a_survey_of_another_service_takes_the_place_of_ours(trip, cast, now):
    use_elsewhere(OTHER, actor=actor_of(cast.anna), now=now - timedelta(days=2))
    live(now - timedelta(days=1), 12)
    (text,) = letters("welcome_home")
    assert OTHER in text and "/s/" not in text
    assert asks() == [] and letters("survey_reminder") == []


def test_two_who_set_it_for_the_first_time_at_the_same_moment_are_one_after_the_other(app, cast, now):
    anna = actor_of(cast.anna)
    at_once(app, 6, lambda n: use_elsewhere(f"https://a{n}.example/", actor=anna, now=now))
    assert setting(SETTING)["url"].startswith("https://a")


def test_a_letter_about_no_trip_has_no_survey(trip, now):
    assert survey_link(trip.client_id, source="client:1", facts={}, now=now) is None
    assert survey_link(trip.client_id, source="touch:999999", facts={}, now=now) is None


def test_nobody_gets_the_survey_of_somebody_else(trip, cast, now):
    other = home(cast, now, number=2, last="Петрова")
    step = touches(trip)["welcome_home"]
    with transaction():
        assert survey_link(other.client_id, source=source_key(step.id), facts={}, now=now) is None


def test_previews_make_no_links(browse, cast, trip):
    before = db.session.scalar(select(func.count()).select_from(PersonalLink))
    page = browse(cast.anna).get("/admin/letters")
    assert page.status == 200 and db.session.scalar(select(func.count()).select_from(PersonalLink)) == before
