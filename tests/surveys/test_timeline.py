"""Surveys and reviews in a client's timeline: asked, answered with a score, changed, a review written and taken back."""

from datetime import UTC, datetime, timedelta

import pytest
from survey_make import CONSENT, asked, home, reply, reviews, token_of

from webapp.clients.links import find_link
from webapp.db import db, transaction
from webapp.kit import clock
from webapp.staff.audit import actor_of
from webapp.surveys.actions.answering import change_review
from webapp.surveys.actions.asking import ask, hand_over
from webapp.surveys.actions.reviewing import withdraw
from webapp.touches.models import Touch
from webapp.trips.models import Trip

NOON = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def later(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOON + timedelta(days=2))


@pytest.fixture
def trip(cast, now):
    return home(cast, now)


def lines(browse, who, trip):
    """(title with what it is about, note, what stands at its end, where it leads), the newest first."""
    db.session.rollback()
    section = browse(who).get(f"/clients/{trip.client_id}").root.one("section", aria_labelledby="timeline-title")
    found = []
    for line in section.all("li"):
        said = [part.text for part in line.one("div").all("p")]
        if any(word in said[0] for word in ("прошла поездка", "анкету", "тзыв")):
            found.append((*said, line.one(class_="line-end").text, [a.attrs["href"] for a in line.all("a")]))
    return found


def test_it_tells_what_was_asked_answered_and_written(browse, cast, trip, now):
    asked(trip, NOON)
    reply(trip, 4, now=NOON + timedelta(hours=1), text="Шумно")
    reply(trip, 9, now=NOON + timedelta(hours=2), text="Всё исправили")
    link = find_link("survey", token_of(trip, now), now=now)
    change_review(link, "Всё исправили за день", sign="name", consent=CONSENT, now=NOON + timedelta(hours=3))
    (row,) = reviews()
    withdraw(row.id, actor=actor_of(cast.irina), now=NOON + timedelta(hours=4))
    way, review = [f"/trips/{trip.id}#survey"], [f"/reviews/{row.id}"]
    assert lines(browse, cast.olga, trip) == [
        ("Отзыв убран по просьбе клиента Анталья", cast.irina.name, review),
        ("Клиент написал отзыв Анталья", "", review),
        ("Клиент изменил ответ на анкету Анталья", "Всё исправили", "9 из 10", way),
        ("Клиент ответил на анкету Анталья", "Шумно", "4 из 10", way),
        ("Спросили, как прошла поездка Анталья", "", way)]


def test_a_letter_that_waits_has_asked_nobody_and_a_link_handed_over_has(browse, cast, trip):
    with transaction() as session:
        touch = session.query(Touch).filter_by(occasion_id=trip.occasion_id, step_code="welcome_home").one()
        ask(session.get_one(Trip, trip.id), touch_id=touch.id, now=NOON)
    assert lines(browse, cast.olga, trip) == []
    other = home(cast, NOON, number=2)
    hand_over(db.session.get_one(Trip, other.id), actor=actor_of(cast.olga), now=NOON)
    assert [line[0] for line in lines(browse, cast.olga, other)] == ["Спросили, как прошла поездка Анталья"]


def test_long_words_are_cut(browse, cast, trip):
    reply(trip, 7, now=NOON, text="а" * 500)
    assert lines(browse, cast.olga, trip)[0][1] == "а" * 200 + "…"
