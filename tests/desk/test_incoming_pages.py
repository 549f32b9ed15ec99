"""Pages of letters that came: sorting, offices, the step that asks for an answer, news stopped with one click."""

import make
import pytest
from post.making import consent
from sqlalchemy import select

from webapp.clients.models import Consent
from webapp.db import db
from webapp.kit import clock
from webapp.post.actions.taking import Place, take
from webapp.post.incoming_rules import read_letter
from webapp.post.models import Incoming
from webapp.touches.actions.answering import take_answers
from webapp.touches.models import Touch

pytestmark = pytest.mark.usefixtures("stopped_clock")


@pytest.fixture
def comes(cast):
    """`comes("text", sender="…")` is a letter that lies in the list; gives its number."""
    def send(text="Здравствуйте!", sender="vera@mail.example", subject="Вопрос", office=None):
        now = clock.now()
        number = len(db.session.scalars(select(Incoming.id)).all()) + 1
        raw = (f"From: Вера <{sender}>\nTo: post@agency.ru\nSubject: {subject}\nMessage-ID: <{number}@x.ru>\n"
               f"Content-Type: text/plain; charset=utf-8\n\n{text}\n").encode()
        take(read_letter(raw), Place("t", "post@agency.ru", 1, number, now, (office or cast.main).id), now=now)
        take_answers(now=now)
        return db.session.scalar(select(Incoming.id).order_by(Incoming.id.desc()).limit(1))
    return send


def reply_step():
    db.session.rollback()
    return db.session.scalar(select(Touch).where(Touch.step_code.startswith("reply:")))


def test_a_letter_of_a_stranger_is_given_to_a_client_and_lands_where_it_should(browse, cast, comes):
    client = make.client(cast.main, manager=cast.olga, now=clock.now())
    number = comes("Сколько стоит неделя в Анталье?")
    irina = browse(cast.irina)
    page = irina.get("/incoming")
    assert "Сколько стоит неделя в Анталье?" in page.text
    assert irina.get(f"/incoming/{number}?q=Ивано").root.one(id=f"client-{client.id}")
    assert "Письмо записано в ленту" in irina.follow(f"/incoming/{number}/client", {"client": client.id}).text
    assert "Разбирать нечего" in irina.get("/incoming").text
    assert "Сколько стоит неделя в Анталье?" in browse(cast.olga).get(f"/clients/{client.id}").text
    today = browse(cast.olga).get("/today")
    assert "Ответить клиенту" in today.text and "Прочитать и ответить" in today.text


def test_what_is_not_from_a_client_is_put_aside_and_can_come_back(browse, cast, comes):
    number, irina = comes("Реклама"), browse(cast.irina)
    irina.follow(f"/incoming/{number}/aside", {})
    assert "Реклама" not in irina.get("/incoming").text
    assert "Реклама" in irina.get("/incoming?show=dismissed").text
    assert "уже разобрали: Ирина Мельник" in irina.follow(f"/incoming/{number}/aside", {}).text
    irina.follow(f"/incoming/{number}/back", {})
    assert "Реклама" in irina.get("/incoming").text


def test_letters_stay_in_their_office_and_with_their_roles(browse, cast, comes):
    number = comes("Секрет", office=cast.east)
    for name, status in (("irina", 404), ("boris", 404), ("olga", 404), ("anna", 404), ("nikolai", 200)):
        assert browse(getattr(cast, name)).get(f"/incoming/{number}").status == status
    assert "Секрет" not in browse(cast.irina).get("/incoming").text
    assert browse(cast.irina).post(f"/incoming/{number}/aside", {}).status == 404
    assert browse(cast.olga).get("/incoming").status == 404, "managers have no list of strangers"
    client = make.client(cast.main, now=clock.now())
    assert browse(cast.irina).post(f"/incoming/{number}/client", {"client": client.id}).status == 404


def test_the_step_shows_the_letter_and_ways_to_answer(browse, cast, comes):
    make.client(cast.main, manager=cast.olga, now=clock.now())
    comes("А страховка <b>уже</b> оплачена?", sender="anna@example.com", subject="Вопрос & ответ")
    step = reply_step()
    page = browse(cast.olga).get(f"/touches/{step.id}")
    assert "А страховка <b>уже</b> оплачена?" in page.text, "as words, never as HTML"
    link = next(a for a in page.root.all("a") if a.attrs.get("href", "").startswith("mailto:"))
    assert link.attrs["href"].startswith("mailto:anna%40example.com?subject=Re%3A%20")
    assert "Жалуется" in page.text and page.root.all("a", href="tel:+79160000001")
    shown = next(a.attrs["href"] for a in page.root.all("a") if "/incoming/" in a.attrs.get("href", ""))
    letter = browse(cast.olga).get(shown)
    assert f"Кто отвечает: {cast.olga.name}" in letter.text and letter.root.all("a", href="tel:+79160000001")
    links = [a.attrs.get("href", "") for a in letter.root.one("main").all("a")]
    assert f"/touches/{step.id}" in links, "the way back"
    assert any(href.startswith(f"/touches/{step.id}?back=") for href in links)
    assert any(href.startswith("mailto:anna%40example.com") for href in links)
    done = browse(cast.olga).follow(f"/touches/{step.id}/tick", {"outcome": "", "note": "ответила", "seen": "0"})
    assert done.status == 200 and reply_step().status == "done"
    assert "Отвечено" in browse(cast.olga).get(f"/incoming/{step.step_code.split(':')[1]}").text


def test_news_stop_with_one_click_and_the_page_says_so(browse, cast, comes):
    client = make.client(cast.main, manager=cast.olga, now=clock.now())
    consent(client, clock.now())
    number = comes("Не присылайте мне про лыжи, я уже просила", sender="anna@example.com")
    olga = browse(cast.olga)
    page = olga.follow(f"/incoming/{number}/stop-news", {})
    assert "Новости больше не придут" in page.text
    db.session.rollback()
    assert db.session.get(Consent, (client.id, "email")).marketing is False
    assert "Больше не присылать новости" not in olga.get(f"/incoming/{number}").text
    assert browse(cast.vera).post(f"/incoming/{number}/stop-news", {}).status == 404, "another office"


def test_the_list_for_today_and_the_bar_count_a_letter_nobody_owns(browse, cast, comes):
    make.client(cast.main, now=clock.now())
    comes("Здравствуйте", sender="anna@example.com")
    page = browse(cast.olga).get("/today")
    assert len(page.root.all("li", class_="task")) == 1
    link = next(a for a in page.root.one("nav", class_="nav").all("a") if a.attrs["href"] == "/today")
    assert link.one("span", class_="count").text == "1"
