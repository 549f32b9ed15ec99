"""More acceptance statements of `ux.md` §8 in a real browser: colours with words, order, Back, bulk, others' changes."""

import re

import pytest
from board_make import six_trips, visit_due
from playwright.sync_api import expect
from sqlalchemy import select

from webapp.db import db
from webapp.touches.models import Touch

NAMES = "rows => rows.map(row => row.querySelector('th').innerText.split(' ')[0])"


@pytest.fixture
def board(app, cast):
    return six_trips(cast)


def row(trip):
    return f"#trip-{trip.id}"


def names(tab):
    return tab.page.eval_on_selector_all("tbody.row", NAMES)


def statuses(*trips):
    db.session.rollback()
    return set(db.session.scalars(select(Touch.status).where(
        Touch.step_code == "visit", Touch.occasion_id.in_([trip.occasion_id for trip in trips]))))


def test_rows_that_are_broken_or_late_stand_first_and_finished_ones_last(tab, cast, board):
    found = names(tab(cast.olga).go("/board"))
    assert found[:2] == ["Broken", "Overdue"] and set(found[2:4]) == {"Today", "Near"}
    assert found[4:] == ["Ahead", "Finished"]


@pytest.mark.parametrize("dark", [False, True])
def test_every_coloured_cell_has_a_picture_and_a_word(tab, cast, board, dark):
    olga = tab(cast.olga, dark=dark).go("/board")
    bare = olga.page.eval_on_selector_all(
        "tbody.is-over .state, tbody.is-today .state",
        "states => [states.length, states.filter(s => !s.querySelector('svg') || !s.innerText.trim()).length]")
    assert bare[0] >= 4 and bare[1] == 0


def test_a_second_tick_from_an_old_page_is_told_who_did_it_and_changes_nothing(tab, cast, board):
    visit_due(board["near"])
    olga, pavel = tab(cast.olga).go("/board"), tab(cast.pavel).go("/board")
    olga.page.locator(f"{row(board['near'])} [data-tick]").click()
    olga.page.wait_for_selector(f"{row(board['near'])} [data-undo]")
    pavel.page.locator(f"{row(board['near'])} [data-tick]").click()
    expect(pavel.page.get_by_text(re.compile("Уже отмечено: Ольга")).first).to_be_visible()
    expect(pavel.page.locator(f"{row(board['near'])} [data-undo]")).to_be_visible()
    db.session.rollback()
    done_by = db.session.scalars(select(Touch.done_by_id).where(Touch.occasion_id == board["near"].occasion_id,
                                                                 Touch.step_code == "visit")).one()
    assert done_by == cast.olga.id


def test_a_filtered_address_shows_the_same_elsewhere_and_back_restores_the_list(tab, cast, board):
    olga = tab(cast.olga).go("/board")
    whole = names(olga)
    olga.page.get_by_role("link", name="Просрочено").first.click()
    expect(olga.page.locator("tbody.row")).not_to_have_count(len(whole))
    filtered, address = names(olga), olga.page.url.removeprefix(olga.site)
    assert "?" in address and filtered
    assert names(tab(cast.pavel).go(address)) == filtered
    olga.page.go_back()
    expect(olga.page.locator("tbody.row")).to_have_count(len(whole))
    assert names(olga) == whole


def test_many_are_ticked_by_one_request_and_taken_back_by_one_button(tab, cast, board):
    visit_due(board["near"])
    visit_due(board["today"])
    olga = tab(cast.olga).go("/board")
    seen = []
    olga.page.on("request", lambda asked: seen.append(asked.method) if asked.method == "POST" else None)
    for name in ("near", "today", "overdue"):
        olga.page.locator(f"{row(board[name])} input[name=trip]").check()
    assert olga.text("[data-picked]") == "3"
    olga.page.fill("#bulk [name=note]", "Павел в отпуске")
    olga.page.locator("#bulk button[value=tick]").click()
    olga.page.get_by_role("button", name="Вернуть всё").wait_for()
    assert seen == ["POST"]
    assert statuses(board["near"], board["today"]) == {"done"}
    assert "Overdue" in olga.text("main"), "the one that needs a result is named"
    olga.page.get_by_role("button", name="Вернуть всё").click()
    olga.page.wait_for_selector(f"{row(board['near'])} [data-tick]")
    assert statuses(board["near"], board["today"]) == {"planned"}


def test_what_colleagues_changed_is_offered_and_moves_nothing_under_the_cursor(tab, cast, board):
    visit_due(board["near"])
    pavel = tab(cast.pavel)
    pavel.page.clock.install()
    pavel.go("/board")
    order = names(pavel)
    olga = tab(cast.olga).go("/board")
    olga.page.locator(f"{row(board['near'])} [data-tick]").click()
    olga.page.wait_for_selector(f"{row(board['near'])} [data-undo]")
    expect(pavel.page.locator("#changes-link")).to_be_hidden()
    pavel.page.clock.fast_forward(61_000)
    expect(pavel.page.locator("#changes-link")).to_be_visible()
    assert "1" in pavel.text("#changes-link") and names(pavel) == order
    pavel.page.locator("#changes-link").click()
    pavel.page.wait_for_selector(f"{row(board['near'])} [data-undo]")


def test_coming_back_before_leaving_is_told_with_both_dates(tab, cast, board):
    olga = tab(cast.olga).go(f"/trips/new?client={board['near'].client_id}")
    for name, value in (("departure_on", "21.03.2027"), ("return_on", "20.03.2027"), ("destination", "Анталья")):
        olga.page.fill(f"[name={name}]", value)
    olga.page.locator("main form[method=post]").last.locator("button.btn--primary").click()
    expect(olga.page.locator("#errors")).to_be_focused()
    said = olga.text("#errors")
    assert "20 марта" in said and "21 марта" in said
    assert olga.page.input_value("[name=return_on]") == "20.03.2027"
