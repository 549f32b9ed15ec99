"""The board as people see it: order, colours, filters, ticking in place, undo, bulk, other offices."""

from datetime import date, datetime, timedelta

import make
import pytest
from board_make import six_trips, visit_due
from sqlalchemy import event, select

from webapp.db import db, transaction
from webapp.kit import clock
from webapp.touches.models import Touch
from webapp.trips import step_words
from webapp.trips.models import Trip


@pytest.fixture
def board(app, cast):
    """Six trips around the real today: broken, overdue, two due today, ahead, finished."""
    return six_trips(cast)


def more_trips(cast, number):
    moment = clock.now()
    today = (moment + timedelta(hours=3)).date()
    for n in range(number):
        client = make.client(cast.main, last=f"Клиент{n:02d}", phone=None, email=None, now=moment)
        make.trip(client, purchase=today, departure=today + timedelta(days=20 + n),
                  back=today + timedelta(days=30 + n), seller=cast.olga, now=moment)


def order(page):
    return [row.one("a", href=row.one("th").one("a").attrs["href"]).text.split()[0]
            for row in page.root.all("tbody", class_="row")]


def call_of(trip):
    db.session.rollback()
    return db.session.scalar(select(Touch).where(Touch.occasion_id == trip.occasion_id, Touch.step_code == "call_back"))


def test_the_worst_rows_come_first_and_finished_ones_last(browse, cast, board):
    page = browse(cast.olga).get("/board")
    assert order(page) == ["Broken", "Overdue", "Today", "Near", "Ahead", "Finished"]
    classes = [row.attrs["class"] for row in page.root.all("tbody", class_="row")]
    assert classes == ["row is-over", "row is-over", "row is-today", "row is-today", "row", "row is-ended"]


def test_an_empty_board_offers_what_comes_first(browse, cast):
    links = {link.text: link.attrs["href"] for link in browse(cast.olga).get("/board").root.one(id="board").all("a")}
    assert links == {"Добавить поездку": "/trips/new"}
    board = browse(cast.boris).get("/board").root.one(id="board")
    links = {link.text: link.attrs["href"] for link in board.all("a")}
    assert {"Загрузить чек-лист", "Добавить поездку", "Агентство и отправитель", "Кто подписывает письма", "Письма и план",
            "С чего начать", "Включить отправку"} == set(links)
    assert "Осталось сделать" in board.text
    assert "Завести сотрудников сделано" in " ".join(board.text.split())


def test_every_coloured_cell_has_an_icon_and_a_word(browse, cast, board):
    cells = browse(cast.olga).get("/board").root.all("td", class_="cell--open")
    assert len(cells) >= 4
    for cell in cells:
        state = [s for s in cell.all("span") if "state" in s.attrs.get("class", "").split()][0]
        assert state.all("svg") and state.text


@pytest.mark.parametrize(("query", "names"), [
    ("show=over", ["Overdue"]), ("show=broken", ["Broken"]), ("show=today", ["Today", "Near"]),
    ("q=Сочи", ["Ahead"]), ("q=Overdue", ["Overdue"]), ("q=8 916 000-00-02", ["Today"]),
    ("q=nobody", []), ("show=mine", ["Overdue", "Near", "Finished"])])
def test_a_filter_is_an_address_that_gives_the_same_list_to_everybody(browse, cast, board, query, names):
    assert order(browse(cast.olga).get(f"/board?{query}")) == names


def test_a_filter_without_matches_says_so_and_offers_all(browse, cast, board):
    page = browse(cast.olga).get("/board?q=nobody")
    assert "Ничего не нашлось" in page.text or "Nothing matches" in page.text
    assert page.root.all("a", href="/board")


def test_another_office_sees_an_empty_board_and_no_row(browse, cast, board):
    vera = browse(cast.vera)
    assert order(vera.get("/board")) == []
    assert vera.get(f"/board/rows/{board['today'].id}").status == 404
    assert vera.post(f"/touches/{call_of(board['today']).id}/tick", {"outcome": "no"}).status == 404


