"""The page on which clients choose their letters and the one-click address: what they change, and what never does."""

from datetime import timedelta

import make
import pytest
from post.making import consent, fresh, mode, write
from sqlalchemy import select

from webapp.clients import actions as clients
from webapp.clients.links import EXAMPLE_TOKEN, LETTERS
from webapp.clients.models import Consent, PersonalLink, consent_log
from webapp.db import db
from webapp.post import actions
from webapp.post.models import Suppression
from webapp.staff.audit import actor_of, job

SIZE = 30 * 1024


@pytest.fixture(autouse=True)
def trial(cast, now):
    """Letters wait for their moment, not for an administrator."""
    mode("trial", now)


@pytest.fixture
def reader(cast, now):
    """A client who agreed to news by e-mail."""
    row = make.client(cast.main, now=now)
    clients.set_consent(row, "give", ["email"], how="form", text_version="news-1-ru", actor=job("test"), now=now)
    return row


@pytest.fixture
def token(reader, now):
    return clients.make_link(LETTERS, reader.id, channel="email", source="touch:1", now=now)


@pytest.fixture
def visitor(browse):
    """A visitor without a session."""
    return browse()


def dump():
    """Everything the database holds."""
    db.session.rollback()
    return {table.name: sorted(map(str, db.session.execute(table.select()))) for table in db.metadata.sorted_tables}


def states(reader):
    db.session.rollback()
    return {row.channel: (row.marketing, row.trips_only, row.stopped) for row in
            db.session.scalars(select(Consent).where(Consent.client_id == reader.id))}


@pytest.mark.parametrize("tail", ["", "/now", "/text"])
def test_looking_changes_nothing(tail, token, visitor, app):
    before = dump()
    for method in ("GET", "HEAD", "OPTIONS"):
        answer = visitor.http.open(f"/u/{token}{tail}", method=method, headers={"Purpose": "prefetch", "User-Agent": "scanner"})
        assert answer.status_code == 200
    for method in ("PUT", "DELETE", "PATCH"):
        assert visitor.http.open(f"/u/{token}{tail}", method=method).status_code == 405
    assert dump() == before


def test_the_page_says_what_comes_and_shows_nobody_who_it_is(token, reader, visitor):
    seen = visitor.get(f"/u/{token}")
    assert "a•••@example.com" in seen.text and "о ваших поездках, новости и предложения" in seen.text
    for secret in ("anna@example.com", "Анна", "Иванова", "9160000001", f"/{reader.id}"):
        assert secret not in seen.html
    assert len(seen.html.encode()) <= SIZE and "<script" not in seen.html and "hx-" not in seen.html
    assert seen.headers["Cache-Control"] == "no-store" and seen.headers["Referrer-Policy"] == "no-referrer"
    assert seen.root.one("html").attrs["lang"] == "ru"


def test_the_page_speaks_the_language_of_the_client(cast, visitor, now):
    john = make.client(cast.main, last="Smith", first="John", language="en", phone=None, email="john@example.com", now=now)
    seen = visitor.get(f"/u/{clients.make_link(LETTERS, john.id, channel='email', now=now)}?lang=ru")
    assert seen.h1 == "Which letters shall we send you?" and seen.root.one("html").attrs["lang"] == "en"


@pytest.mark.parametrize(("step", "state", "klass", "words"), [
    ("withdraw", (False, False, False), "marketing", "только о ваших поездках"),
    ("trips", (False, True, False), "but-trips", "только напоминания о поездке"),
    ("stop", (False, False, True), "", "ничего не приходит"),
])
def test_what_is_chosen_holds_at_once(step, state, klass, words, token, reader, visitor, cast, now):
    news = write(cast.main, reader, now=now, klass="marketing", not_before=now + timedelta(hours=1))
    about, flight = (write(cast.main, reader, now=now, lane=lane, not_before=now + timedelta(hours=1)) for lane in (3, 2))
    done = visitor.follow(f"/u/{token}", {"step": step, "channels": ["email"]})
    assert "Готово. Эл. почта a•••@example.com" in done.text and words in done.text
    assert {"withdraw": "больше не будет", "trips": "Теперь придёт только", "stop": "Больше ничего не придёт"}[step] in done.text
    assert states(reader)["email"] == state
    kept = db.session.scalars(select(Suppression).where(Suppression.lifted_at.is_(None))).one()
    assert (kept.klass, kept.reason, kept.channel, kept.actor) == (klass, "unsubscribed", "email", "client")
    stopped = {"withdraw": 1, "trips": 2, "stop": 3}[step]
    assert [fresh(row).state for row in (news, about, flight)] == ["cancelled"] * stopped + ["queued"] * (3 - stopped)
    line = consent_log(reader.id)[0]
    assert (line.how, line.address, line.actor, line.given) == ("preferences", "127.0.0.1", "client", False)
    assert db.session.scalars(select(PersonalLink)).one().used_at is not None


def test_the_page_opens_with_what_holds_already(token, reader, visitor):
    for channels in (["email"], ["email", "sms"]):
        seen = visitor.follow(f"/u/{token}", {"step": "trips", "channels": channels})
        chosen = [box.attrs["value"] for box in seen.root.all("input", type="radio") if "checked" in box.attrs]
        assert chosen == ["trips"]


def test_the_same_words_twice_are_one_line_in_the_log(token, reader, visitor):
    for _time in range(2):
        visitor.follow(f"/u/{token}", {"step": "withdraw", "channels": ["email"]})
    assert [line.given for line in consent_log(reader.id)] == [False, True]


