"""The stop button: which trips, what waits, letting go, and one text to all clients instead."""

from datetime import date, timedelta

import make
import pytest
import time_machine
from conftest import NOW
from sqlalchemy import select
from trip_make import in_trial, live, touches

from webapp.clients.models import Client
from webapp.db import db, transaction
from webapp.post.models import Message
from webapp.staff.models import AuditEntry
from webapp.touches.models import Occasion, Touch

TODAY = date(2026, 11, 20)


@pytest.fixture(autouse=True)
def noon():
    """The clock stands still on Friday, 20 November 2026, 12:00 in Moscow."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def trips(cast, now):
    """Турция twice (one client has no mobile), Кипр, and Турция of another office."""
    def sold(last, office, where, days, seller, **more):
        client = make.client(office, last=last, now=now, **more)
        with transaction() as session:
            for phone in session.get(Client, client.id).phones:
                phone.is_mobile = phone.e164.startswith("+79")
        return make.trip(client, purchase=TODAY, departure=TODAY + timedelta(days=days), now=now, destination=where,
                         back=TODAY + timedelta(days=days + 7), seller=seller, operator="Анекс Тур")

    return {"first": sold("Первая", cast.main, "Турция", 3, cast.olga, phone="+79160000001", email=None),
            "second": sold("Вторая", cast.main, "Анталья, Турция", 20, cast.pavel, phone="+74951234567"),
            "cyprus": sold("Кипрова", cast.main, "Кипр", 3, cast.olga, phone="+79160000003"),
            "east": sold("Дальняя", cast.east, "Турция", 3, cast.vera, phone="+79160000004")}


def found(page):
    return [row.one("th").text for row in page.root.all("tr") if row.all("input", name="trip")]


def held():
    db.session.rollback()
    return {o.client.last_name: o.hold_reason for o in db.session.scalars(
        select(Occasion).where(Occasion.held_at.is_not(None)))}


def written():
    db.session.rollback()
    return db.session.scalars(select(Message).where(Message.source.like("stop:%")).order_by(Message.id)).all()


@pytest.mark.parametrize(("query", "names"), [
    ("destination=турция", ["Первая Анна", "Вторая Анна"]), ("destination=КИПР", ["Кипрова Анна"]),
    ("operator=анекс", ["Кипрова Анна", "Первая Анна", "Вторая Анна"]), ("destination=мальдивы", []),
    ("first=05.12.2026&last=12.12.2026", ["Вторая Анна"]),
    ("last=25.11.2026", ["Первая Анна", "Кипрова Анна"]), ("first=01.02.2027", [])])
def test_trips_are_chosen_by_place_operator_and_days(browse, cast, trips, query, names):
    assert sorted(found(browse(cast.boris).get(f"/stop?{query}"))) == sorted(names)


def test_without_a_choice_nothing_is_listed(browse, cast, trips):
    page = browse(cast.boris).get("/stop")
    assert found(page) == [] and "На паузе ничего нет" in page.text
    assert browse(cast.boris).get("/stop?first=скоро").status == 422
    assert len(found(browse(cast.nikolai).get("/stop?destination=турция"))) == 3


def test_letters_of_the_ticked_trips_wait_and_others_go(browse, cast, trips, now):
    in_trial()
    page = browse(cast.boris).follow("/stop/holds", {"trip": [trips["first"].id, trips["east"].id],
                                                     "reason": "Закрыт аэропорт", "destination": "турция"})
    assert held() == {"Первая": "Закрыт аэропорт"}
    assert "Письма 1 поездки на паузе" in page.text and "Первая Анна" in page.text
    live(NOW, 5)
    assert touches(trips["first"])["thank_you"].status == "planned"
    assert touches(trips["cyprus"])["fly_tomorrow"].status == "done"
    assert "Закрыт аэропорт" in browse(cast.olga).get(f"/trips/{trips['first'].id}").text


def test_a_trip_in_which_nothing_waits_is_not_counted_among_those_on_hold(browse, cast, trips):
    with transaction() as session:
        for touch in session.scalars(select(Touch).where(Touch.occasion_id == trips["second"].occasion_id, Touch.automatic)):
            touch.status = "done"
    page = browse(cast.boris).follow("/stop/holds", {"trip": [trips["first"].id, trips["second"].id], "reason": "Снег"})
    assert "Письма 1 поездки на паузе" in page.text and " 1 поездка " in page.text and "2 поездки" not in page.text


@pytest.mark.slow
def test_what_passed_during_the_hold_turns_missed_and_the_rest_goes_on(browse, cast, trips):
    in_trial()
    someone = browse(cast.boris)
    someone.follow("/stop/holds", {"trip": [t.id for t in (trips["first"], trips["second"])], "reason": "Снег"})
    live(NOW, 3)
    with time_machine.travel(NOW.replace(day=23), tick=False):
        page = browse(cast.boris).follow("/stop/releases", {"trip": [trips["first"].id]})
        assert "снова идут" in page.text and held() == {"Вторая": "Снег"}
    live(NOW.replace(day=23), 2)
    mine = touches(trips["first"])
    assert mine["fly_tomorrow"].status == "missed" and mine["settled_in"].status in ("done", "planned")
    browse(cast.boris).follow("/stop/releases", {"trip": [trips["first"].id, trips["second"].id]})
    assert held() == {}


def test_a_hold_needs_a_reason_and_a_trip_and_keeps_the_choice(browse, cast, trips):
    someone = browse(cast.boris)
    page = someone.post("/stop/holds", {"trip": [trips["first"].id], "reason": "", "destination": "турция"})
    assert page.status == 422 and held() == {}
    boxes = {box.attrs["value"]: "checked" in box.attrs for box in page.root.all("input", type="checkbox")}
    assert boxes == {str(trips["first"].id): True, str(trips["second"].id): False}
    assert someone.post("/stop/holds", {"reason": "Снег"}).status == 422
    assert someone.post("/stop/holds", {"trip": ["x", "-1", "9" * 30], "reason": "Снег"}).status == 422


def test_one_text_goes_to_every_client_once_though_letters_are_on_hold(browse, cast, trips):
    in_trial()
    someone = browse(cast.boris)
    ids = [trips[name].id for name in ("first", "second", "cyprus", "east")]
    someone.follow("/stop/holds", {"trip": ids, "reason": "Снег"})
    asked = someone.post("/stop/text", {"trip": ids})
    assert asked.status == 200 and "3 клиента" in asked.text
    typed = {"trip": ids, "do": "send", "way": "best", "subject": "Рейс {{ поездка.дата_вылета }}", "form_key": "k1",
             "body": "{{ клиент.приветствие }} Рейс перенесён, мы на связи."}
    page = someone.follow("/stop/text", typed)
    assert "SMS – 2, писем – 1" in page.text
    someone.follow("/stop/text", typed)
    rows = written()
    assert sorted((m.client_id, m.channel, m.klass) for m in rows) == sorted(
        (trips[name].client_id, channel, "service") for name, channel in
        (("first", "sms"), ("second", "email"), ("cyprus", "sms")))
    assert all("Анна, здравствуйте! Рейс перенесён" in m.text for m in rows)
    assert [m.subject for m in rows if m.channel == "email"] == ["Рейс 10 декабря"]
    assert "Рейс 10 декабря" in someone.get("/outbox").text
    live(NOW, 1)
    assert {m.state for m in written()} <= {"sent", "delivered"}


def test_a_sent_form_with_another_text_is_noticed_and_kept(browse, cast, trips):
    in_trial()
    someone = browse(cast.boris)
    typed = {"trip": [trips["first"].id], "do": "send", "way": "sms", "body": "Рейс перенесён.", "form_key": "k2"}
    someone.follow("/stop/text", typed)
    page = someone.post("/stop/text", {**typed, "body": "Рейс отменён."})
    assert page.status == 409 and len(written()) == 1
    assert "уже отправлена" in page.root.one("section", id="errors").text
    assert page.root.one("textarea", id="body").text == "Рейс отменён."
    someone.follow("/stop/text", {**typed, "body": "Рейс отменён.",
                                  "form_key": page.root.one("input", name="form_key").attrs["value"]})
    assert len(written()) == 2


def test_nobody_is_written_to_who_wants_nothing(browse, cast, trips):
    in_trial()
    with transaction() as session:
        session.get(Client, trips["first"].client_id).write_nothing = True
    page = browse(cast.boris).follow("/stop/text", {
        "trip": [trips["first"].id, trips["cyprus"].id], "do": "send", "way": "sms", "body": "Рейс перенесён."})
    assert "SMS – 1, писем – 0. Не дойдёт до 1" in page.text and len(written()) == 1


@pytest.mark.parametrize(("changed", "says"), [
    ({"body": ""}, "что должны знать"), ({"subject": ""}, "тему"), ({"way": "pigeon"}, "как написать"),
    ({"body": "x" * 2001}, "до 2000")])
def test_a_text_that_cannot_be_sent_is_refused_and_kept(browse, cast, trips, changed, says):
    typed = {"trip": [trips["first"].id], "do": "send", "way": "best", "subject": "Рейс", "body": "Текст", **changed}
    page = browse(cast.boris).post("/stop/text", typed)
    assert page.status == 422 and not written()
    assert says in page.root.one("section", id="errors").text
    assert page.root.one("textarea", id="body").text == typed["body"]


@pytest.mark.parametrize(("body", "says"), [("{{ клиент.имяя }}", "«клиент.имя»"), ("{{ клиент.имя", "Скобки")])
def test_a_wrong_placeholder_is_named_before_anything_is_sent(browse, cast, trips, body, says):
    typed = {"trip": [trips["first"].id], "do": "send", "way": "sms", "body": body}
    answer = browse(cast.boris).http.post("/stop/text", data=typed)
    assert answer.status_code == 422 and says in answer.get_data(as_text=True) and not written()


def test_more_than_fifty_people_are_written_to_only_after_a_question(browse, cast, trips, now):
    in_trial()
    ids = []
    for number in range(51):
        client = make.client(cast.main, last=f"Гость{number}", phone=f"+791611100{number:02d}", email=None, now=now)
        ids.append(make.trip(client, purchase=TODAY, departure=TODAY + timedelta(days=5), now=now, seller=cast.olga,
                             back=TODAY + timedelta(days=9)).id)
    typed = {"trip": ids, "do": "send", "way": "sms", "body": "Рейс перенесён.", "form_key": "many"}
    someone = browse(cast.boris)
    asked = someone.post("/stop/text", typed)
    assert asked.h1 == "Отправить 51 клиенту?" and not written()
    form = asked.root.one("form", class_="ask")
    again = {n.attrs["name"]: n.attrs.get("value", "") for n in form.all("input") if n.attrs["name"] != "trip"}
    someone.follow("/stop/text", {**again, "trip": ids, "do": "send"})
    assert len(written()) == 51


def test_only_directors_have_the_button_and_every_press_has_its_author(browse, cast, trips):
    ids = [trips["first"].id]
    for user in (cast.olga, cast.irina, cast.anna, cast.vera):
        someone = browse(user)
        assert someone.get("/stop?destination=турция").status == 404
        for url in ("/stop/holds", "/stop/releases", "/stop/text"):
            typed = {"trip": ids, "reason": "x", "do": "send", "way": "sms", "body": "x"}
            assert someone.post(url, typed).status == 404
    assert held() == {} and not written()
    browse(cast.boris).follow("/stop/holds", {"trip": ids, "reason": "Снег"})
    entry = db.session.scalar(select(AuditEntry).where(AuditEntry.verb == "held"))
    assert (entry.actor, entry.facts["reason"]) == ("Борис Ветров", ["", "Снег"])