def test_a_network_director_sees_every_office(browse, cast, board):
    assert len(order(browse(cast.nikolai).get("/board"))) == 6


def test_an_administrator_without_another_role_has_no_board(browse, cast, board):
    assert browse(cast.anna).get("/board").status == 404


def test_a_tick_answers_with_the_row_first_and_counters_after_it(browse, cast, board):
    touch = call_of(board["near"])
    answer = browse(cast.olga).post(f"/touches/{touch.id}/tick", {"outcome": "no", "view": "board"}, htmx=True)
    assert answer.status == 200
    assert answer.html.lstrip().startswith(f'<tbody id="trip-{board["near"].id}"')
    for part in ("tally", "totals"):
        assert answer.root.one("p", id=part).attrs["hx-swap-oob"] == "true"
    assert f"act-{touch.id}" in answer.html and "undo" in answer.html


def test_a_tick_without_javascript_leads_back_to_the_row(browse, cast, board):
    touch = call_of(board["near"])
    answer = browse(cast.olga).post(f"/touches/{touch.id}/tick", {"outcome": "no", "back": "/board?show=mine#trip-1"})
    assert (answer.status, answer.location) == (303, "/board?show=mine#trip-1")
    assert call_of(board["near"]).status == "done"


def test_undo_is_on_the_row_after_a_reload_and_restores_counters(browse, cast, board):
    olga = browse(cast.olga)
    before = olga.get("/board").root.one("p", id="tally").text
    olga.post(f"/touches/{call_of(board['near']).id}/tick", {"outcome": "no"})
    page = olga.get("/board")
    assert page.root.one("p", id="tally").text != before
    form = next(f for f in page.root.all("form") if "/undo" in f.attrs.get("action", ""))
    olga.post(form.attrs["action"], {"back": "/board"})
    assert olga.get("/board").root.one("p", id="tally").text == before
    assert call_of(board["near"]).status == "planned"


def test_a_second_tick_says_who_was_first(browse, cast, board):
    touch = call_of(board["near"])
    browse(cast.olga).post(f"/touches/{touch.id}/tick", {"outcome": "no"})
    answer = browse(cast.boris).post(f"/touches/{touch.id}/tick", {"outcome": "no", "note": "и я", "view": "board"}, htmx=True)
    assert answer.status == 200 and "Ольга" in answer.root.one("p", id="status").text
    assert call_of(board["near"]).outcome == "no"


def test_a_refused_result_keeps_what_was_typed_and_says_what_is_missing(browse, cast, board):
    touch = call_of(board["near"])
    for htmx in (True, False):
        answer = browse(cast.olga).post(f"/touches/{touch.id}/tick", {
            "outcome": "come", "date": "31.31.2026", "note": "после обеда", "view": "board" if htmx else "page"},
            htmx=htmx)
        assert answer.status == 422
        values = [field.attrs.get("value") for field in answer.root.all("input")]
        assert "31.31.2026" in values and "после обеда" in values
        assert answer.root.all("p", id="errors")


@pytest.mark.parametrize("view", ["board", "today", "trip", "page"])
@pytest.mark.parametrize(("sent", "field"), [
    ({"outcome": "come"}, "date"), ({"outcome": "come", "date": "31.31.2026"}, "date"),
    ({"outcome": "plans_trip"}, "month"), ({"outcome": "recommends"}, "name"), ({"outcome": "complains"}, "note")])
