"""The board in a real browser: acceptance statements of `ux.md` §8 that only a browser can prove."""

import pytest
from board_make import six_trips, visit_due
from playwright.sync_api import expect
from sqlalchemy import select

from webapp.db import db, transaction
from webapp.touches.models import Touch


@pytest.fixture
def board(app, cast):
    return six_trips(cast)


def row(trip):
    return f"#trip-{trip.id}"


def call(trip, code="call_back"):
    db.session.rollback()
    return db.session.scalar(select(Touch).where(Touch.occasion_id == trip.occasion_id, Touch.step_code == code))


def counted(page):
    """Requests to the server from now on, without static files."""
    seen = []
    page.on("request", lambda r: seen.append((r.method, r.url)) if "/static/" not in r.url else None)
    return seen


def test_a_tick_is_one_click_one_request_and_everything_changes_in_place(tab, cast, board):
    visit_due(board["near"])
    olga = tab(cast.olga).go("/board")
    before, totals = olga.text("#tally"), olga.text("#totals")
    order = olga.page.eval_on_selector_all("tbody.row", "rows => rows.map(r => r.id)")
    seen = counted(olga.page)
    button = olga.page.locator(f"{row(board['near'])} [data-tick]")
    button.click()
    olga.page.wait_for_selector(f"{row(board['near'])} [data-undo]")
    assert [method for method, _ in seen] == ["POST"]
    assert olga.text("#tally") != before and olga.text("#totals") != totals
    assert olga.page.eval_on_selector_all("tbody.row", "rows => rows.map(r => r.id)") == order
    assert call(board["near"], "visit").status == "done"


def test_focus_stays_in_the_row_after_tick_and_undo_and_undo_survives_a_reload(tab, cast, board):
    visit_due(board["near"])
    olga = tab(cast.olga).go("/board")
    olga.page.locator(f"{row(board['near'])} [data-tick]").focus()
    olga.page.keyboard.press("Enter")
    olga.page.wait_for_selector(f"{row(board['near'])} [data-undo]")
    assert olga.page.evaluate("document.activeElement.hasAttribute('data-undo')")
    olga.page.reload()
    olga.page.locator(f"{row(board['near'])} [data-undo]").focus()
    olga.page.keyboard.press("Enter")
    olga.page.wait_for_selector(f"{row(board['near'])} [data-tick]")
    assert olga.page.evaluate("document.activeElement.closest('tbody.row') && document.activeElement.closest('tbody.row').id"
                              ) == row(board["near"])[1:]
    assert call(board["near"], "visit").status == "planned"


def test_the_row_survives_its_answer_and_the_table_stays_whole(tab, cast, board):
    visit_due(board["near"])
    olga = tab(cast.olga).go("/board")
    olga.page.locator(f"{row(board['near'])} [data-tick]").click()
    olga.page.wait_for_selector(f"{row(board['near'])} [data-undo]")
    assert olga.page.locator("tbody.row").count() == 6
    assert olga.page.eval_on_selector(row(board["near"]), "r => r.parentElement.tagName") == "TABLE"
    assert olga.page.locator("#tally").count() == olga.page.locator("#totals").count() == 1


def test_no_answer_is_one_click_in_the_panel(tab, cast, board):
    olga = tab(cast.olga).go("/board")
    olga.page.locator(f"{row(board['near'])} [data-tick]").click()
    olga.page.locator(f"{row(board['near'])} button[value=no_answer]").click()
    olga.page.wait_for_selector(f"{row(board['near'])} [data-undo]")
    touch = call(board["near"])
    assert (touch.status, touch.attempts) == ("planned", 1)


def test_a_refused_result_keeps_the_note_and_puts_focus_where_a_day_is_asked_for(tab, cast, board):
    olga = tab(cast.olga).go("/board")
    olga.page.locator(f"{row(board['near'])} [data-tick]").click()
    olga.page.fill(f"{row(board['near'])} input[name=note]", "перезвонить после обеда")
    olga.page.locator(f"{row(board['near'])} button[value=come]").click()
    olga.page.wait_for_selector(f"{row(board['near'])} #errors")
    assert olga.page.input_value(f"{row(board['near'])} input[name=note]") == "перезвонить после обеда"
    assert olga.page.evaluate("document.activeElement.name") == "date"


def test_search_waits_until_typing_pauses(tab, cast, board):
    olga = tab(cast.olga).go("/board")
    seen = counted(olga.page)
    olga.page.locator("#find").press_sequentially("Overdue", delay=40)
    expect(olga.page.locator("tbody.row")).to_have_count(1)
    assert len([url for _, url in seen if "q=" in url]) <= 2
    olga.page.go_back()
    expect(olga.page.locator("tbody.row")).to_have_count(6)


