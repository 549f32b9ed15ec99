"""Where a press leads back to a place far down the page, its answer is in sight there and covers nothing one needs."""

from datetime import date

import club_make
import make
import pytest

from webapp.db import db
from webapp.kit import clock

NOTE = ".flashes .note"


@pytest.fixture
def trip_id(cast):
    now = clock.now()
    anna = make.client(cast.main, manager=cast.olga, now=now)
    club_make.card(anna, cast.main, points=2000, now=now)
    trip = make.trip(anna, purchase=now.date(), departure=date(now.year + 1, 6, 1), back=date(now.year + 1, 6, 9),
                     seller=cast.olga, now=now, price_kopecks=10_000_000)
    found = trip.id
    db.session.rollback()
    return found


@pytest.mark.parametrize("width, dark", [(1366, False), (1366, True), (390, False)])
def test_the_answer_to_a_press_is_in_sight_where_one_comes_back_to(tab, cast, trip_id, width, dark):
    olga = tab(cast.olga, width=width, height=768, dark=dark, scripts=False).go(f"/trips/{trip_id}")
    page = olga.page
    page.locator("#trip-bonus").get_by_role("button", name="Применить").click()
    page.wait_for_url("**#trip-bonus")
    assert page.evaluate("scrollY") > 0, "the panel stands far down"
    note, panel = page.locator(NOTE).bounding_box(), page.locator("#trip-bonus").bounding_box()
    assert note["y"] >= 0 and note["y"] + note["height"] <= 768
    assert panel["y"] >= note["y"] + note["height"], "the heading of the panel is not covered"
    button = page.get_by_role("button", name="Снять карту")
    button.focus()
    assert button.bounding_box()["y"] >= note["y"] + note["height"]
    button.click()
    page.wait_for_url("**#trip-bonus")
    assert "снята" in page.locator(NOTE).inner_text()
    assert 0 <= page.locator(NOTE).bounding_box()["y"] < 768
    assert olga.sideways() == 0
