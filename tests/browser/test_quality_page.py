"""The quality table in a browser: totals while typing, saved without JavaScript, on a phone, light and dark."""

from datetime import date

import pytest
from playwright.sync_api import expect
from quality.quality_make import assessed, promised, table

from webapp.kit import clock


@pytest.fixture
def filled(cast, now):
    """Three assessments and a promise."""
    assessed(cast, now, day=date(2026, 9, 20), lines=table(minutes="60"))
    assessed(cast, now, day=date(2026, 10, 20), lines=table(minutes="50"))
    row = assessed(cast, now)
    promised(cast, row, now)
    return row


def fill(page) -> None:
    """The example worked out by hand, into the first five lines; the other lines are emptied."""
    page.fill("[name=competitor]", "Тур-Плюс")
    page.fill("[name=day]", "20.11.2026")
    for place in range(10):
        one = table()[place] if place < 5 else None
        for name in ("name", "unit", "weight", "theirs", "ours"):
            value = "" if one is None else str(getattr(one, name)).replace(".", ",")
            page.fill(f"[name={name}_{place}]", value)
        if one is not None:
            page.select_option(f"[name=better_{place}]", one.better)


def test_the_total_follows_while_typing_and_nothing_is_saved_by_it(tab, cast) -> None:
    boris = tab(cast.boris).go("/quality/new")
    fill(boris.page)
    expect(boris.page.locator("#totals")).to_contain_text("1,038")
    expect(boris.page.locator("#sum-1")).to_have_text("0,750 → 0,1875")
    boris.page.fill("[name=ours_1]", "30")
    expect(boris.page.locator("#totals")).to_contain_text("1,100")
    boris.page.fill("[name=weight_0]", "0,2")
    expect(boris.page.locator("#totals")).to_contain_text("не хватает 0,1")
    assert boris.page.input_value("[name=ours_1]") == "30" and boris.faults == []
    assert "Сохранить оценку" in tab(cast.boris).go("/quality").page.content()


def test_an_assessment_is_saved_without_javascript_and_its_totals_stand_there(tab, cast, app) -> None:
    boris = tab(cast.boris, scripts=False).go("/quality")
    fill(boris.page)
    boris.page.click("button:has-text('Сохранить оценку')")
    assert "Сохранено: итог 1,038" in boris.text("main.page, body") and "1,0375" in boris.page.content()


@pytest.mark.parametrize("dark", [False, True])
def test_axe_finds_nothing_serious(tab, cast, filled, dark, monkeypatch, now) -> None:
    monkeypatch.setattr(clock, "now", lambda: now)
    boris = tab(cast.boris, dark=dark)
    for url in ("/quality", "/quality/new", f"/quality/assessments/{filled.id}", f"/quality/assessments/{filled.id}/correction",
                "/quality/improvements/1", "/today"):
        assert boris.go(url).axe() == [], url


def test_a_narrow_phone_does_not_scroll_sideways(tab, cast, filled) -> None:
    boris = tab(cast.boris, width=320, height=640)
    for url in ("/quality", "/quality/new", f"/quality/assessments/{filled.id}", f"/quality/assessments/{filled.id}/correction"):
        assert boris.go(url).sideways() <= 0, url
