"""The journal: any contact written down in two clicks, with a next step, by people of the client's office only."""

from datetime import date, timedelta
from types import SimpleNamespace

import make
import pytest
from sqlalchemy import select

from webapp.clients.models import Client
from webapp.db import db
from webapp.kit import clock
from webapp.kit.days import local_day, zone
from webapp.touches.models import Touch


@pytest.fixture
def client(cast: SimpleNamespace) -> Client:
    return make.client(cast.main, manager=cast.olga, now=clock.now())


@pytest.fixture
def today() -> date:
    return local_day(clock.now(), zone("Europe/Moscow"))


def url(client: Client) -> str:
    return f"/clients/{client.id}/contacts-log"


def written() -> list[Touch]:
    db.session.expire_all()
    return list(db.session.scalars(select(Touch).order_by(Touch.id)))


CALL = {"channel": "call", "direction": "in", "result": "", "note": "Спросила про визу"}


def test_a_contact_is_written_down_and_stands_in_the_timeline(browse, cast, client) -> None:
    page = browse(cast.olga).follow(url(client), CALL)
    touch, = written()
    assert (touch.channel, touch.direction, touch.note, touch.status) == ("call", "in", "Спросила про визу", "done")
    assert (touch.done_by, touch.done_by_id, touch.automatic) == ("Ольга Соколова", cast.olga.id, False)
    assert page.h1 == client.full_name and "Спросила про визу" in page.text and "Записали." in page.text


def quick(page):
    """The form of the usual contacts as the page sends it, but for the button pressed."""
    form = page.root.one("form", class_="contact-quick")
    return form.attrs["action"], {field.attrs["name"]: field.attrs.get("value", "") for field in form.all("input")}


@pytest.mark.parametrize(("button", "kind"), [
    ("Звонок от клиента", ("call", "in", "")), ("Сообщение от клиента", ("chat", "in", "")), ("Визит клиента", ("visit", "in", "")),
    ("Позвонили", ("call", "out", "")), ("Написали", ("chat", "out", "")),
    ("Не дозвонились", ("call", "out", "no_answer"))])
def test_a_usual_contact_is_one_button_on_the_clients_page(browse, cast, client, button, kind) -> None:
    http = browse(cast.olga)
    page = http.get(f"/clients/{client.id}")
    action, data = quick(page)
    pressed = next(b for b in page.root.one("form", class_="contact-quick").all("button") if b.text == button)
    again = http.follow(action, {**data, pressed.attrs["name"]: pressed.attrs["value"]})
    touch, = written()
    assert (touch.channel, touch.direction, touch.outcome) == kind and touch.done_by == "Ольга Соколова"
    assert again.h1 == client.full_name and "Записали." in again.text


def test_a_few_words_go_with_the_button_and_a_second_click_writes_nothing_more(browse, cast, client) -> None:
    http = browse(cast.olga)
    action, data = quick(http.get(f"/clients/{client.id}"))
    for _click in range(2):
        http.follow(action, {**data, "quick-note": "Просит перезвонить", "quick": "called"})
    touch, = written()
    assert touch.note == "Просит перезвонить"


def test_words_that_are_too_long_stay_typed(browse, cast, client) -> None:
    page = browse(cast.olga).post(url(client), {"quick-note": "а" * 1001, "quick": "called"})
    assert page.status == 422 and written() == []
    assert page.root.one("input", name="quick-note").attrs["value"] == "а" * 1001
    assert browse(cast.olga).post(url(client), {"quick": "shouted"}).status == 400


def test_the_long_form_is_folded_on_the_clients_page_and_open_on_its_own(browse, cast, client) -> None:
    http = browse(cast.olga)
    for address, is_open in ((f"/clients/{client.id}", False), (url(client), True)):
        fold = next(d for d in http.get(address).root.all("details", class_="more") if d.all("textarea", name="note"))
        assert ("open" in fold.attrs) == is_open and fold.one("summary").text.startswith("Подробнее")


def test_a_next_step_becomes_a_task_of_its_author(browse, cast, client, today) -> None:
    day = today + timedelta(days=3)
    browse(cast.irina).follow(url(client), {**CALL, "next_on": f"{day:%d.%m.%Y}", "next_note": "Отправить анкету"})
    _contact, task = written()
    assert (task.channel, task.status, task.due_on, task.note) == ("task", "planned", day, "Отправить анкету")
    assert task.assignee_id == cast.irina.id and task.pinned


def test_a_contact_may_belong_to_a_trip(browse, cast, client, today) -> None:
    trip = make.trip(client, purchase=today, departure=today + timedelta(days=20), back=today + timedelta(days=27),
                     seller=cast.olga, now=clock.now())
    form = browse(cast.olga).get(f"/clients/{client.id}").root.one("select", name="occasion")
    assert "Анталья" in form.text
    browse(cast.olga).follow(url(client), {**CALL, "occasion": str(trip.occasion_id)})
    assert written()[-1].occasion_id == trip.occasion_id


def test_a_trip_of_another_client_is_refused(browse, cast, client, today) -> None:
    other = make.client(cast.main, last="Другая", phone="+79160000009", now=clock.now())
    trip = make.trip(other, purchase=today, departure=today + timedelta(days=20), back=today + timedelta(days=27),
                     seller=cast.olga, now=clock.now())
    before = len(written())
    page = browse(cast.olga).post(url(client), {**CALL, "occasion": str(trip.occasion_id)})
    assert page.status == 422 and len(written()) == before


def test_nobody_answered_needs_no_words(browse, cast, client) -> None:
    browse(cast.olga).follow(url(client), {"channel": "call", "direction": "out", "result": "no_answer", "note": ""})
    assert written()[0].outcome == "no_answer"


@pytest.mark.parametrize(("change", "words"), [
    ({"note": ""}, "Напишите в двух словах"), ({"next_on": "01.02.2020"}, "Этот день уже прошёл"),
    ({"next_on": "когда-нибудь"}, "когда-нибудь"), ({"channel": "pigeon"}, ""), ({"direction": ""}, "")])
def test_what_cannot_be_written_says_why_and_keeps_what_was_typed(browse, cast, client, change, words) -> None:
    page = browse(cast.olga).post(url(client), {**CALL, "next_note": "Позвонить маме", **change})
    assert page.status == 422 and page.root.one("section", id="errors") and words in page.text
    assert page.root.one("input", name="next_note").attrs["value"] == "Позвонить маме"
    assert page.root.one("title").text.startswith("Ошибка:") and written() == []


def test_other_offices_admins_and_strangers_write_nothing(browse, cast, client) -> None:
    for user in (cast.vera, cast.anna):
        assert browse(user).get(url(client)).status == 404
        assert browse(user).post(url(client), CALL).status == 404
    assert browse().post(url(client), CALL).location.startswith("/login")
    assert browse(cast.nikolai).get(url(client)).status == 200
    assert browse(cast.olga).get("/clients/99999/contacts-log").status == 404
    assert written() == []
