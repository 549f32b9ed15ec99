"""Trips without a manager: found by a filter, chosen all at once, handed over whole, and put back with one press."""

from datetime import timedelta

import make
import pytest
from sqlalchemy import select

from webapp.clients.models import Client
from webapp.db import db, transaction
from webapp.kit import clock
from webapp.staff.models import Office
from webapp.touches.models import Occasion, Touch


def sold(cast, last, seller=None, office=None, manager=None):
    moment = clock.now()
    today = (moment + timedelta(hours=3)).date()
    client = make.client(office or cast.main, last=last, phone=None, email=None, manager=manager, now=moment)
    return make.trip(client, purchase=today, departure=today + timedelta(days=20), back=today + timedelta(days=30),
                     seller=seller, now=moment)


@pytest.fixture
def trips(app, cast):
    """Two trips nobody takes care of, one of Olga's."""
    return {"one": sold(cast, "Ничей"), "two": sold(cast, "Ничья", manager=cast.pavel),
            "olga": sold(cast, "Ольгин", cast.olga)}


def names(page):
    return [row.one("th").one("a").text.split()[0] for row in page.root.all("tbody", class_="row")]


def filters(page):
    return [link.text for link in page.root.one("nav", class_="seg").all("a")]


def checked(page):
    return len([box for box in page.root.all("input", name="trip") if "checked" in box.attrs])


def owners():
    db.session.rollback()
    return {o.client.last_name: o.owner.name if o.owner else "" for o in db.session.scalars(select(Occasion))}


def hand_over(browser, trips, to, *chosen):
    return browser.follow("/board/bulk", {"verb": "hand-over", "to": to.id, "back": "/board",
                                          "trip": [str(trips[name].id) for name in chosen]})


def test_the_filter_is_there_while_there_are_such_trips(browse, cast, trips):
    boris = browse(cast.boris)
    assert "Без менеджера 2" in filters(boris.get("/board"))
    assert sorted(names(boris.get("/board?show=nobody"))) == ["Ничей", "Ничья"]
    assert names(boris.get("/board?show=nobody&q=Ничья")) == ["Ничья"]
    assert "Без менеджера 2" not in filters(browse(cast.vera).get("/board"))
    hand_over(boris, trips, cast.pavel, "one", "two")
    assert not [name for name in filters(boris.get("/board")) if name.startswith("Без менеджера")]


def test_a_manager_finds_the_own_trips_first_and_sees_everyone(browse, cast, trips):
    assert filters(browse(cast.olga).get("/board"))[:2] == ["Мои", "Все"]
    assert filters(browse(cast.boris).get("/board"))[:2] == ["Все", "Мои"]
    assert len(names(browse(cast.olga).get("/board"))) == 3


def test_a_link_chooses_all_rows_shown_and_the_next_page_comes_without_ticks(browse, cast, trips):
    boris = browse(cast.boris)
    page = boris.get("/board?show=nobody")
    link = page.root.one("th", class_="cell--all").one("a")
    assert checked(page) == 0 and link.text == "Выбрать все показанные строки"
    chosen = boris.get(link.attrs["href"])
    assert checked(chosen) == 2 == len(names(chosen))
    assert chosen.root.one("form", id="bulk").one("input", name="back").attrs["value"] == "/board?show=nobody"
    assert checked(boris.get(chosen.root.one("th", class_="cell--all").one("a").attrs["href"])) == 0


def test_trips_go_over_whole_with_their_steps_and_clients(browse, cast, trips):
    page = hand_over(browse(cast.boris), trips, cast.olga, "one", "two")
    assert "Передано 2 поездки." in page.text
    assert owners() == {"Ничей": "Ольга Соколова", "Ничья": "Ольга Соколова", "Ольгин": "Ольга Соколова"}
    steps = db.session.scalars(select(Touch).where(Touch.automatic.is_(False), Touch.status == "planned",
                                                   Touch.occasion_id == trips["one"].occasion_id)).all()
    assert steps and None not in {touch.assignee_id for touch in steps}
    managers = {c.last_name: c.manager_id for c in db.session.scalars(select(Client))}
    assert managers["Ничей"] == cast.olga.id and managers["Ничья"] == cast.pavel.id
    assert "Ничей" in names(browse(cast.olga).get("/board?show=mine"))


def test_one_undo_takes_them_all_back(browse, cast, trips):
    boris = browse(cast.boris)
    before = {t.id: t.assignee_id for t in db.session.scalars(select(Touch))}
    page = hand_over(boris, trips, cast.olga, "one", "two", "olga")
    boris.post(page.root.one("form", class_="undo-all").attrs["action"], {"back": "/board"})
    assert owners() == {"Ничей": "", "Ничья": "", "Ольгин": "Ольга Соколова"}
    assert {t.id: t.assignee_id for t in db.session.scalars(select(Touch))} == before
    assert db.session.scalars(select(Client.manager_id).where(Client.last_name == "Ничей")).one() is None


def test_a_manager_may_not_hand_over_and_is_told_so(browse, cast, trips):
    olga = browse(cast.olga)
    assert not olga.get("/board").root.all("select", name="to")
    assert "может директор" in hand_over(olga, trips, cast.pavel, "one").text
    assert owners()["Ничей"] == ""


def test_a_trip_of_another_office_is_not_given_to_a_stranger_there(browse, cast, trips):
    far = sold(cast, "Дальний", office=db.session.get_one(Office, cast.east.id))
    hand_over(browse(cast.nikolai), {**trips, "far": far}, cast.olga, "far", "one")
    assert owners()["Дальний"] == "" and owners()["Ничей"] == "Ольга Соколова"
    hand_over(browse(cast.boris), {"far": far}, cast.olga, "far")
    assert owners()["Дальний"] == ""


def test_cancelled_and_finished_trips_need_nobody(browse, cast, trips):
    with transaction() as session:
        session.get_one(Occasion, trips["one"].occasion_id).closed_at = clock.now()
        session.get_one(Occasion, trips["two"].occasion_id).cancelled_at = clock.now()
    assert not [name for name in filters(browse(cast.boris).get("/board")) if name.startswith("Без менеджера")]


def test_a_row_nobody_leads_says_so_and_never_shows_a_name_of_the_sheet_like_a_colleague(browse, cast, trips):
    with transaction():
        db.session.get(type(trips["one"]), trips["one"].id).seller_name = "Тимур"
    page = browse(cast.boris).get("/board")
    who = page.root.one("tbody", id=f"trip-{trips['one'].id}").one("th")
    assert who.text.endswith("без менеджера") and "Тимур" not in who.text
    assert who.one("span", title="продажа: Тимур")
    assert "без менеджера" not in page.root.one("tbody", id=f"trip-{trips['olga'].id}").text
