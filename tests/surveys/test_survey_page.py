"""The page of the survey: light, without scripts, once per trip; looking changes nothing; what comes next is said."""

import secrets
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event, select
from survey_make import GOOD, answers, home, reply, reviews, steps, token_of

from webapp.clients.actions import make_link
from webapp.clients.models import Client, PersonalLink
from webapp.db import Base, db, transaction
from webapp.kit import clock
from webapp.staff.audit import actor_of
from webapp.surveys.actions.answering import take_review_back
from webapp.trips.actions import cancel_trip

FRIDAY = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def noon(monkeypatch):
    """Friday noon, whenever the tests run."""
    monkeypatch.setattr(clock, "now", lambda: FRIDAY)


@pytest.fixture
def trip(cast, now):
    return home(cast, now, last="Преображенская", number=1)


@pytest.fixture
def url(trip, now):
    return f"/s/{token_of(trip, now)}"


@pytest.fixture
def visitor(browse):
    person = browse()
    # Drawn anew: a Redis that counts outlives the tests.
    person.http.environ_base["REMOTE_ADDR"] = f"fd00::{secrets.token_hex(2)}:{secrets.token_hex(2)}:{secrets.token_hex(2)}"
    return person


def everything():
    """All rows of all tables."""
    db.session.rollback()
    return {table.name: sorted(map(repr, db.session.execute(select(table)).all())) for table in Base.metadata.sorted_tables}


def test_the_page_asks_about_this_trip_and_says_nothing_private(url, visitor):
    page = visitor.get(url)
    assert page.status == 200 and page.h1 == "Как прошла поездка?" and "Анталья" in page.text
    for private in ("Преображенская", "+7916", "client1@example.com"):
        assert private not in page.html
    assert len(page.root.all("input", type="radio", name="score")) == 11
    names = [label.text for label in page.root.all("label", class_="scale__one")]
    assert "0 – точно нет" in names and "10 – обязательно" in names


def test_every_page_is_light_without_scripts_and_hidden_from_search(url, visitor):
    visitor.follow(url, GOOD)
    for address in (url, f"{url}/change", f"{url}/review", "/reviews/public"):
        page = visitor.get(address)
        assert len(page.html.encode()) < 30 * 1024 and "<script" not in page.html and page.status == 200
        assert page.headers["Referrer-Policy"] == "no-referrer"
        assert (page.headers.get("X-Robots-Tag") is None) == (address == "/reviews/public")


def test_the_language_is_chosen_on_the_page_and_stays_from_the_questions_to_the_review(url, visitor):
    page = visitor.get(url)
    assert page.root.one("html").attrs["lang"] == "ru"
    page = visitor.get(url + next(a.attrs["href"] for a in page.root.all("a") if a.attrs.get("hreflang") == "en"))
    assert page.root.one("html").attrs["lang"] == "en" and page.h1 == "How was your trip?"
    thanks = visitor.follow(page.root.one("form", id="form").attrs["action"], GOOD)
    assert thanks.root.one("html").attrs["lang"] == "en" and answers()
    review = next(a.attrs["href"] for a in thanks.root.all("a") if "/review?" in a.attrs["href"])
    page = visitor.get(review)
    assert page.root.one("html").attrs["lang"] == "en"
    assert visitor.get(url + "?lang=xx").root.one("html").attrs["lang"] == "ru"


def test_an_answer_that_was_not_taken_offers_no_other_language(url, visitor):
    page = visitor.post(f"{url}?lang=en", {})
    assert page.status == 422 and page.root.one("html").attrs["lang"] == "en"
    assert not [a for a in page.root.all("a") if a.attrs.get("hreflang")]


def test_nothing_is_chosen_or_agreed_to_beforehand(url, visitor):
    page = visitor.get(url)
    assert not [node for node in page.root.all("input") if "checked" in node.attrs and node.attrs["name"] != "sign"]


def test_looking_changes_nothing(url, visitor, trip, now):
    addresses = (url, f"{url}/change", f"{url}/review", "/reviews/public")
    before = everything()
    for address in addresses:
        visitor.get(address)
    assert everything() == before
    reply(trip, 9, now=now, text="Отлично отдохнули", may_show=True)
    before = everything()
    for address in addresses:
        visitor.get(address)
    assert everything() == before


def test_a_scanner_that_opens_every_link_writes_not_a_word(app, url, visitor):
    writes = []

    def listen(_connection, _cursor, statement, *_rest):
        if statement.split(None, 1)[0].upper() in ("INSERT", "UPDATE", "DELETE"):
            writes.append(statement)
    event.listen(db.engine, "before_cursor_execute", listen)
    try:
        for address in (url, f"{url}/change", f"{url}/review", f"{url}?score=0", f"{url}?score=10&send=1"):
            visitor.get(address)
    finally:
        event.remove(db.engine, "before_cursor_execute", listen)
    assert writes == [] and answers() == []


