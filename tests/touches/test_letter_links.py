"""Personal links that rooms on the right make: one per letter that names it, in its transaction, and nowhere else."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import make
import pytest
from sqlalchemy import select, update

from webapp.clients.actions import make_link
from webapp.clients.links import CONSENT, example_url, url_of
from webapp.clients.models import Client, PersonalLink
from webapp.db import db, transaction
from webapp.letters.checks import Kind, warnings_of
from webapp.letters.drafts import Words
from webapp.letters.liquid_text import compile_letter
from webapp.letters.models import Letter
from webapp.letters.placeholders import REGISTRY, Registry
from webapp.letters.store import letter_in_force
from webapp.post import actions as post
from webapp.post.models import Message
from webapp.staff.audit import job
from webapp.touches import writing
from webapp.touches.actions.sending import queue_due
from webapp.touches.letter_links import LetterLinks
from webapp.touches.models import Occasion, Touch

SOLD = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
WITH_LINK, WITHOUT = "welcome_home", "packing"


@pytest.fixture
def links(app, monkeypatch):
    """A register of its own with all placeholders and no links but those of the test."""
    registry = Registry()
    for item in REGISTRY:
        registry.placeholder(item.code, item.name_ru, item.group, item.example_ru, item.example_en)(item.source)
    found = LetterLinks(registry)
    for place in ("touches.writing", "letters.checks", "desk.letter_preview"):
        monkeypatch.setattr(f"webapp.{place}.REGISTRY", registry)
    monkeypatch.setattr(writing, "LINKS", found)
    return found


@pytest.fixture
def asked(links):
    """A link to a page that only Annas have; gives what it was asked with."""
    calls = []

    @links.letter_link("links.survey", example=lambda: example_url(CONSENT))
    def survey(client_id, *, source, facts, now):
        calls.append((client_id, source, facts["destination"], now))
        if db.session.get_one(Client, client_id).first_name != "Анна":
            return None
        return url_of(CONSENT, make_link(CONSENT, client_id, source=source, now=now))
    return calls


@pytest.fixture
def sell(cast):
    post.set_mode("trial", actor=job("test"), now=SOLD)

    def _sell(**more):
        return make.trip(make.client(cast.main, now=SOLD, **more), purchase=date(2026, 11, 2), seller=cast.olga,
                         departure=date(2026, 11, 20), back=date(2026, 11, 27), now=SOLD)
    return _sell


def written(trip, code):
    """The step after its moment, with its message or None."""
    step = select(Touch).where(Touch.occasion_id == trip.occasion_id, Touch.step_code == code)
    queue_due(now=db.session.scalars(step).one().send_at + timedelta(minutes=1))
    db.session.rollback()
    touch = db.session.scalars(step).one()
    return touch, db.session.scalar(select(Message).where(Message.source == f"touch:{touch.id}"))


def surveys():
    return db.session.scalars(select(PersonalLink).where(PersonalLink.purpose == CONSENT)).all()


def require(code, *names):
    with transaction() as session:
        session.execute(update(Letter).where(Letter.code == code).values(requires=list(names)))


def test_a_letter_that_names_the_link_gets_one_made_for_its_client_and_step(sell, asked):
    trip = sell()
    touch, message = written(trip, WITH_LINK)
    assert [(call[0], call[1], call[2]) for call in asked] == [(trip.client_id, f"touch:{touch.id}", "Анталья")]
    assert "/consent/" in message.text and example_url(CONSENT) not in message.text
    assert [row.source for row in surveys()] == [message.source]


def test_a_letter_that_does_not_name_it_costs_nothing(sell, asked):
    assert written(sell(), WITHOUT)[0].status == "queued"
    assert asked == [] and surveys() == []


def test_a_link_that_is_required_is_made_even_where_the_text_does_not_name_it(sell, asked):
    require(WITHOUT, "links.survey")
    assert written(sell(), WITHOUT)[0].status == "queued"
    assert len(asked) == 1


def test_who_has_no_such_page_reads_the_letter_without_it_or_does_not_get_one_that_requires_it(sell, asked):
    require(WITHOUT, "links.survey")
    trip = sell(first="Пётр")
    touch, message = written(trip, WITHOUT)
    assert (touch.status, touch.reason, message) == ("skipped", "no-value", None)
    touch, message = written(trip, WITH_LINK)
    assert touch.status == "queued" and "/consent/" not in message.text


def test_no_link_is_made_for_a_letter_that_will_not_go(sell, asked):
    require(WITH_LINK, "review.text", "links.survey")
    assert written(sell(), WITH_LINK)[0].reason == "no-value"
    assert asked == [] and db.session.scalars(select(PersonalLink)).all() == []


def test_a_message_that_cannot_be_stored_leaves_no_link_behind(sell, asked, monkeypatch):
    trip = sell()
    touch = db.session.scalars(select(Touch).where(Touch.occasion_id == trip.occasion_id,
                                                    Touch.step_code == WITH_LINK)).one()

    def broken(**_values):
        raise RuntimeError
    monkeypatch.setattr(post, "enqueue", broken)
    with pytest.raises(RuntimeError):
        queue_due(now=touch.send_at + timedelta(minutes=1))
    db.session.rollback()
    assert surveys() == []


@pytest.mark.parametrize("words", [writing.script_for, writing.chat_text_for])
def test_scripts_and_chats_make_no_links_and_show_no_example(sell, asked, monkeypatch, words):
    trip = sell()
    text = replace(letter_in_force("call_back", "ru"), compiled=compile_letter("", "Адрес: {{ links.survey }}!"))
    monkeypatch.setattr(writing, "letter_in_force", lambda *_code, **_more: text)
    occasion = db.session.get_one(Occasion, trip.occasion_id)
    said = (words(occasion, "x", "ru", now=SOLD).text if words is writing.script_for
            else words(occasion, "x", now=SOLD))
    assert said.strip() == "Адрес: !"
    assert asked == []


def test_the_preview_shows_an_address_as_long_as_the_real_one(sell, asked, browse, cast):
    trip = sell()
    letter = db.session.scalars(select(Letter).where(Letter.code == WITH_LINK)).one()
    page = browse(cast.anna).get(f"/admin/letters/{letter.id}?client={trip.client_id}")
    assert example_url(CONSENT) in page.html
    assert asked == []


def test_the_editor_says_that_nobody_has_it_only_until_a_room_makes_it(links):
    words, kind = Words("Имя", "Тема", "Ответьте: {{ links.survey }}, {{ links.photos }}."), Kind("email", "service")
    assert [(it.code, it.facts["names"]) for it in warnings_of(words, kind)] == [
        ("nobody-has", ["links.survey", "links.photos"])]
    links.letter_link("links.survey")(lambda client_id, *, source, facts, now: None)
    assert [(it.code, it.facts["names"]) for it in warnings_of(words, kind)] == [
        ("nobody-has", ["links.photos"]), ("hole", ["links.survey"])]


def test_a_link_is_made_in_one_way_only_and_must_be_declared(links):
    links.letter_link("links.survey")(lambda client_id, *, source, facts, now: None)
    for code in ("links.survey", "links.none"):
        with pytest.raises(ValueError):
            links.letter_link(code)(lambda client_id, *, source, facts, now: None)
    assert links.needed(["links.survey", "links.photos", "client.greeting"]) == {"links.survey"}