def test_what_a_result_needs_is_asked_for_where_it_is_written(browse, cast, board, view, sent, field):
    touch = call_of(board["near"])
    words = {} if field == "note" else {"note": "после обеда"}
    answer = browse(cast.boris).post(f"/touches/{touch.id}/tick", {"view": view, **sent, **words},
                                     htmx=view != "page")
    assert answer.status == 422 and answer.is_full == (view == "page")
    focused = [node for node in answer.root.all() if "autofocus" in node.attrs]
    assert [(node.tag, node.attrs["name"], node.attrs["aria-describedby"]) for node in focused] == [
        ("input", field, "errors")]
    values = {node.attrs["name"]: node.attrs.get("value", "") for node in answer.root.all("input")}
    assert all(values[name] == text for name, text in {**sent, **words}.items() if name != "outcome")
    assert call_of(board["near"]).status == "planned"


def test_an_example_of_a_date_lies_ahead(browse, cast, board):
    shown = browse(cast.olga).get(f"/touches/{call_of(board['near']).id}").root.one("input", name="date")
    day = datetime.strptime(shown.attrs["placeholder"], "%d.%m.%Y").date()
    assert timedelta(days=0) < day - clock.now().date() <= timedelta(days=14)


def test_the_panel_shows_the_phone_the_words_and_the_results(browse, cast, board):
    touch = call_of(board["near"])
    answer = browse(cast.olga).get(f"/board/rows/{board['near'].id}?open={touch.id}", htmx=True)
    assert answer.root.one("a", href="tel:+79160000003").text.startswith("+7 916")
    assert "Анна" in answer.text
    assert [b.attrs["value"] for b in answer.root.all("button", name="outcome")][:3] == ["come", "no", "no_answer"]


def test_a_bulk_tick_is_one_request_with_one_undo(browse, cast, board, app):
    visits = [board[name] for name in ("today", "near")]
    for trip in visits:
        visit_due(trip)
    boris = browse(cast.boris)
    page = boris.follow("/board/bulk", {"verb": "tick", "trip": [str(t.id) for t in visits], "back": "/board"})
    undo = next(f for f in page.root.all("form", class_="undo-all"))
    states = [t.status for t in db.session.scalars(select(Touch).where(Touch.step_code == "visit")) if t.due_on]
    db.session.rollback()
    assert states.count("done") >= 2
    boris.post(undo.attrs["action"], {"back": "/board"})
    db.session.rollback()
    for trip in visits:
        visit = db.session.scalar(select(Touch).where(Touch.occasion_id == trip.occasion_id, Touch.step_code == "visit"))
        assert visit.status == "planned"


@pytest.mark.parametrize(("verb", "done", "nothing"), [
    ("snooze", "Отложен 1 шаг.", "нечего откладывать"), ("hand-over", "Передан 1 шаг.", "нечего передавать")])
def test_chosen_rows_with_nothing_to_do_are_named(browse, cast, board, verb, done, nothing):
    idle = next(row for row in board.values() if row.id not in (board["near"].id, board["today"].id)
                and not browse(cast.boris).get("/board").root.one("tbody", id=f"trip-{row.id}").all("td", class_="cell--open"))
    page = browse(cast.boris).follow("/board/bulk", {
        "verb": verb, "day": "3", "to": cast.irina.id,
        "trip": [board["near"].id, idle.id], "back": "/board"})
    assert done in page.text and f"Пропущено: {idle.client.short_name} – {nothing}." in page.text


def test_changes_by_colleagues_are_counted_and_own_ones_are_not(browse, cast, board):
    olga, boris = browse(cast.olga), browse(cast.boris)
    olga.post(f"/touches/{call_of(board['near']).id}/tick", {"outcome": "no"})
    assert "hidden" in olga.get("/board/changes?since=0", htmx=True).root.one("a", id="changes-link").attrs
    assert "1" in boris.get("/board/changes?since=0", htmx=True).root.one("a", id="changes-link").text


def test_the_number_of_queries_does_not_grow_with_the_rows(browse, cast, board, app):
    olga = browse(cast.olga)
    olga.get("/board")
    seen = []
    event.listen(db.engine, "before_cursor_execute", lambda *a: seen.append(a[2]))

    def queries():
        seen.clear()
        olga.get("/board")
        return len([s for s in seen if s.lstrip().upper().startswith("SELECT")])
    few = queries()
    more_trips(cast, 20)
    assert queries() == few <= 25