def test_an_answer_is_thanked_for_and_the_page_remembers(url, visitor):
    page = visitor.follow(url, {"score": "8", "text": "Хорошо"})
    assert page.h1 == "Спасибо, ответ у нас" and "Ваша оценка: 8 из 10" in page.text and "уже ответили" not in page.text
    assert visitor.get(url).h1 == "Спасибо, ответ у нас"
    assert page.root.one("a", href=f"{url}/change").text == "Изменить"
    assert "посоветуйте" not in page.text.lower()


@pytest.mark.parametrize(("typed", "kept"), [
    ("youtube.com/abc", "https://youtube.com/abc"), ("http://v.example/1", "https://v.example/1"),
    ("//v.example/1", "https://v.example/1"), (" https://v.example/1 ", "https://v.example/1"), ("", "")])
def test_an_address_as_people_type_it_costs_nobody_the_answer(url, visitor, typed, kept):
    assert visitor.post(url, {"score": "9", "video_url": typed}).status == 303
    assert [row.video_url for row in answers()] == [kept]


def test_reviews_speak_what_the_browser_reads_and_say_how_to_reach_us(url, visitor):
    english = visitor.get("/reviews/public", headers={"Accept-Language": "en"})
    assert english.h1 == "Reviews of our clients" and english.headers["Vary"].count("Accept-Language") == 1
    russian = visitor.get("/reviews/public" + english.root.one("nav", aria_label="Language").one("a").attrs["href"])
    assert russian.h1 == "Отзывы наших клиентов" and russian.root.one(id="reach").text


def test_pages_behind_a_link_hand_the_language_on(url, visitor, trip):
    with transaction() as session:
        session.get_one(type(trip.client), trip.client_id).language = "en"
    page = visitor.get(url)
    links = [node.attrs["href"] for node in page.root.one("footer").all("a") if node.attrs["href"].startswith("/")]
    assert links and all(link.endswith("lang=en") for link in links)


def test_only_the_first_question_must_be_answered(url, visitor):
    page = visitor.post(url, {"text": "Море"})
    assert page.status == 422 and "Выберите число от 0 до 10" in page.text and "Море" in page.html and answers() == []
    assert page.root.one("title").text.startswith("Ошибка:")
    assert visitor.follow(url, {"score": "0"}).h1 == "Спасибо, ответ у нас"


@pytest.mark.parametrize(("field", "value", "said"), [
    ("score", "11", "от 0 до 10"), ("score", "-1", "от 0 до 10"), ("score", "восемь", "от 0 до 10"),
    ("text", "ы" * 2001, "2001"), ("video_url", "javascript:alert(1)", "не адрес видео"), ("video_url", "видео у меня", "не адрес видео")])
def test_what_is_wrong_is_said_and_what_was_typed_stays(url, visitor, field, value, said):
    page = visitor.post(url, {**GOOD, field: value})
    assert page.status == 422 and said in page.text and answers() == []
    assert GOOD["text"] in page.html or field == "text"


def test_odd_marks_are_simply_not_taken(url, visitor):
    visitor.follow(url, {**GOOD, "manager_score": "7", "agency_score": "x", "documents": "maybe", "sign": "Пётр Первый"})
    (row,) = answers()
    assert (row.manager_score, row.agency_score, row.documents, row.sign) == (None, None, "", "anonymous")


def test_the_answer_is_changed_on_the_same_page(url, visitor):
    visitor.follow(url, GOOD)
    page = visitor.get(f"{url}/change")
    assert page.h1 == "Изменить ответ" and GOOD["text"] in page.html
    assert [node.attrs["value"] for node in page.root.all("input", name="score") if "checked" in node.attrs] == ["9"]
    visitor.follow(url, {**GOOD, "score": "7"})
    (row,) = answers()
    assert row.score == 7 and row.changed_at == FRIDAY


def test_after_a_month_there_is_nothing_to_change(url, visitor, trip, now):
    reply(trip, 8, now=now - timedelta(days=40))
    page = visitor.get(url)
    assert "Ваша оценка: 8 из 10" in page.text and "уже ответили" not in page.text and not page.root.all("a", href=f"{url}/change")
    assert visitor.get(f"{url}/change").status == 303
    late = visitor.post(url, GOOD)
    assert late.status == 409 and late.h1 == "Анкета закрыта" and answers()[0].score == 8


def test_a_low_score_hears_who_calls_and_is_not_asked_for_friends(url, visitor):
    page = visitor.follow(url, {"score": "3", "text": "Грязный номер", "call_back": "y"})
    assert "Нам очень жаль" in page.text and "Мы позвоним вам: пт, 20 ноября" in page.text
    assert not page.root.all("p", id="friend-link") and not page.root.all("a", href=f"{url}/review")
    assert len(steps("complaint_draft")) == 1


