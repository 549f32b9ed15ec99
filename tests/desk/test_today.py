"""The list for today: whose it is, its order, ticking in place and without JavaScript, other offices, paper."""

from datetime import date, datetime, time, timedelta
from types import SimpleNamespace
from typing import Any

import make
import pytest
import time_machine
from page import Node, Page
from sqlalchemy import event, select

from webapp.db import db, transaction
from webapp.kit import clock
from webapp.kit.days import local_day, zone
from webapp.staff.audit import actor_of
from webapp.staff.models import Absence, Office, User
from webapp.touches.actions import journal
from webapp.touches.models import Touch
from webapp.touches.standing import refresh
from webapp.trips.models import Trip


@pytest.fixture
def today() -> date:
    return local_day(clock.now(), zone("Europe/Moscow"))


def back_home(office: Office, seller: User | None, day: date, *, last: str, step: str = "call_back", days: int = 0,
              at: time | None = None, **more: Any) -> Touch:
    """A client who came home lately and whose call (or visit) is due `days` after today."""
    now = clock.now()
    client = make.client(office, last=last, manager=seller, now=now, **more)
    trip = make.trip(client, purchase=day, departure=day + timedelta(days=30), back=day + timedelta(days=37),
                     seller=seller, now=now)
    with transaction():
        trip = db.session.get_one(Trip, trip.id)
        for touch in trip.occasion.touches:
            touch.status = "done" if touch.automatic or touch.step_code != step else "planned"
            touch.done_at = now if touch.automatic else None
        touch = next(t for t in trip.occasion.touches if t.step_code == step)
        touch.due_on, touch.due_time = day + timedelta(days=days), at
        refresh(trip.occasion, now=now)
        return touch


@pytest.fixture
def agenda(app: Any, cast: SimpleNamespace, today: date) -> SimpleNamespace:
    """Olga's day: a call overdue, a visit at three, a call today, a call tomorrow; Pavel has one of his own."""
    return SimpleNamespace(
        late=back_home(cast.main, cast.olga, today, last="Поздняя", days=-2, phone="+79000001001"),
        visit=back_home(cast.main, cast.olga, today, last="Гостева", step="visit", at=time(15), phone="+79000001002"),
        call=back_home(cast.main, cast.olga, today, last="Звонкова", phone="+79000001003"),
        next=back_home(cast.main, cast.olga, today, last="Завтрашняя", days=1, phone="+79000001004"),
        pavel=back_home(cast.main, cast.pavel, today, last="Павлова", phone="+79000001005"),
        vera=back_home(cast.east, cast.vera, today, last="Восточная", phone="+79000001006"))


def cards(page: Page | Node) -> list[str]:
    """Surnames on the open cards, in order."""
    root = page.root if isinstance(page, Page) else page
    return [card.one("h3").text.split()[0] for card in root.all("li", class_="task")
            if "is-done" not in card.attrs["class"]]


def card(page: Page, touch: Touch) -> Node:
    return page.root.one("li", id=f"task-{touch.id}")


def test_my_day_in_order_overdue_then_agreed_hours_then_calls(browse, cast, agenda) -> None:
    page = browse(cast.olga).get("/today")
    assert cards(page) == ["Поздняя", "Гостева", "Звонкова"]
    assert [h2.text.rstrip(" 0123456789") for h2 in page.root.all("h2")] == [
        "Просрочено", "Сегодня в назначенное время", "Сегодня в любое время", "Завтра"]
    assert "2 дня" in card(page, agenda.late).text and "в 15:00" in card(page, agenda.visit).text
    assert "Завтрашняя" in page.root.one("ul", class_="ahead").text
    ahead = page.root.one("ul", class_="ahead").all("a")
    assert [link.attrs["href"].split("?")[0] for link in ahead][-1] == f"/touches/{agenda.next.id}"


def test_a_card_has_phone_trip_reason_and_last_contact(browse, cast, agenda) -> None:
    journal.record_contact(agenda.call.client, channel="call", direction="in", note="Спросила про карту",
                           actor=actor_of(cast.irina), now=clock.now())
    shown = card(browse(cast.olga).get("/today"), agenda.call)
    assert shown.one("a", class_="task__phone").attrs["href"] == "tel:+79000001003"
    for words in ("Звонок после поездки", "Анталья", "Последний контакт", "Спросила про карту", "Ирина"):
        assert words in shown.text


def test_the_bar_counts_what_is_due_for_me(browse, cast, agenda) -> None:
    link = [a for a in browse(cast.olga).get("/board").root.one("nav", class_="nav").all("a")
            if a.attrs["href"] == "/today"][0]
    assert link.one("span").text == "3" and "count--red" in link.one("span").attrs["class"]


def test_ticking_answers_with_the_card_and_what_is_left(browse, cast, agenda) -> None:
    answer = browse(cast.olga).post(f"/touches/{agenda.visit.id}/tick", {"view": "today", "touch": agenda.visit.id},
                                    htmx=True)
    assert answer.status == 200 and not answer.is_full
    first = [node for node in answer.root.children if isinstance(node, Node)][0]
    assert first.attrs["id"] == f"task-{agenda.visit.id}" and "is-done" in first.attrs["class"]
    assert "1 на сегодня" in answer.root.one(id="tasks-left").text
    again = browse(cast.olga).get("/today")
    assert "Гостева" not in cards(again)
    assert "Ольга" in card(again, agenda.visit).text


