"""The page of an invitation: light, in the reader's language, the same answer to everybody, and nothing without consent."""

import secrets
import statistics
import time
from datetime import timedelta

import make
import pytest
from crowd import at_once
from friend_make import FRIEND, calls
from page import Browser
from sqlalchemy import event, func, select

from webapp.batches.actions import beat
from webapp.clients.models import consent_log, consents_of, holders
from webapp.club import friends as friend_questions
from webapp.club.actions import friends, knocking
from webapp.club.actions.inviting import close_invitation, invitation
from webapp.club.actions.knocking import KEPT, look_at_knocks, tidy_knocks
from webapp.club.integrity import faults
from webapp.club.inviting import code_of
from webapp.club.models import FriendKnock, Referral
from webapp.db import db, transaction
from webapp.desk.actions import look
from webapp.desk.person.actions import erase_person
from webapp.kit import clock
from webapp.staff.audit import actor_of
from webapp.staff.models import Setting
from webapp.touches.models import Touch

GOOD = {"name": "Мария Кузнецова", "phone": "8 (916) 111-00-01", "wish": "На море в мае", "agree": "y"}


@pytest.fixture
def anna(cast, now):
    return make.client(cast.main, last="Преображенская", manager=cast.olga, now=now)


@pytest.fixture
def url(anna, now):
    invitation(anna.id, now=now)
    return f"/i/{code_of(anna.id)}"


def from_address(person):
    """Somebody at a network address of their own: what is limited by addresses is counted anew."""
    # Drawn anew: a Redis that counts outlives the tests.
    person.http.environ_base["REMOTE_ADDR"] = f"fd00::{secrets.token_hex(2)}:{secrets.token_hex(2)}:{secrets.token_hex(2)}"
    return person


@pytest.fixture
def visitor(browse, now, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: now)
    return from_address(browse())


def knocks() -> list[FriendKnock]:
    db.session.rollback()
    return list(db.session.scalars(select(FriendKnock).order_by(FriendKnock.id)))


def referrals() -> list[Referral]:
    return list(db.session.scalars(select(Referral).order_by(Referral.id)))


def test_the_page_says_who_invites_by_first_name_alone_and_what_both_get(url, visitor):
    page = visitor.get(url)
    assert page.status == 200 and page.h1 == "Анна приглашает вас в путешествие"
    assert "500 бонусов" in page.text and "1 000 бонусов" in page.text.replace("\u00a0", " ")
    for private in ("Преображенская", "916 000", "anna@example.com"):
        assert private not in page.html


def test_the_page_is_light_without_scripts_and_hidden_from_search(url, visitor):
    page = visitor.get(url)
    assert len(page.html.encode()) < 30 * 1024 and "<script" not in page.html
    assert page.headers["X-Robots-Tag"] == "noindex, nofollow" and page.headers["Referrer-Policy"] == "no-referrer"


def test_nobody_agrees_beforehand(url, visitor):
    page = visitor.get(url)
    assert "checked" not in page.html


@pytest.mark.parametrize(("reads", "lang", "speaks"), [
    ("en-GB,en;q=0.9,ru;q=0.5", "", "en"), ("ru-RU,ru;q=0.9,en;q=0.8", "", "ru"), ("de, en;q=0.3", "", "en"),
    ("de,fr", "", "ru"), ("*", "", "ru"), ("", "", "ru"), ("en;q=0, ru;q=0", "", "ru"), ("en-GB", "ru", "ru"),
    ("ru", "en", "en"), ("ru", "xx", "ru")])
def test_the_page_speaks_what_the_browser_reads_or_what_was_chosen(url, visitor, reads, lang, speaks):
    for path in (url, f"{url}?sent=1", "/i/KM7Q2ABC"):
        asked = f"{path}{'&' if '?' in path else '?'}lang={lang}" if lang else path
        page = visitor.get(asked, headers={"Accept-Language": reads} if reads else {})
        assert page.root.one("html").attrs["lang"] == speaks and "Accept-Language" in page.headers["Vary"]


