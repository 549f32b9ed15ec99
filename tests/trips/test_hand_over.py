"""Somebody leaves: trips, steps and clients go to a colleague at once, and clients learn who cares for them."""

from datetime import timedelta

import make
import pytest
import time_machine
from conftest import NOW
from sqlalchemy import select
from trip_make import in_trial, touches

from webapp.clients.models import Client
from webapp.db import db, transaction
from webapp.post.models import Message
from webapp.touches.models import Occasion


@pytest.fixture(autouse=True)
def noon():
    """The clock stands still on Friday, 20 November 2026, 12:00 in Moscow."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def work(cast, now):
    """Olga has two trips on the way (one client without e-mail), a client without trips; Pavel has one of his own."""
    in_trial()
    today = now.date()

    def sold(last, seller, **more):
        client = make.client(cast.main, last=last, manager=seller, now=now, **more)
        return make.trip(client, purchase=today, departure=today + timedelta(days=9), back=today + timedelta(days=16),
                         seller=seller, now=now)

    return {"mail": sold("Почтова", cast.olga), "silent": sold("Тихая", cast.olga, email=None),
            "other": sold("Чужая", cast.pavel, email="other@example.com"),
            "old": make.client(cast.main, last="Давняя", manager=cast.olga, email="old@example.com", now=now)}


def letters():
    db.session.rollback()
    query = select(Message).where(Message.source.like("handover:%")).order_by(Message.client_id)
    return db.session.scalars(query).all()


def owners():
    db.session.rollback()
    return {o.client.last_name: o.owner.name for o in db.session.scalars(select(Occasion))}


def test_the_page_says_what_is_in_hand(browse, cast, work):
    page = browse(cast.boris).get(f"/staff/{cast.olga.id}/hand-over")
    facts = {d.one("dt").text: d.one("dd").text for d in page.root.one("dl", class_="facts").all("div")}
    assert facts == {"Открытых поездок": "2", "Открытых шагов": "4", "Клиенты": "3"}
    assert "(1 письмо)" in page.text and "(2 письма)" in page.text
    assert browse(cast.boris).get(f"/admin/users/{cast.olga.id}").root.one("a", href=f"/staff/{cast.olga.id}/hand-over")


def test_everything_goes_to_the_colleague_and_clients_on_the_way_get_one_letter(browse, cast, work):
    someone, address = browse(cast.boris), f"/staff/{cast.olga.id}/hand-over"
    page = someone.follow(address, {"to": cast.pavel.id, "whom": "open"})
    assert "Теперь ведёт Павел Дроздов: 2 поездки, 3 клиента, 1 письмо" in page.text
    assert set(owners().values()) == {"Павел Дроздов"}
    assert {t.assignee_id for t in touches(work["mail"]).values() if not t.automatic} == {cast.pavel.id}
    assert set(db.session.scalars(select(Client.manager_id))) == {cast.pavel.id}
    [letter] = letters()
    assert (letter.client_id, letter.klass, letter.channel) == (work["mail"].client_id, "service", "email")
    assert letter.source == f"handover:{cast.olga.id}:{cast.pavel.id}:{letter.client_id}"
    assert "Павел Дроздов" in letter.subject and "Павел Дроздов" in letter.text and "{{" not in letter.html
    assert letter.reply_to == "pavel@example.org"
    someone.follow(address, {"to": cast.pavel.id, "whom": "all"})
    assert len(letters()) == 1


@pytest.mark.parametrize(("whom", "number"), [("open", 1), ("all", 2), ("none", 0)])
def test_the_director_decides_who_is_told(browse, cast, work, whom, number):
    browse(cast.boris).follow(f"/staff/{cast.olga.id}/hand-over", {"to": cast.pavel.id, "whom": whom})
    assert len(letters()) == number


def test_more_than_fifty_letters_need_a_second_yes(browse, cast, work, now):
    for number in range(50):
        make.client(cast.main, last=f"Гость{number}", email=f"g{number}@example.com", phone=None, manager=cast.olga,
                    now=now)
    someone, address = browse(cast.boris), f"/staff/{cast.olga.id}/hand-over"
    asked = someone.post(address, {"to": cast.pavel.id, "whom": "all"})
    assert asked.h1 == "Написать 52 клиентам?" and not letters()
    someone.follow(address, {"to": cast.pavel.id, "whom": "all", "sure": "1"})
    assert len(letters()) == 52


@pytest.mark.parametrize("typed", [{"to": ""}, {"to": "0"}, {"to": "x"}, {"to": "999"}, {"whom": "everybody"}])
def test_a_choice_that_cannot_be_is_refused(browse, cast, work, typed):
    page = browse(cast.boris).post(f"/staff/{cast.olga.id}/hand-over", {"to": cast.pavel.id, "whom": "open", **typed})
    assert page.status == 422 and owners()["Почтова"] == "Ольга Соколова"
    assert page.root.one("section", id="errors").all("a")


def test_neither_to_oneself_nor_to_another_office(browse, cast, work):
    for colleague in (cast.olga, cast.vera):
        page = browse(cast.boris).post(f"/staff/{cast.olga.id}/hand-over", {"to": colleague.id, "whom": "open"})
        assert page.status == 422
    assert owners()["Почтова"] == "Ольга Соколова"


def test_only_a_director_of_the_office_may_do_it(browse, cast, work):
    address = f"/staff/{cast.olga.id}/hand-over"
    for user in (cast.olga, cast.irina, cast.anna, cast.vera):
        assert browse(user).get(address).status == 404
        assert browse(user).post(address, {"to": cast.pavel.id, "whom": "open"}).status == 404
    assert browse(cast.boris).get(f"/staff/{cast.vera.id}/hand-over").status == 404
    assert browse(cast.boris).get("/staff/999999/hand-over").status == 404
    assert browse(cast.nikolai).get(f"/staff/{cast.vera.id}/hand-over").status == 200
    assert owners()["Почтова"] == "Ольга Соколова"


def test_a_client_who_wants_nothing_gets_no_letter_but_a_new_manager(browse, cast, work):
    with transaction() as session:
        session.get(Client, work["mail"].client_id).write_nothing = True
    browse(cast.boris).follow(f"/staff/{cast.olga.id}/hand-over", {"to": cast.pavel.id, "whom": "open"})
    assert letters() == [] and owners()["Почтова"] == "Павел Дроздов"


def test_an_empty_hand_says_so(browse, cast):
    page = browse(cast.boris).get(f"/staff/{cast.pavel.id}/hand-over")
    assert "Передавать нечего" in page.text and not page.root.all("select")