def test_nine_and_ten_are_asked_for_a_review_and_shown_the_link_for_friends(url, visitor):
    page = visitor.follow(url, GOOD)
    link = page.root.one("p", id="friend-link").one("a")
    assert "/i/" in link.text and link.attrs["href"].endswith(link.text)
    assert "После первой поездки друга вам придёт" in page.text
    assert page.root.one("a", href=f"{url}/review")
    write = visitor.get(f"{url}/review")
    assert GOOD["text"] in write.root.one("textarea").text and not [
        node for node in write.root.all("input", name="agree") if "checked" in node.attrs]


def test_a_review_that_was_sent_shows_what_was_agreed_to(url, visitor):
    before = visitor.get(f"{url}/review")
    assert not before.root.all("p", id="agreed")
    page = visitor.follow(f"{url}/review", {"text": "Чудесный отель у моря", "agree": "y"})
    assert page.root.one("p", id="agreed").text.startswith("Вы согласились: Разрешаю показывать этот текст")
    assert "согласие ещё раз" in page.text and "checked" not in page.root.one("input", name="agree").attrs
    assert page.text.count("Отзывы наших клиентов") <= 1
    visitor.post(f"{url}/review/withdrawal")
    assert not visitor.get(f"{url}/review").root.all("p", id="agreed")


def test_a_review_wants_consent_and_says_how_it_is_signed(url, visitor):
    visitor.follow(url, GOOD)
    page = visitor.post(f"{url}/review", {"text": "Отличный отель", "sign": "name"})
    assert page.status == 422 and "Без вашего согласия" in page.text and reviews() == []
    page = visitor.follow(f"{url}/review", {"text": "Отличный отель", "sign": "name", "agree": "y"})
    (row,) = reviews()
    assert (row.text, row.author, row.state, row.score, row.consented_at) == ("Отличный отель", "Анна П.", "new", 9, FRIDAY)
    assert "Мы посмотрим и покажем" in page.text


def test_a_review_is_taken_back_by_one_button(url, visitor):
    visitor.follow(f"{url}/review", {"text": "Отличный отель", "agree": "y"})
    page = visitor.follow(f"{url}/review/withdrawal")
    assert "Ваш отзыв больше никто не видит" in page.text
    (row,) = reviews()
    assert (row.state, row.consented_at) == ("withdrawn", None)
    take_review_back(db.session.scalars(select(PersonalLink).order_by(PersonalLink.id.desc())).first(), now=FRIDAY)
    assert reviews()[0].state == "withdrawn"


def test_the_tick_of_the_survey_makes_a_review_and_taking_it_away_ends_it(url, visitor):
    visitor.follow(url, {**GOOD, "may_show": "y", "sign": "name"})
    assert [(row.source, row.author, row.state) for row in reviews()] == [("survey", "Анна П.", "new")]
    visitor.follow(url, GOOD)
    assert [row.state for row in reviews()] == ["withdrawn"]


def test_a_tick_without_words_is_asked_for_words(url, visitor):
    page = visitor.post(url, {"score": "9", "may_show": "y"})
    assert page.status == 422 and "Сначала напишите несколько слов" in page.text


def test_a_machine_that_fills_every_field_is_thanked_and_forgotten(url, visitor):
    visitor.post(url, {**GOOD, "website": "https://spam.example"})
    visitor.post(f"{url}/review", {"text": "Купите", "agree": "y", "website": "x"})
    assert answers() == [] and reviews() == []


def test_what_is_typed_is_words(url, visitor):
    page = visitor.follow(f"{url}/review", {"text": "<script>alert(1)</script> & \"q\"", "agree": "y"})
    assert "<script>alert" not in page.html and "&lt;script&gt;" in page.html


def test_the_page_speaks_the_language_of_the_client(cast, visitor, now):
    trip = home(cast, now, number=5, last="Smith", first="John")
    with transaction() as session:
        session.get_one(Client, trip.client_id).language = "en"
    page = visitor.get(f"/s/{token_of(trip, now)}")
    assert page.h1 == "How was your trip?" and page.root.one("html").attrs["lang"] == "en"


def test_a_cancelled_trip_has_no_survey(url, visitor, trip, cast, now):
    cancel_trip(trip, reason="", actor=actor_of(cast.olga), now=now)
    assert visitor.get(url).h1 == "Анкета закрыта"
    assert visitor.post(url, GOOD).status == 409 and answers() == []


@pytest.mark.parametrize("token", ["ExampLeExampLeExampLeX", "x", "%00", "a" * 300])
def test_links_nobody_has_are_out_of_date(visitor, token):
    for address in (f"/s/{token}", f"/s/{token}/change", f"/s/{token}/review"):
        assert visitor.get(address).status == 404
    assert visitor.post(f"/s/{token}", GOOD).status == 404


def test_a_link_for_another_purpose_opens_no_survey(visitor, trip, now):
    token = make_link("consent", trip.client_id, source=f"trip:{trip.id}", now=now)
    assert visitor.get(f"/s/{token}").status == 404