def test_an_agency_that_works_in_english_is_read_by_germans_in_english(url, visitor):
    with transaction() as session:
        session.merge(Setting(key="language", value="en"))
    assert visitor.get(url, headers={"Accept-Language": "de"}).root.one("html").attrs["lang"] == "en"


def test_the_language_is_switched_by_a_link_and_stays_with_the_form(url, visitor, anna, now):
    page = visitor.get(url)
    switch = page.root.one("nav", aria_label="Язык")
    assert switch.text == "Русский / English" and switch.one("span").attrs["lang"] == "ru"
    english = visitor.get(url + switch.one("a").attrs["href"])
    assert english.h1 == "Анна invites you to travel"
    action = english.root.one(id="form").attrs["action"]
    wrong = visitor.post(action, {**GOOD, "phone": ""})
    assert wrong.status == 422 and "Please write your phone" in wrong.text
    assert wrong.root.one("nav", aria_label="Language").one("a").attrs["href"] == "?lang=ru"
    assert visitor.follow(action, GOOD).h1 == "Thank you, we will call you"
    look_at_knocks(now=now)
    friend = referrals()[0].friend
    assert friend.language == "en" and {e.text_version[-3:] for e in consent_log(friend.id)} == {"-en"}


def test_who_has_no_first_name_is_a_friend(cast, visitor, now):
    nameless = make.client(cast.main, last="Петров", first="", phone="+79160000009", now=now)
    invitation(nameless.id, now=now)
    assert visitor.get(f"/i/{code_of(nameless.id)}").h1 == "Друг приглашает вас в путешествие"


def test_a_friend_sends_the_form_and_is_thanked(url, visitor, cast, now):
    page = visitor.follow(url, GOOD | {"sms": "y"})
    assert page.h1 == "Спасибо, позвоним"
    look(now=now)
    (row,) = referrals()
    friend = row.friend
    assert (row.phone, row.wish, friend.first_name, friend.manager_id) == (
        FRIEND, "На море в мае", "Мария", cast.olga.id)
    assert consents_of(friend.id)["sms"].marketing and {e.how for e in consent_log(friend.id)} == {"invitation"}
    assert len(calls()) == 1


def test_without_consent_nothing_is_kept(url, visitor):
    page = visitor.post(url, {**GOOD, "agree": ""})
    assert page.status == 422 and "Без согласия" in page.text and "На море в мае" in page.html
    assert knocks() == []


@pytest.mark.parametrize(("field", "value", "said"), [
    ("name", "", "как вас зовут"), ("phone", "", "Напишите телефон"), ("phone", "позвоните", "не номер телефона"),
    ("wish", "ы" * 501, "501")])
def test_what_is_wrong_is_said_and_what_was_typed_stays(url, visitor, field, value, said):
    page = visitor.post(url, {**GOOD, field: value})
    assert page.status == 422 and said in page.text and knocks() == []
    assert GOOD["name" if field != "name" else "wish"] in page.html


def test_a_machine_that_fills_every_field_is_thanked_and_forgotten(url, visitor):
    page = visitor.follow(url, GOOD | {"website": "https://spam.example"})
    assert page.h1 == "Спасибо, позвоним" and knocks() == []


def phone_of(who, visitor, url, cast, now):
    """A phone of somebody who is new, known in one of several ways, or came already."""
    if who == "known":
        old = make.client(cast.main, last="Кузнецова", phone=FRIEND, email=None, now=now)
        make.trip(old, purchase=now.date(), departure=now.date(), back=now.date(), seller=None, now=now)
    elif who == "repeat":
        visitor.post(url, GOOD)
        look_at_knocks(now=now)
    return {"new": "+79167777777", "self": "+79160000001"}.get(who, FRIEND)


@pytest.mark.parametrize("who", ["new", "self", "known", "repeat"])
def test_the_answer_is_the_same_whoever_it_is(app, url, visitor, anna, cast, now, who):
    phone = phone_of(who, visitor, url, cast, now)
    answer = visitor.post(url, {**GOOD, "phone": phone})
    assert (answer.status, answer.location) == (303, f"{url}?sent=1")
    assert visitor.get(answer.location).h1 == "Спасибо, позвоним"


