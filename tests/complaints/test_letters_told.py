"""What letters about a complaint promise, when they really leave, and which of them are called off."""

from datetime import UTC, datetime, timedelta

import make
import pytest
from complaint_make import bring_to, complaint, step
from post.making import mode
from sqlalchemy import select

from webapp.complaints import step_rules as rules
from webapp.complaints.actions import answer, ask_again, reply
from webapp.complaints.due_words import leaves_words
from webapp.db import db
from webapp.kit import clock
from webapp.post import actions as post
from webapp.post import wording
from webapp.post.models import Message
from webapp.staff.audit import actor_of

NIGHT = datetime(2026, 11, 20, 20, 0, tzinfo=UTC)
"""23:00 in Moscow: nothing leaves before the morning."""


@pytest.fixture
def person(cast, now):
    mode("live", now)
    return make.client(cast.main, manager=cast.olga, now=now)


@pytest.fixture
def irina(cast):
    return actor_of(cast.irina)


@pytest.fixture
def boris(cast):
    return actor_of(cast.boris)


def letter(row, event):
    """The newest letter of an event."""
    db.session.expire_all()
    return db.session.scalars(select(Message).where(Message.source.startswith(f"complaint:{row.id}:{event}")).order_by(
        Message.id.desc())).first()


@pytest.mark.parametrize(("language", "came", "says"), [
    ("ru", "09:00", "До 16:00 сегодня мы расскажем"),
    ("en", "09:00", "By 16:00 today we will tell you"),
    # After hours, on a Friday evening: the letter leaves on Saturday, the office opens on Monday.
    ("ru", "20:00", "До 14:00 23 ноября мы расскажем"),
])
def test_the_first_letter_names_the_hour_and_today_by_its_name(cast, person, language, came, says):
    now = datetime.fromisoformat(f"2026-11-20T{came}+00:00")
    row = complaint(person, now=now, language=language)
    assert says in letter(row, "received").text


def test_a_day_that_has_passed_is_promised_in_no_letter(cast, person, irina, now):
    row = complaint(person, now=now, draft=True)
    step(row, "confirm", irina, now + timedelta(days=7))
    assert "мы расскажем" not in letter(row, "received").text
    step(row, "tell", irina, now + timedelta(days=30))
    assert "не позже" not in letter(row, "tell").text


def test_how_it_is_handled_promises_the_day_of_the_decision_as_the_page_does(cast, person, irina, now):
    row = complaint(person, now=now)
    step(row, "tell", irina, now)
    assert "Решение вы узнаете не позже 27 ноября." in letter(row, "tell").text
    assert "25 ноября" not in letter(row, "tell").text, "the day by which we look into it is our own"


def test_the_second_decision_promises_no_third_look(cast, person, irina, boris, now):
    row = bring_to(complaint(person, now=now), rules.RESOLVED, irina, now)
    first = letter(row, "resolve").text
    answer(row.id, "no", now=now + timedelta(hours=1))
    bring_to(row, rules.RESOLVED, boris, now + timedelta(hours=2))
    second = letter(row, "resolve").text
    ask_again(row.id, actor=boris, now=now + timedelta(hours=3))
    assert "ещё раз рассмотрит руководитель" in first
    for text in (second, letter(row, "ask").text):
        assert "рассмотрит" not in text and "окончательное" in text


def test_a_decision_that_waits_over_night_is_called_off_once_the_client_says_no(cast, person, irina, boris):
    row = bring_to(complaint(person, now=NIGHT), rules.RESOLVED, irina, NIGHT)
    post.deliver(now=NIGHT + timedelta(minutes=1))
    assert letter(row, "resolve").state == "queued"
    answer(row.id, "no", now=NIGHT + timedelta(minutes=2))
    old = letter(row, "resolve")
    assert (old.state, old.last_code) == ("cancelled", "looked-again")
    assert "ещё раз" in wording.reason(old.state, old.last_code)
    bring_to(row, rules.RESOLVED, boris, NIGHT + timedelta(minutes=5))
    waiting = db.session.scalars(select(Message.source).where(
        Message.source.startswith(f"complaint:{row.id}:resolve"), Message.state == "queued")).all()
    assert len(waiting) == 1, "the client reads one decision"


@pytest.mark.parametrize("word", ["yes", "partly"])
def test_a_question_that_is_answered_already_does_not_leave(cast, person, irina, word):
    row = bring_to(complaint(person, now=NIGHT), rules.RESOLVED, irina, NIGHT)
    ask_again(row.id, actor=irina, now=NIGHT)
    answer(row.id, word, now=NIGHT)
    assert letter(row, "ask").state == "cancelled" and letter(row, "resolve").state == "queued"


def test_what_was_no_complaint_gets_no_number_by_letter(cast, person, boris):
    row = complaint(person, now=NIGHT)
    step(row, "void", boris, NIGHT)
    assert letter(row, "received").state == "cancelled"


@pytest.mark.parametrize(("at", "says"), [
    ("2026-11-20T09:00", "через 15 секунд"), ("2026-11-20T20:00", "завтра в 09:00"),
    ("2026-11-20T23:00", "сегодня в 09:00")])
def test_whoever_writes_is_told_when_it_really_leaves(browse, cast, person, irina, monkeypatch, at, says):
    now = datetime.fromisoformat(f"{at}+00:00")
    monkeypatch.setattr(clock, "now", lambda: now)
    row = complaint(person, now=now)
    page = browse(cast.irina)
    data = {node.attrs["name"]: node.attrs.get("value", "") for form in page.get(f"/complaints/{row.id}").root.all("form")
            if form.attrs.get("action") == f"/complaints/{row.id}/reply" for node in form.all("input", type="hidden")}
    assert says in page.follow(f"/complaints/{row.id}/reply", data | {"text": "Разбираемся"}).text


def test_a_letter_that_sending_holds_back_is_said_to_wait(app, cast, person, irina, now):
    mode("held", now)
    row = complaint(person, now=now)
    reply(row.id, "Разбираемся", key="held", actor=irina, now=now)
    assert "включат" in leaves_words(letter(row, "word"), "Europe/Moscow", now)
