"""The same person sees the same numbers at the same moment: on the board, on the list for today, in the outbox."""

import re
from types import SimpleNamespace
from typing import Any

import pytest
from page import Browser, Node, Page
from sqlalchemy import select

from webapp.db import db, transaction
from webapp.desk.demo_data import agency
from webapp.kit import clock
from webapp.staff.lists import user_by_email
from webapp.staff.models import User
from webapp.touches.models import Occasion, Touch
from webapp.trips.models import Trip

WORDS = {"просрочено": "over", "не ушло": "broken", "сегодня": "today", "на сегодня": "today"}
MANAGERS = ("olga", "pavel", "elena")


@pytest.fixture
def demo(living: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> Any:
    """`demo("olga")` gives the signed-in browser of this person on the Thursday of the demo."""
    monkeypatch.setattr(clock, "now", lambda: living.now)
    return lambda key: Browser(living.app, person(key))


def person(key: str) -> User:
    found = user_by_email(f"{key}@{agency.DOMAIN}")
    assert found is not None
    return found


def numbers(where: Node) -> dict[str, int]:
    """Counters in words, as {over, broken, today}."""
    found = {"over": 0, "broken": 0, "today": 0}
    for state in where.all("span", class_="state"):
        number, _space, word = state.text.partition(" ")
        if state.text != "Всё сделано":
            found[WORDS[word]] = int(number)
    return found


def listed(page: Page) -> dict[str, int]:
    """What the headings of the list for today count."""
    counts = {part.attrs["id"]: int(part.one("span", class_="count").text) for part in page.root.all("h2")}
    return {"over": counts.get("part-late", 0), "broken": counts.get("part-broken", 0),
            "today": counts.get("part-timed", 0) + counts.get("part-rest", 0)}


def badge(page: Page) -> int:
    link = next(a for a in page.root.one("nav", class_="nav").all("a") if a.attrs["href"] == "/today")
    return int(link.one("span", class_="count").text)


def rows_by_state(page: Page) -> dict[str, int]:
    rows = page.root.all("tbody", class_="row")
    broken = sum(bool(row.all("td", class_="cell--broken")) for row in rows)
    red = sum("is-over" in row.attrs["class"] for row in rows)
    return {"over": red - broken, "broken": broken, "today": sum("is-today" in row.attrs["class"] for row in rows)}


def outbox_counts(page: Page) -> dict[str, int]:
    found = {}
    for link in page.root.one("div", class_="tools").all("a"):
        count = link.all("span", class_="count")
        found[link.text.rstrip(" 0123456789")] = int(count[0].text) if count else 0
    return found


@pytest.mark.parametrize("key", [*MANAGERS, "irina", "boris"])
def test_the_bar_the_head_and_the_parts_of_today_count_the_same(demo: Any, key: str) -> None:
    page = demo(key).get("/today")
    # Whoever has no step left but a check of a colleague is not told that all is done.
    head = numbers(page.root.one("p", id="tasks-left")) if key != "boris" else {"over": 0, "broken": 0, "today": 0}
    assert key != "boris" or not page.root.all("p", id="tasks-left")
    assert head == listed(page) and sum(head.values()) == badge(page) == badge(demo(key).get("/board"))


@pytest.mark.parametrize("key", [*MANAGERS, "boris"])
@pytest.mark.parametrize("query", ["", "?show=mine"])
def test_the_counters_of_the_board_count_its_coloured_rows(demo: Any, key: str, query: str) -> None:
    page = demo(key).get(f"/board{query}")
    assert numbers(page.root.one("p", id="tally")) == rows_by_state(page)


def test_a_counter_leads_to_as_many_rows_as_it_says(demo: Any) -> None:
    http = demo("olga")
    for query in ("", "?show=mine"):
        for link in http.get(f"/board{query}").root.one("p", id="tally").all("a"):
            page = http.get(link.attrs["href"])
            assert len(page.root.all("tbody", class_="row")) == int(link.one("b").text)


def test_the_total_of_a_manager_is_what_the_manager_sees_as_own(demo: Any) -> None:
    totals = {link.all("span")[0].text: link for link in demo("boris").get("/board").root.one("p", id="totals").all("a")}
    for key in MANAGERS:
        own = numbers(demo(key).get("/board?show=mine").root.one("p", id="tally"))
        states = totals[person(key).name.split()[0]].all("span", class_="state")
        shown = {WORDS[state.text.rstrip(" 0123456789")]: int(re.sub(r"\D", "", state.text)) for state in states}
        assert {name: number for name, number in own.items() if number} == shown


def test_trips_that_are_coloured_for_a_manager_are_those_on_the_list(demo: Any) -> None:
    for key in MANAGERS:
        board = demo(key).get("/board?show=mine")
        coloured = {row.attrs["id"].removeprefix("trip-") for row in board.root.all("tbody", class_="row")
                    if {"is-over", "is-today"} & set(row.attrs["class"].split())}
        cards = demo(key).get("/today").root.all("li", class_="task")
        links = [a.attrs["href"] for card in cards if "is-done" not in card.attrs["class"] for a in card.all("a")]
        trips = {link.removeprefix("/trips/") for link in links if link.startswith("/trips/")}
        assert trips == coloured


def test_the_outbox_waits_for_as_many_decisions_as_letters_are_red_on_the_board(demo: Any) -> None:
    for key in ("olga", "boris"):
        red = demo(key).get("/board?show=broken").root.all("td", class_="cell--broken")
        # What was missed before it was written is no letter; the outbox says where to look for it.
        written = [cell for cell in red if "упущено" not in cell.text]
        counts = outbox_counts(demo(key).get("/outbox"))
        assert counts["Не ушли"] + counts["Неизвестно"] == len(written) > 0
        links = [a.attrs["href"] for a in demo(key).get("/outbox?show=failed").root.one("main").all("a")]
        assert "/board?show=broken" in links


def test_what_is_closed_on_the_board_waits_for_nobody_in_the_outbox_until_it_is_undone(demo: Any) -> None:
    http = demo("boris")
    touch_id, trip_id = db.session.execute(select(Touch.id, Trip.id).join(
        Trip, Trip.occasion_id == Touch.occasion_id).where(Touch.status == "unknown")).one()
    http.follow(f"/touches/{touch_id}/tick", {"note": "Позвонили", "back": "/board"})
    page = http.get("/outbox")
    assert outbox_counts(page)["Неизвестно"] == 0 and not page.root.all("h2", id="tray-title")
    form = http.get(f"/board/rows/{trip_id}", htmx=True).root.one("form", class_="row__said")
    http.follow(form.attrs["action"], {"back": "/board"})
    assert outbox_counts(http.get("/outbox"))["Неизвестно"] == 1


def test_what_nobody_owns_counts_for_everybody(demo: Any) -> None:
    before = badge(demo("elena").get("/board"))
    with transaction() as session:
        touch = session.scalars(select(Touch).join(Occasion, Touch.occasion_id == Occasion.id).where(
            Touch.assignee_id == person("elena").id, Touch.status == "planned",
            Touch.due_on <= clock.now().date()).limit(1)).one()
        touch.assignee_id = touch.occasion.owner_id = None
    page = demo("elena").get("/today")
    assert badge(page) == before and numbers(page.root.one("p", id="tasks-left")) == listed(page)


def test_a_tick_brings_the_number_of_the_bar_along(demo: Any) -> None:
    http = demo("olga")
    card = next(card for card in http.get("/today").root.all("li", class_="task") if card.all("button", value="no_answer"))
    answer = http.post(card.one("form", class_="task__acts").attrs["action"],
                       {"view": "today", "outcome": "no_answer"}, htmx=True)
    shown = answer.root.one("span", id="count-today-today")
    assert shown.attrs["hx-swap-oob"] == "true"
    assert int(shown.text) == sum(numbers(answer.root.one("p", id="tasks-left")).values()) == badge(http.get("/board"))


def test_ticking_an_own_row_keeps_the_counters_to_own_rows(demo: Any) -> None:
    http = demo("olga")
    tally = numbers(http.get("/board?show=mine").root.one("p", id="tally"))
    forms = http.get("/board?show=mine").root.all("form", class_="step-line")
    form = next(form for form in forms if form.all("button", data_tick=""))
    answer = http.post(form.attrs["action"], {"view": "board"},
                       headers={"HX-Request": "true", "HX-Current-URL": "http://localhost/board?show=mine"})
    left = numbers(answer.root.one("p", id="tally"))
    assert sum(left.values()) == sum(tally.values()) - 1