def test_the_page_asks_the_database_the_same_whoever_it_is(url, visitor, cast, now):
    """Known, asked for twice, the inviter's own, or new: the same statements, and none that looks for a phone."""
    trails = {}
    for who in ("new", "self", "known", "repeat"):
        phone, seen = phone_of(who, visitor, url, cast, now), []

        def note(_connection, _cursor, statement, *_rest, seen=seen):
            seen.append(statement)
        event.listen(db.engine, "before_cursor_execute", note)
        try:
            assert visitor.post(url, {**GOOD, "phone": phone}).status == 303
        finally:
            event.remove(db.engine, "before_cursor_execute", note)
        trails[who] = seen
        look_at_knocks(now=now)
    assert len(trails["new"]) > 3 and all(trail == trails["new"] for trail in trails.values())
    assert not [line for line in trails["new"] if "phone.e164 =" in line or "phone.e164 IN" in line or "referral" in line or "touch" in line]


def test_the_answer_takes_as_long_for_unknown_phones_as_for_known_ones(url, visitor, cast, now, monkeypatch):
    monkeypatch.setattr(knocking, "MOST_A_DAY", 10_000)
    known = phone_of("known", visitor, url, cast, now)
    spent = {known: [], "+79168888888": []}
    for turn in range(36):
        from_address(visitor)
        for phone in (list(spent) if turn % 2 else list(spent)[::-1]):
            started = time.perf_counter()
            visitor.http.post(url, data={**GOOD, "phone": phone})
            spent[phone].append(time.perf_counter() - started)
    medians = [statistics.median(times[4:]) for times in spent.values()]
    assert 0.6 < medians[0] / medians[1] < 1.6


def test_who_comes_while_the_worker_is_silent_is_looked_at_later_as_of_that_moment(url, visitor, anna, cast, now):
    visitor.post(url, GOOD | {"call": "y"})
    later = now + timedelta(days=5)
    # Meanwhile the friend was met elsewhere and bought: they came first all the same.
    friend = make.client(cast.main, last="Кузнецова", phone=FRIEND, email=None, now=later)
    make.trip(friend, purchase=later.date(), departure=later.date(), back=later.date(), seller=None, now=later)
    look(now=later)
    (row,), (call,) = referrals(), calls()
    assert (row.state, row.friend_id, row.created_at) == ("new", friend.id, now)
    assert call.created_at == now and look_at_knocks(now=later) == 0


def test_what_was_written_is_kept_once_and_then_forgotten(url, visitor, now):
    visitor.post(url, GOOD | {"sms": "y"})
    (row,) = knocks()
    assert (row.name, row.phone, row.wish, row.news) == ("Мария Кузнецова", FRIEND, "На море в мае", "sms")
    assert row.address and row.data_text.startswith("data-") and tidy_knocks(now=now + KEPT) == 0, "it waits"
    look_at_knocks(now=now)
    (row,) = knocks()
    assert (row.name, row.phone, row.wish, row.news, row.address) == ("",) * 5 and row.looked_at == now
    assert tidy_knocks(now=now) == 0 and tidy_knocks(now=now + KEPT) == 1 and knocks() == []


def test_the_versions_of_the_consents_are_those_that_were_read(url, visitor, now):
    visitor.post(url, GOOD | {"sms": "y"})
    (read,) = knocks()
    look_at_knocks(now=now)
    log = {entry.channel: entry.text_version for entry in consent_log(referrals()[0].friend_id)}
    assert log == {"data": read.data_text, "sms": read.news_text}


def test_a_friend_who_cannot_be_taken_in_holds_up_nobody_and_is_tried_again(url, visitor, now, monkeypatch):
    for phone in (FRIEND, "+79162220002"):
        visitor.post(url, {**GOOD, "phone": phone})
    whole = friends.come

    def breaks(inviter_id, coming, agreed, *, now):
        if coming.phone == FRIEND:
            raise RuntimeError("a fault")
        return whole(inviter_id, coming, agreed, now=now)
    monkeypatch.setattr(knocking, "come", breaks)
    assert look_at_knocks(now=now) == 1 and [row.phone for row in referrals()] == ["+79162220002"]
    beat("worker", now=now + timedelta(hours=2))
    assert [line for line in faults() if "still waits" in line]
    monkeypatch.setattr(knocking, "come", whole)
    assert look_at_knocks(now=now) == 1 and {row.phone for row in referrals()} == {FRIEND, "+79162220002"}
    assert not [line for line in faults() if "still waits" in line]