def test_keys_work_in_any_layout_and_do_nothing_while_typing(tab, cast, board):
    olga = tab(cast.olga).go("/board")
    cyrillic = "document.dispatchEvent(new KeyboardEvent('keydown', {code: '%s', key: '%s', bubbles: true}))"
    olga.page.evaluate("document.activeElement.blur()")
    olga.page.evaluate(cyrillic.replace("document.dispatch", "document.body.dispatch") % ("KeyJ", "о"))
    first = olga.page.evaluate("document.activeElement.id")
    olga.page.evaluate(cyrillic.replace("document.dispatch", "document.activeElement.dispatch") % ("KeyJ", "о"))
    assert first.startswith("trip-") and olga.page.evaluate("document.activeElement.id") not in ("", first)
    olga.page.keyboard.press("Slash")
    assert olga.page.evaluate("document.activeElement.id") == "find"
    olga.page.keyboard.press("j")
    assert olga.page.evaluate("document.activeElement.id") == "find" and olga.page.input_value("#find") == "j"


def test_keys_can_be_switched_off(tab, cast, board):
    from webapp.db import transaction
    from webapp.staff.models import User
    with transaction() as session:
        session.get(User, cast.olga.id).keys_on = False
    olga = tab(cast.olga).go("/board")
    olga.page.keyboard.press("j")
    assert not olga.page.evaluate("document.activeElement.id.startsWith('trip-')")


def test_the_board_works_without_javascript(tab, cast, board):
    visit_due(board["near"])
    olga = tab(cast.olga, scripts=False).go("/board")
    olga.page.locator(f"{row(board['near'])} button[data-tick]").click()
    assert f"#trip-{board['near'].id}" in olga.page.url
    assert call(board["near"], "visit").status == "done"
    olga.page.locator(f"{row(board['near'])} [data-undo]").click()
    assert call(board["near"], "visit").status == "planned"
    olga.page.locator(f"{row(board['overdue'])} [data-tick]").click()
    assert olga.page.locator("h1").count() == 1
    olga.page.locator("button[value=no]").click()
    assert call(board["overdue"]).status == "done"


def test_everything_is_reached_by_tab_and_focus_is_seen_and_never_hidden(tab, cast, board):
    olga = tab(cast.olga).go("/board")
    for _ in range(60):
        olga.page.keyboard.press("Tab")
        fine = olga.page.evaluate("""() => {
            const el = document.activeElement;
            if (!el || el === document.body || el.closest('.vh') || el.classList.contains('skip')) return true;
            const box = el.getBoundingClientRect();
            if (!box.width || !box.height) return true;
            const x = Math.min(Math.max(box.x + box.width / 2, 1), innerWidth - 1);
            const y = Math.min(Math.max(box.y + box.height / 2, 1), innerHeight - 1);
            const top = document.elementFromPoint(x, y);
            return Boolean(top && (el.contains(top) || top.contains(el) || top.closest('label')));
        }""")
        assert fine, olga.page.evaluate("document.activeElement.outerHTML.slice(0, 200)")


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [1366, 390])
def test_axe_finds_no_serious_fault(tab, cast, board, dark, width):
    olga = tab(cast.olga, width=width, dark=dark).go("/board")
    assert olga.axe() == []
    olga.page.locator(f"{row(board['near'])} [data-tick]").click()
    olga.page.wait_for_selector(f"{row(board['near'])} .script")
    assert olga.axe() == []


@pytest.mark.parametrize("width", [1366, 390, 320])
def test_nothing_but_the_board_itself_scrolls_sideways(tab, cast, board, width):
    assert tab(cast.olga, width=width).go("/board").sideways() <= 0


def test_seven_columns_fit_a_small_laptop(tab, cast, board):
    olga = tab(cast.olga).go("/board")
    assert olga.page.locator("table.board thead th").count() == 9
    assert olga.page.eval_on_selector(".board-wrap", "w => w.scrollWidth - w.clientWidth") <= 0


def test_a_small_laptop_has_room_for_something_to_do_in_every_column(tab, cast, board):
    with transaction() as session:
        for touch in session.scalars(select(Touch).where(Touch.occasion_id == board["near"].occasion_id,
                                                         Touch.automatic)):
            touch.status = "failed"
    olga = tab(cast.olga).go("/board?show=all")
    assert olga.page.locator(f"{row(board['near'])} .step-line").count() > 4
    assert olga.sideways() <= 0


def test_a_lost_session_leads_to_sign_in_and_back_not_into_the_row(tab, cast, board, app):
    olga = tab(cast.olga).go("/board")
    olga.page.context.clear_cookies()
    olga.page.locator(f"{row(board['near'])} [data-tick]").click()
    olga.page.wait_for_url("**/login**")
    assert "next=" in olga.page.url