def test_undo_brings_the_card_back_in_place(browse, cast, agenda) -> None:
    http = browse(cast.olga)
    done = http.post(f"/touches/{agenda.call.id}/tick", {"view": "today", "touch": agenda.call.id,
                                                         "outcome": "no_answer"}, htmx=True)
    form = done.root.one("form", class_="row__said")
    data = {node.attrs["name"]: node.attrs["value"] for node in form.all("input") if "value" in node.attrs}
    answer = http.post(form.attrs["action"], data, htmx=True)
    assert cards(answer) == ["Звонкова"]
    db.session.expire_all()
    assert db.session.get_one(Touch, agenda.call.id).attempts == 0


def test_no_answer_is_one_click_and_moves_the_call(browse, cast, agenda, today) -> None:
    answer = browse(cast.olga).post(f"/touches/{agenda.call.id}/tick", {
        "view": "today", "touch": agenda.call.id, "outcome": "no_answer"}, htmx=True)
    db.session.expire_all()
    touch = db.session.get_one(Touch, agenda.call.id)
    assert touch.attempts == 1 and touch.due_on > today and cards(answer) == []


def test_a_result_is_asked_in_place_and_typed_words_stay(browse, cast, agenda) -> None:
    http = browse(cast.olga)
    opened = http.get(f"/today/items/{agenda.call.id}?open=1", htmx=True)
    assert opened.root.one(id=f"panel-{agenda.call.id}").all("button", value="come")
    refused = http.post(f"/touches/{agenda.call.id}/tick", {
        "view": "today", "outcome": "come", "note": "Придут вдвоём"}, htmx=True)
    assert refused.status == 422 and not refused.is_full
    assert refused.root.one("input", name="note").attrs["value"] == "Придут вдвоём"


def test_without_javascript_a_tick_comes_back_to_its_card(browse, cast, agenda) -> None:
    http = browse(cast.olga)
    form = card(http.get("/today"), agenda.visit).one("form", class_="task__acts")
    data = {node.attrs["name"]: node.attrs["value"] for node in form.all("input")}
    answer = http.post(form.attrs["action"], data)
    assert answer.status == 303 and answer.location == f"/today#task-{agenda.visit.id}"
    assert "Гостева" in http.get("/today").text


def test_an_item_without_htmx_is_the_page_of_the_step(browse, cast, agenda) -> None:
    assert browse(cast.olga).get(f"/today/items/{agenda.call.id}?open=1").location.startswith(
        f"/touches/{agenda.call.id}")


def test_whom_i_stand_in_for_is_on_my_list(browse, cast, agenda, today) -> None:
    with transaction() as session:
        session.add(Absence(user_id=cast.olga.id, substitute_id=cast.pavel.id, first_day=today,
                            last_day=today + timedelta(days=3)))
    page = browse(cast.pavel).get("/today")
    assert set(cards(page)) == {"Поздняя", "Гостева", "Звонкова", "Павлова"}
    assert "за коллегу: Ольга" in card(page, agenda.call).text


def test_customer_service_and_directors_look_at_colleagues_and_everybody(browse, cast, agenda) -> None:
    for user in (cast.irina, cast.boris):
        everybody = browse(user).get("/today?who=all")
        assert set(cards(everybody)) == {"Поздняя", "Гостева", "Звонкова", "Павлова"}
        assert cards(browse(user).get(f"/today?who={cast.pavel.id}")) == ["Павлова"]


def test_managers_see_their_own_list_whatever_they_ask_for(browse, cast, agenda) -> None:
    page = browse(cast.pavel).get("/today?who=all")
    assert cards(page) == ["Павлова"] and not page.root.all("select", name="who")
    assert cards(browse(cast.pavel).get(f"/today?who={cast.olga.id}")) == ["Павлова"]


def test_another_office_is_never_shown(browse, cast, agenda) -> None:
    assert cards(browse(cast.vera).get("/today")) == ["Восточная"]
    assert cards(browse(cast.boris).get(f"/today?who={cast.vera.id}")) == []
    assert browse(cast.olga).get(f"/today/items/{agenda.vera.id}", htmx=True).status == 404
    assert browse(cast.olga).post(f"/touches/{agenda.vera.id}/tick", {"view": "today"}, htmx=True).status == 404
    assert "Восточная" in browse(cast.nikolai).get("/today?who=all").text


def test_strangers_sign_in_first_and_admins_have_no_list(browse, cast, agenda) -> None:
    assert browse().get("/today").location.startswith("/login")
    assert browse(cast.anna).get("/today").status == 404
    assert browse(cast.anna).get(f"/today/items/{agenda.call.id}", htmx=True).status == 404


