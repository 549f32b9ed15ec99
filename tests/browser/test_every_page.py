"""Every page of staff: axe in both themes, no sideways scrolling at 320 px, forms that keep what was typed."""

import re

import pytest
from board_make import six_trips
from playwright.sync_api import expect
from sqlalchemy import select

from webapp.db import db
from webapp.touches.models import Touch
from webapp.trips.models import Trip

# (who, address); {trip}, {client}, {touch}, {user}, {office} are filled in.
PAGES = (
    ("olga", "/board"), ("olga", "/today"), ("olga", "/trips/new"), ("olga", "/trips/{trip}"),
    ("olga", "/trips/{trip}/edit"), ("olga", "/trips/{trip}/cancellation"), ("olga", "/touches/{touch}"),
    ("olga", "/clients"), ("olga", "/clients/new"), ("olga", "/clients/{client}"), ("olga", "/clients/{client}/edit"),
    ("olga", "/outbox"), ("olga", "/me"), ("irina", "/import"), ("boris", "/stop"), ("boris", "/staff/{user}/hand-over"),
    ("anna", "/admin/users"), ("anna", "/admin/users/new"), ("anna", "/admin/users/{user}"), ("anna", "/admin/offices"),
    ("anna", "/admin/offices/{office}"), ("anna", "/admin/absences"), ("anna", "/admin/log"),
    ("anna", "/admin/plans"), ("anna", "/admin/plans/1"), ("anna", "/admin/plans/1/steps/call_back"),
    ("anna", "/admin/plans/1/steps/new"), ("anna", "/admin/plans/1/preview"), ("anna", "/admin/plans/1/versions"),
    ("anna", "/admin/plans/1/differences"), ("anna", "/admin/letters/new"), ("anna", "/admin/letters/signatures"),
    ("anna", "/admin/letters/signatures/quality"), ("anna", "/admin/letters/signatures/seller"), ("anna", "/admin/letters/1/settings"),
    ("anna", "/admin/settings"),
    ("anna", "/admin/sending"), ("anna", "/admin/sending/sms"), ("anna", "/admin/tokens"), ("anna", "/setup"),
    ("anna", "/setup/agency"), ("anna", "/setup/signatures"), ("anna", "/setup/letters"), ("anna", "/setup/data"),
    ("anna", "/setup/demo"), (None, "/login"),
    ("boris", "/clients/{client}/data"), ("irina", "/admin/stop-list?q=anna@example.com"), ("anna", "/admin/consents"),
    ("anna", "/admin/consents/news"), ("anna", "/admin/consents/news/1"), ("anna", "/admin/sending/limits"),
    ("olga", "/clients/{client}/consents"), ("olga", "/clients/{client}/consent-link"),
    ("olga", "/admin/levels?client={client}"), ("anna", "/admin/levels"), ("anna", "/admin/levels/conditions"),
    ("anna", "/admin/levels/B/new"),
    ("olga", "/referrals"), ("olga", "/referrals/new?client={client}"), ("olga", "/referrals/report"),
    ("olga", "/gifts"), ("olga", "/clients/{client}/gifts/new"), ("anna", "/admin/gifts"), ("anna", "/admin/gifts/1"),
    ("boris", "/quality"), ("boris", "/quality/control"), ("boris", "/quality/contacts/email"), ("boris", "/quality/period"),
    ("boris", "/quality/staff"), ("boris", "/quality/staff/new"), ("boris", "/quality/staff/{user}"),
)


@pytest.fixture
def board(app, cast):
    return six_trips(cast)


@pytest.fixture
def address(board, cast):
    trip = board["near"]
    touch = db.session.scalar(select(Touch.id).where(Touch.occasion_id == trip.occasion_id,
                                                     Touch.step_code == "call_back"))
    known = {"trip": trip.id, "client": trip.client_id, "touch": touch, "user": cast.pavel.id, "office": cast.main.id}
    db.session.rollback()
    return lambda url: url.format(**known)


