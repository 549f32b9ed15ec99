"""«A survey waits for you» on the page of a card: shown while one is owed, opened by one press, and never telling whose it is."""

from datetime import UTC, datetime, timedelta

import club_make
import pytest
from complaint_visitor import from_address
from crowd import at_once
from page import Browser
from sqlalchemy import func, select
from survey_make import answers, asked, home, reply

from webapp.clients.actions import make_link
from webapp.clients.models import PersonalLink
from webapp.club.card_links import CARD
from webapp.complaints.actions.receiving import Intake, receive
from webapp.db import db, transaction
from webapp.kit import clock
from webapp.staff.audit import actor_of
from webapp.staff.models import Setting
from webapp.surveys.links import SETTING, SURVEY
from webapp.surveys.rules import ANSWER_FOR
from webapp.trips.actions import cancel_trip

FRIDAY = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
WAITS = "Вас ждёт анкета"


@pytest.fixture
def at(monkeypatch):
    """`at(moment)`: the pages are opened then."""
    def turn(moment):
        monkeypatch.setattr(clock, "now", lambda: moment)
    turn(FRIDAY)
    return turn


@pytest.fixture
def trip(cast, now):
    found = home(cast, now, last="Преображенская", number=1)
    asked(found, FRIDAY)
    return found


@pytest.fixture
def url(trip, cast, now, at):
    club_make.card(trip.client, cast.main, points=1840, now=now)
    with transaction():
        return f"/b/{make_link(CARD, trip.client_id, now=now)}"


@pytest.fixture
def visitor(browse):
    return from_address(browse())


def surveys():
    """Links to surveys there are."""
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(PersonalLink).where(PersonalLink.purpose == SURVEY))


def test_who_owes_an_answer_is_led_to_the_survey_by_one_press(url, visitor, trip, at):
    before = surveys()
    page = visitor.get(url)
    assert WAITS in page.text and len(page.html.encode()) < 30 * 1024 and surveys() == before, "looking makes nothing"
    page = visitor.follow(page.root.one("section", aria_labelledby="survey").one("form").attrs["action"], {})
    assert page.h1 == "Как прошла поездка?" and surveys() == before + 1
    visitor.follow(page.root.one("form", id="form").attrs["action"], {"score": "8", "text": "Хорошо"})
    assert [row.score for row in answers()] == [8]
    assert WAITS not in visitor.get(url).text


def test_the_language_chosen_on_the_page_of_the_card_stays_in_the_survey(url, visitor):
    page = visitor.get(f"{url}?lang=en")
    page = visitor.follow(page.root.one("section", aria_labelledby="survey").one("form").attrs["action"], {})
    assert page.root.one("html").attrs["lang"] == "en" and page.h1 == "How was your trip?"


def test_neither_place_nor_names_are_told_to_whoever_holds_the_card(url, visitor, trip, cast, at):
    page = visitor.follow(f"{url}/survey", {})
    here = page.root.one("form", id="form").attrs["action"]
    for shown in (visitor.get(url), page, visitor.post(here, {"score": "x"}), visitor.follow(here, {"score": "9"}),
                  visitor.get(f"{here}/change"), visitor.get(f"{here}/review")):
        for private in ("Преображенская", "Анна", "Анталья", "916000", "client1@", cast.olga.name):
            assert private not in shown.html, private
    (row,) = answers()
    assert row.sign == "anonymous"


def test_the_link_made_there_is_over_after_a_day(url, visitor, at):
    here = visitor.follow(f"{url}/survey", {}).root.one("form", id="form").attrs["action"]
    assert visitor.get(here).status == 200
    at(FRIDAY + timedelta(days=1, minutes=1))
    assert visitor.get(here).status == 404


def _nobody_asked(trip, cast, now):
    db.session.execute(db.metadata.tables["survey_ask"].delete())
    db.session.commit()


def _answered(trip, cast, now):
    reply(trip, 10, now=FRIDAY)


def _cancelled(trip, cast, now):
    cancel_trip(trip, reason="client", actor=actor_of(cast.boris), now=now)


def _complains(trip, cast, now):
    receive(Intake(client=trip.client, source="phone", story="Шум"), actor=actor_of(cast.irina), now=FRIDAY)


def _elsewhere(trip, cast, now):
    with transaction() as session:
        session.merge(Setting(key=SETTING, value={"url": "https://survey.example.com/x"}))


@pytest.mark.parametrize("why", [_nobody_asked, _answered, _cancelled, _complains, _elsewhere])
def test_nothing_waits_where_nothing_is_to_be_asked(url, visitor, trip, cast, now, why):
    why(trip, cast, now)
    assert WAITS not in visitor.get(url).text
    before = surveys()
    page = visitor.follow(f"{url}/survey", {})
    assert page.h1 == "На вашей карте" and surveys() == before


def test_after_half_a_year_nobody_is_asked_any_more(url, visitor, at):
    at(FRIDAY + ANSWER_FOR)
    assert WAITS not in visitor.get(url).text


def test_a_link_that_opens_nothing_makes_nothing(visitor, at):
    assert visitor.post("/b/ExampLeExampLeExampLeX/survey", {}).status == 404
    assert visitor.get("/b/ExampLeExampLeExampLeX/survey").status == 405


def test_ten_presses_and_ten_answers_at_once_are_one_answer(app, url, trip, at):
    def press(_number):
        http = from_address(Browser(app)).http
        here = http.post(f"{url}/survey").headers["Location"]
        # Who comes after the first answer is led back to the card.
        return http.post(here, data={"score": "8"}).status_code if here.startswith("/s/") else 303
    assert set(at_once(app, 10, press)) == {303}
    db.session.rollback()
    assert len(answers()) == 1