def test_an_empty_day_says_so_and_what_tomorrow_brings(browse, cast, today) -> None:
    assert "На сегодня пусто" in browse(cast.olga).get("/today").text
    back_home(cast.main, cast.olga, today, last="Завтрашняя", days=1)
    page = browse(cast.olga).get("/today")
    assert "На сегодня пусто" in page.text and "На завтра – 1 шаг" in page.text


def test_a_letter_that_did_not_go_is_on_the_list_of_its_manager(browse, cast, agenda) -> None:
    with transaction():
        broken = db.session.scalars(select(Touch).where(Touch.occasion_id == agenda.call.occasion_id,
                                                        Touch.step_code == "settled_in")).one()
        broken.status, broken.reason = "unknown", "no-answer"
        refresh(broken.occasion, now=clock.now())
    page = browse(cast.olga).get("/today")
    assert cards(page)[0] == "Звонкова" and "неясно" in card(page, broken).text
    assert len(cards(browse(cast.pavel).get("/today"))) == 1


def test_what_nobody_owns_is_on_everybodys_list(browse, cast, today) -> None:
    back_home(cast.main, None, today, last="Ничья")
    assert cards(browse(cast.olga).get("/today")) == cards(browse(cast.pavel).get("/today")) == ["Ничья"]


def test_a_task_of_the_journal_is_due_like_a_step(browse, cast, agenda, today) -> None:
    journal.record_contact(agenda.next.client, channel="chat", direction="in", note="Прислали копии",
                           next_on=today, next_note="Отправить паспорта", actor=actor_of(cast.olga),
                           now=clock.now())
    page = browse(cast.olga).get("/today")
    shown = [c for c in page.root.all("li", class_="task") if "Отправить паспорта" in c.text]
    assert len(shown) == 1
    touch_id = int(shown[0].attrs["id"].removeprefix("task-"))
    answer = browse(cast.olga).post(f"/touches/{touch_id}/tick", {"view": "today", "touch": touch_id}, htmx=True)
    assert "is-done" in answer.root.one("li", id=f"task-{touch_id}").attrs["class"]


def test_paper_has_phones_and_lines_to_write_on(browse, cast, agenda) -> None:
    page = browse(cast.olga).get("/today")
    assert page.root.all("button", data_print="yes")
    for shown in page.root.all("li", class_="task"):
        assert shown.one("p", class_="print-note") and shown.all("a", class_="task__phone")


def test_the_list_costs_the_same_number_of_questions_however_long_it_is(browse, cast, agenda, today) -> None:
    def questions() -> int:
        asked: list[str] = []

        def note(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
            asked.append(statement)
        event.listen(db.engine, "before_cursor_execute", note)
        try:
            http.get("/today")
        finally:
            event.remove(db.engine, "before_cursor_execute", note)
        return len(asked)
    http = browse(cast.olga)
    http.get("/today")
    few = questions()
    for number in range(12):
        back_home(cast.main, cast.olga, today, last=f"Ещё{number}", phone=f"+7900000200{number % 10}")
    assert questions() <= few


def test_english_pages_are_english(browse, cast, agenda) -> None:
    with transaction():
        cast.olga.language = "en"
    page = browse(cast.olga).get("/today")
    assert page.h1.startswith("Today") and "Overdue" in page.text and "2 days" in page.text


def test_a_long_timeline_shows_the_newest_first_and_everything_on_demand(browse, cast) -> None:
    client = make.client(cast.main, now=clock.now())
    for number in range(65):
        journal.record_contact(client, channel="call", direction="in", note=f"Разговор {number:02d}",
                               actor=actor_of(cast.olga), now=clock.now())
    http = browse(cast.olga)
    page = http.get(f"/clients/{client.id}")
    assert "Разговор 64" in page.text and "Разговор 00" not in page.text
    more = [a for a in page.root.all("a") if a.text == "Показать всё"][0]
    assert "Разговор 00" in http.get(more.attrs["href"].split("#")[0]).text


def test_state_and_price_of_a_trip_are_told_apart_on_the_clients_page(browse, cast, today) -> None:
    call = back_home(cast.main, cast.olga, today - timedelta(days=60), last="Ценная")
    with transaction() as session:
        session.scalars(select(Trip).where(Trip.occasion_id == call.occasion_id)).one().price_kopecks = 17_320_000
    row = browse(cast.olga).get(f"/clients/{call.client_id}").root.one("ul", class_="people--trips").text
    assert "уже дома · 173" in row


def test_a_visit_whose_hour_has_passed_says_when_it_was(browse, cast, agenda, today) -> None:
    visit = db.session.get_one(Touch, agenda.visit.id)
    late = datetime.combine(today, visit.due_time, zone("Europe/Moscow")) + timedelta(minutes=1)
    with time_machine.travel(late - timedelta(minutes=2), tick=False):
        before = card(browse(cast.olga).get("/today"), agenda.visit).text
    with time_machine.travel(late, tick=False):
        after = card(browse(cast.olga).get("/today"), agenda.visit)
    hour = visit.due_time.strftime("%H:%M")
    assert f"в {hour}" in before and "было" not in before
    assert f"было в {hour}" in after.text and "is-today" in after.attrs["class"]