def test_both_channels_are_stopped_when_both_are_ticked(token, reader, visitor):
    visitor.follow(f"/u/{token}", {"step": "stop", "channels": ["email", "sms"]})
    assert states(reader) == {"email": (False, False, True), "sms": (False, False, True)}


@pytest.mark.parametrize("words", [{}, {"step": "withdraw"}, {"channels": ["email"]},
                                   {"step": "give", "channels": ["email"]}, {"step": "shout", "channels": ["email"]},
                                   {"step": "stop", "channels": ["fax"]}])
def test_an_unclear_wish_is_asked_again_and_changes_nothing(words, token, visitor):
    before = dump()
    assert visitor.post(f"/u/{token}", words).status == 422
    assert dump() == before


def test_letters_come_back_without_news_and_news_only_with_their_text(token, reader, visitor, cast, now):
    visitor.follow(f"/u/{token}", {"step": "stop", "channels": ["email"]})
    seen = visitor.follow(f"/u/{token}/return", {"r-step": "resume", "r-channels": ["email"]})
    assert "только о ваших поездках" in seen.text and states(reader)["email"] == (False, False, False)
    assert write(cast.main, reader, now=now).state == "queued"
    assert write(cast.main, reader, now=now, klass="marketing").state == "cancelled"
    assert "разрешаю" not in seen.text and "Согласие на новости" in visitor.get(f"/u/{token}/text").h1
    seen = visitor.follow(f"/u/{token}/return", {"r-step": "give", "r-channels": ["email"]})
    assert "о ваших поездках, новости и предложения" in seen.text
    assert consent_log(reader.id)[0].text_version == "news-1-ru"
    assert write(cast.main, reader, now=now, klass="marketing").state == "queued"


def test_what_the_agency_stopped_by_hand_the_client_cannot_lift(token, reader, visitor, cast, now):
    actions.suppress("anna@example.com", channel="email", reason="stop-list", note="суд", actor=job("test"), now=now)
    seen = visitor.get(f"/u/{token}")
    assert "мы сами перестали" in seen.text and "суд" not in seen.text
    visitor.post(f"/u/{token}/return", {"r-step": "resume", "r-channels": ["email"]})
    assert write(cast.main, reader, now=now).state == "cancelled"


def test_one_click_answers_200_without_a_redirect_and_stops_news_alone(token, reader, visitor, cast, now):
    news = write(cast.main, reader, now=now, klass="marketing", not_before=now + timedelta(hours=1))
    for body in ({"data": "List-Unsubscribe=One-Click", "content_type": "application/x-www-form-urlencoded"},
                 {"data": {"List-Unsubscribe": "One-Click"}, "content_type": "multipart/form-data"}):
        answer = visitor.http.post(f"/u/{token}/now", **body)
        assert answer.status_code == 200 and "Location" not in answer.headers and "Set-Cookie" not in answer.headers
    assert fresh(news).state == "cancelled" and states(reader)["email"] == (False, False, False)
    assert write(cast.main, reader, now=now).state == "queued"
    assert [line.how for line in consent_log(reader.id)] == ["one-click", "form"]


def test_a_post_that_is_not_one_click_stops_nothing(token, visitor):
    before = dump()
    assert visitor.post(f"/u/{token}/now", {"x": "1"}).status == 400
    assert dump() == before


def test_unknown_old_and_revoked_links_have_one_answer(token, reader, visitor, now):
    clients.revoke_links(reader.id, LETTERS, now=now)
    pages = [visitor.get(f"/u/{word}") for word in (token, EXAMPLE_TOKEN, "x", "ж" * 300)]
    assert {seen.status for seen in pages} == {404} and {seen.html for seen in pages} == {pages[0].html}
    assert pages[0].h1 == "Ссылка устарела"
    for tail in ("", "/return", "/now"):
        assert visitor.post(f"/u/{token}{tail}", {"List-Unsubscribe": "One-Click"}).html == pages[0].html


def test_only_guesses_are_limited(token, visitor, app, monkeypatch):
    limiter = next(iter(app.extensions["limiter"]))
    monkeypatch.setattr(limiter, "enabled", True)
    limiter.reset()
    assert {visitor.http.get(f"/u/{token}").status_code for _ in range(40)} == {200}
    answers = [visitor.http.get(f"/u/guess{number}").status_code for number in range(32)]
    assert answers == [404] * 30 + [429] * 2
    limiter.reset()


def test_a_stop_that_staff_write_down_is_the_same_stop(reader, cast, now):
    waiting = write(cast.main, reader, now=now, not_before=now + timedelta(hours=1))
    clients.set_consent(reader, "stop", ["email"], how="phone", actor=actor_of(cast.olga), now=now)
    assert fresh(waiting).state == "cancelled"
    other = make.client(cast.east, last="Двойник", phone=None, now=now)
    consent(other, now)
    assert write(cast.east, other, now=now).state == "cancelled", "the same address on another card"
    clients.set_consent(reader, "resume", ["email"], how="phone", actor=actor_of(cast.olga), now=now)
    assert write(cast.east, other, now=now).state == "queued"


def test_waiting_letters_at_an_address_the_client_has_no_more_are_stopped_too(reader, cast, now):
    row = write(cast.main, reader, now=now, klass="marketing", address="old@example.com")
    clients.set_consent(reader, "withdraw", ["email"], how="phone", actor=job("test"), now=now)
    assert (fresh(row).state, fresh(row).last_code) == ("cancelled", "no-consent")