def test_show_more_continues_where_the_first_fifty_end(browse, cast, app, now):
    more_trips(cast, 53)
    olga = browse(cast.olga)
    first = olga.get("/board")
    more = first.root.one("tbody", class_="row-more").one("a").attrs["href"]
    rest = olga.get(more, htmx=True)
    assert len(order(first)) == 50 and len(order(rest)) == 3
    assert not set(order(first)) & set(order(rest))


def test_a_cancelled_trip_leaves_the_board(browse, cast, board):
    from webapp.staff.audit import actor_of
    from webapp.trips.actions import cancel_trip
    trip = db.session.get(Trip, board["ahead"].id)
    cancel_trip(trip, reason="передумали", actor=actor_of(cast.boris), now=clock.now())
    assert "Ahead" not in order(browse(cast.olga).get("/board"))
    assert order(browse(cast.olga).get("/board?show=cancelled")) == ["Ahead"]
    assert isinstance(trip.purchase_on, date)


def test_a_call_nobody_answered_says_so_wherever_the_step_is_shown(browse, cast, board):
    olga, trip = browse(cast.olga), board["near"]
    touch = call_of(trip)
    answer = olga.post(f"/touches/{touch.id}/tick", {"outcome": "no_answer", "view": "board"}, htmx=True)
    assert "не отвечает · 1 из 3" in answer.root.one("tbody", id=f"trip-{trip.id}").text
    olga.post(f"/touches/{touch.id}/tick", {"outcome": "no_answer", "view": "board"}, htmx=True)
    assert "не отвечает · 2 из 3" in olga.get("/board").root.one("tbody", id=f"trip-{trip.id}").text
    moved = f"не отвечает · попытка 2 из 3, перенесено на {step_words.day_words(call_of(trip).due_on)[:2]}"
    for url in (f"/trips/{trip.id}", f"/touches/{touch.id}", "/today"):
        assert moved in olga.get(url).text


def test_a_call_that_is_due_again_says_how_often_nobody_answered(browse, cast, board):
    olga, trip = browse(cast.olga), board["near"]
    with transaction():
        call_of(trip).attempts = 2
    assert "не отвечает · 2 из 3" in olga.get("/board").root.one("tbody", id=f"trip-{trip.id}").text
    for url in (f"/trips/{trip.id}", f"/touches/{call_of(trip).id}", "/today"):
        assert "не отвечает · попыток: 2 из 3" in olga.get(url).text


def test_the_page_of_a_step_says_whose_it_is_for_which_trip_until_when_and_what_for(browse, cast, board):
    trip = board["overdue"]
    touch = call_of(trip)
    page = browse(cast.irina).get(f"/touches/{touch.id}")
    facts = page.root.one("section", class_="step-facts")
    for words in ("Overdue Анна", "Анталья", step_words.day_words(touch.due_on), "просрочено 2 дня", "Ольга Соколова",
                  "пригласить в офис"):
        assert words in facts.text
    assert {f"/clients/{touch.client_id}", f"/trips/{trip.id}"} <= {a.attrs["href"] for a in facts.all("a")}


def test_a_task_without_a_trip_has_its_page_too(browse, cast, board):
    from webapp.staff.audit import actor_of
    from webapp.touches.actions import journal
    journal.record_contact(call_of(board["near"]).client, channel="call", direction="in", note="Ждёт счёт",
                           next_on=clock.now().date() + timedelta(days=3), actor=actor_of(cast.olga), now=clock.now())
    task = db.session.scalar(select(Touch).where(Touch.channel == "task"))
    facts = browse(cast.olga).get(f"/touches/{task.id}").root.one("section", class_="step-facts").text
    assert "Near Анна" in facts and "Ольга Соколова" in facts and "Поездка" not in facts
