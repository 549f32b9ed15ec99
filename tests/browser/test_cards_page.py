"""Cards on a phone: sold over the counter, presented by scanning, counted at the sale; pages without serious faults."""

from datetime import date

import club_make
import make
import pytest
from playwright.sync_api import expect

from webapp.club.models import number_of
from webapp.db import db
from webapp.kit import clock


@pytest.fixture
def anna(cast):
    return make.client(cast.main, manager=cast.olga, now=clock.now())


@pytest.mark.parametrize("scripts", [True, False])
def test_a_card_is_sold_and_presented_on_a_phone(tab, cast, anna, scripts):
    db.session.rollback()
    olga = tab(cast.olga, width=390, height=844, scripts=scripts).go("/cards")
    page = olga.page
    page.get_by_role("link", name="Продать карту").first.click()
    # Typed before the scripts of the page are there, a word asks nobody.
    page.wait_for_url("**/cards/new**")
    page.get_by_role("searchbox", name="Найти клиента").fill("Иван")
    if not scripts:
        page.get_by_role("button", name="Найти").click()
    page.get_by_label("Иванова Анна").check()
    page.get_by_role("button", name="Дальше").click()
    page.get_by_role("button", name="Выдать карту").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Карта")
    number = "".join(page.get_by_role("heading", level=1).inner_text().split())[-9:]
    button = olga.go(f"/c/{number}").page.get_by_role("button", name="Предъявлена")
    assert button.bounding_box()["height"] >= 44
    button.click()
    expect(page.get_by_text("карта предъявлена").first).to_be_visible()
    assert olga.sideways() == 0


def test_the_sale_of_a_trip_is_counted_in_place(tab, cast, anna):
    now = clock.now()
    card = club_make.card(anna, cast.main, points=2000, now=now)
    trip = make.trip(anna, purchase=now.date(), departure=date(now.year + 1, 6, 1), back=date(now.year + 1, 6, 9),
                     seller=cast.olga, now=now, price_kopecks=10_000_000)
    trip_id, number = trip.id, number_of(card.id)
    db.session.rollback()
    olga = tab(cast.olga).go(f"/trips/{trip_id}")
    panel = olga.page.locator("#trip-bonus")
    panel.get_by_role("button", name="Все 2").click()
    expect(panel).to_contain_text("95 000 ₽")
    panel.get_by_role("textbox", name="Списать бонусы").fill("500")
    panel.get_by_role("button", name="Посчитать").click()
    expect(panel).to_contain_text("96 500 ₽")
    panel.get_by_role("button", name="Применить").click()
    expect(olga.page.get_by_role("button", name="Снять карту")).to_be_visible()
    assert olga.axe() == []
    expect(olga.go(f"/cards/{number}").page.locator("main")).to_contain_text("1 500 бонусов")


@pytest.mark.parametrize("dark", [False, True])
def test_pages_of_cards_have_no_serious_fault_and_fit_the_narrowest_phone(tab, cast, anna, dark):
    now = clock.now()
    card = club_make.card(anna, cast.main, points=2000, now=now, seller_id=cast.olga.id)
    club_make.spend(card, 300, now=now)
    number = number_of(card.id)
    db.session.rollback()
    pages = {
        cast.olga: ["/cards", "/cards?q=Иванова", "/cards/new", f"/cards/new?client={anna.id}", f"/cards/{number}",
                    f"/cards/{number}?present=1", f"/cards/{number}/loan", f"/cards/{number}/spending",
                    f"/cards/{number}/block", f"/cards/{number}/replacement", f"/cards/{number}/statement",
                    f"/cards/{number}/print", "/cards/report"],
        cast.boris: [f"/cards/{number}/points", "/cards/report", "/admin/club"],
        cast.anna: ["/admin/club", "/admin/club/blanks"]}
    faults = []
    for person, addresses in pages.items():
        opened = tab(person, width=320, height=640, dark=dark)
        for address in addresses:
            found = (opened.go(address).axe(), opened.sideways())
            faults += [(address, found)] if found != ([], 0) else []
    assert faults == []