def person(cast, name):
    return getattr(cast, name) if name else None


@pytest.mark.parametrize("dark", [False, True])
def test_axe_finds_nothing_serious_on_any_page(tab, cast, address, dark):
    faults = {}
    for who in dict.fromkeys(name for name, _ in PAGES):
        opened = tab(person(cast, who), dark=dark)
        for _, url in [p for p in PAGES if p[0] == who]:
            opened.go(address(url))
            assert opened.page.locator("h1").count() == 1, url
            found = opened.axe()
            if found:
                faults[url] = found
    assert faults == {}


def test_no_page_scrolls_sideways_on_the_narrowest_phone(tab, cast, address):
    wide = {}
    for who in dict.fromkeys(name for name, _ in PAGES):
        opened = tab(person(cast, who), width=320, height=640)
        for _, url in [p for p in PAGES if p[0] == who]:
            over = opened.go(address(url)).sideways()
            if over > 0:
                wide[url] = over
    assert wide == {}


def test_a_refused_form_keeps_every_value_and_focus_is_on_the_summary(tab, cast, board):
    olga = tab(cast.olga).go("/clients/new")
    olga.page.fill("[name=first_name]", "Мария")
    olga.page.fill("[name=phones]", "не знаю")
    olga.page.locator("main form[method=post] button").last.click()
    expect(olga.page.locator("#errors")).to_be_focused()
    assert olga.page.input_value("[name=first_name]") == "Мария"
    assert olga.page.input_value("[name=phones]") == "не знаю"
    assert olga.page.title().startswith("Ошибка:")


def test_the_preview_shows_the_days_that_are_saved(tab, cast, board):
    olga = tab(cast.olga).go(f"/trips/new?client={board['near'].client_id}")
    for name, value in (("departure_on", "21.03.2027"), ("return_on", "30.03.2027"), ("destination", "Анталья")):
        olga.page.fill(f"[name={name}]", value)
    olga.page.locator("#preview").get_by_text(re.compile("20 марта|20\\.03")).first.wait_for()
    shown = olga.page.locator("#preview").inner_text()
    olga.page.locator("main form[method=post]").last.locator("button.btn--primary").click()
    olga.page.wait_for_url(re.compile(r"/trips/\d+"))
    db.session.rollback()
    trip = db.session.scalar(select(Trip).order_by(Trip.id.desc()))
    assert trip.departure_on.isoformat() == "2027-03-21"
    months = {3: "марта", 4: "апреля", 11: "ноября", 12: "декабря"}
    for touch in db.session.scalars(select(Touch).where(Touch.occasion_id == trip.occasion_id)):
        if touch.status == "planned" and touch.due_on:
            assert f"{touch.due_on.day} {months[touch.due_on.month]}" in shown, touch.step_code


def test_a_trip_is_made_ticked_and_undone_without_javascript(tab, cast, board):
    olga = tab(cast.olga, scripts=False).go(f"/trips/new?client={board['near'].client_id}")
    for name, value in (("departure_on", "21.03.2027"), ("return_on", "30.03.2027"), ("destination", "Анталья")):
        olga.page.fill(f"[name={name}]", value)
    olga.page.locator("main form[method=post]").last.locator("button.btn--primary").click()
    assert re.search(r"/trips/\d+", olga.page.url)
    assert olga.page.locator("h1").count() == 1


def test_board_and_today_print_on_a4_with_phones_and_without_buttons(tab, cast, board):
    for url in ("/board", "/today"):
        olga = tab(cast.olga).go(url)
        olga.page.emulate_media(media="print")
        assert olga.page.locator(".bar").is_hidden()
        assert not olga.page.locator("main button:visible").count()
        if url == "/today":
            assert "+7 916" in olga.page.locator("main").inner_text()
        colours = olga.page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert colours in ("rgb(255, 255, 255)", "rgba(0, 0, 0, 0)")