def test_two_workers_take_a_friend_in_once(app, url, visitor, now):
    for number in range(6):
        visitor.post(url, {**GOOD, "phone": f"+791622200{number:02d}"})
    assert sum(at_once(app, 3, lambda _number: look_at_knocks(now=now))) == 6
    assert len(referrals()) == 6 and len(calls()) == 6


def test_whoever_waits_is_called_although_the_inviter_was_erased(url, visitor, anna, cast, now):
    visitor.post(url, GOOD)
    erase_person(anna, actor=actor_of(cast.boris), now=now)
    look(now=now)
    assert len(calls()) == 1 and holders([FRIEND])


@pytest.mark.parametrize("code", ["no-such", "KM7Q2ABC", "KM7Q2ABC9", "1", "а" * 300])
def test_unknown_codes_open_a_friendly_page_that_is_not_there(visitor, code):
    page = visitor.get(f"/i/{code}")
    assert (page.status, page.h1) == (404, "Приглашение кончилось, но мы рады вам")
    assert visitor.post(f"/i/{code}", GOOD).status == 404


def test_a_closed_invitation_looks_like_an_unknown_one(url, anna, visitor, cast, now):
    close_invitation(anna, actor=actor_of(cast.olga), now=now)
    page = visitor.get(url)
    unknown = visitor.get("/i/KM7Q2ABC")
    assert (page.status, page.html) == (unknown.status, unknown.html) and "Преображенская" not in page.html
    assert visitor.post(url, GOOD).status == 404 and knocks() == []


def test_ten_presses_at_the_same_moment_are_one_referral(app, url, now):
    def press(_number):
        return from_address(Browser(app)).http.post(url, data=GOOD).status_code
    assert at_once(app, 10, press) == [303] * 10
    look_at_knocks(now=clock.now())
    assert len(referrals()) == 1 and len(calls()) == 1 and len(holders([FRIEND])) == 1


def test_after_thirty_friends_a_day_the_page_asks_for_a_call(url, visitor, now, monkeypatch):
    for number in range(30):
        from_address(visitor).post(url, {**GOOD, "phone": f"+7916222{number:04d}"})
    page = from_address(visitor).post(url, {**GOOD, "phone": "+79163330000"})
    assert page.status == 429 and page.h1 == "Позвоните нам, пожалуйста"
    assert look_at_knocks(now=now) == 30 == len(referrals())
    monkeypatch.setattr(clock, "now", lambda: now + friend_questions.A_DAY)
    assert visitor.post(url, {**GOOD, "phone": "+79163330000"}).status == 303, "a day later it is open again"


def test_looking_at_the_page_changes_nothing(url, visitor):
    before = db.session.scalar(select(func.count()).select_from(Touch))
    for _ in range(3):
        visitor.get(url)
    assert db.session.scalar(select(func.count()).select_from(Touch)) == before and knocks() == []


def test_an_agency_that_gives_no_points_promises_none(url, visitor):
    with transaction() as session:
        session.merge(Setting(key="club", value={"inviter_points": 0, "friend_points": 0}))
    page = visitor.get(url)
    assert "бонус" not in page.root.one("main").text and "Расскажите, куда хочется поехать" in page.text


def test_one_address_sends_the_form_so_often_and_guesses_so_often(url, browse):
    pushy, guesser = from_address(browse()), from_address(browse())
    sent = [pushy.post(url, {"name": ""}).status for _ in range(21)]
    assert sent == [422] * 20 + [429] and knocks() == []
    guessed = [guesser.get(f"/i/KM7Q{number:04d}".replace("0", "A").replace("1", "B")).status for number in range(31)]
    assert guessed == [404] * 30 + [429]
    assert from_address(browse()).get(url).status == 200
