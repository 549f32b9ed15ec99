"""What clients see of their points, on a phone: the new day after the card was shown, the ladder, the code by SMS."""

import re
from datetime import timedelta

import club_make
import make
import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from webapp.clients.actions import make_link
from webapp.club.actions.asking import look_at_asks
from webapp.club.actions.cards import block, present
from webapp.club.actions.levels import count_levels
from webapp.club.card_links import CARD
from webapp.club.models import Card, number_of
from webapp.db import db, transaction
from webapp.kit import clock
from webapp.kit.days import add_months
from webapp.post import actions as post
from webapp.post.models import Message
from webapp.staff.audit import actor_of, job

PHONE = {"width": 390, "height": 844}
MONTHS = ("", "января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября", "октября",
          "ноября", "декабря")


def spelt(day):
    return f"{day.day} {MONTHS[day.month]} {day.year}"


@pytest.fixture
def owner(cast):
    return make.client(cast.main, last="Преображенская", now=clock.now())


@pytest.fixture
def card(owner, cast):
    """Sold five months and more ago: its points burn within a month."""
    now = clock.now()
    long_ago = now.replace(day=1)
    row = club_make.card(owner, cast.main, points=1840, now=add(long_ago, -5))
    db.session.rollback()
    return row


def add(moment, months):
    day = add_months(moment.date(), months)
    return moment.replace(year=day.year, month=day.month, day=day.day)


@pytest.fixture
def path(owner, card):
    token = make_link(CARD, owner.id, now=clock.now())
    db.session.rollback()
    return f"/b/{token}"


def test_a_card_shown_in_an_office_has_its_new_day_on_the_page_at_once(tab, path, card, cast):
    """Acceptance 33."""
    phone = tab(None, **PHONE, scripts=False).go(path)
    assert f"Сгорят {spelt(card.burn_on)}" in phone.text(".burn") and "Передать карту другу" in phone.text(".lend")
    present(card.id, office=cast.east, actor=actor_of(cast.vera), now=clock.now())
    db.session.expire_all()
    new = db.session.get_one(Card, card.id).burn_on
    db.session.rollback()
    phone.page.reload()
    assert f"Сгорят {spelt(new)}" in phone.text(".burn") and phone.page.locator(".lend").count() == 0


def test_a_guest_sees_what_a_friend_gets_and_exactly_what_is_missing(tab, path, owner, cast):
    """Acceptance 34."""
    now = clock.now()
    for months in (3, 5):
        back = add_months(now.date(), -months)
        make.trip(owner, purchase=add_months(back, -2), departure=back - timedelta(days=7), back=back, seller=cast.olga,
                  now=add(now, -months - 2), price_kopecks=5_000_000)
    count_levels(now=now)
    db.session.rollback()
    phone = tab(None, **PHONE).go(path)
    ladder = phone.page.locator(".ladder > li")
    assert ladder.count() == 3 and "Вы здесь" in ladder.nth(0).inner_text()
    assert re.search(r"До уровня B:\s+ещё 1 поездка или [\d\s]+₽", ladder.nth(0).inner_text())
    assert "2\xa0%" in ladder.nth(1).inner_text() and "3\xa0%" in ladder.nth(2).inner_text()
    assert phone.page.locator(".ladder progress").first.get_attribute("value") == "2"


def test_a_balance_is_seen_by_a_code_without_an_account_or_a_script(tab, card):
    """Acceptance 36."""
    post.set_mode("trial", actor=job("test"), now=clock.now())
    db.session.rollback()
    phone = tab(None, **PHONE, scripts=False).go("/balance").page
    phone.get_by_label("Номер карты или телефон").fill(number_of(card.id))
    db.session.rollback()
    phone.get_by_role("button", name="Получить код").click()
    assert "мы отправили SMS" in phone.locator("h1 + p").inner_text()
    look_at_asks(now=clock.now())
    sms = db.session.scalars(select(Message).where(Message.klass == "code")).one().text
    db.session.rollback()
    phone.get_by_label("Код из SMS").fill("000000")
    phone.get_by_role("button", name="Показать бонусы").click()
    assert phone.get_by_text("Код не подошёл").first.is_visible()
    phone.get_by_label("Код из SMS").fill(re.search(r"\d{6}", sms)[0])
    phone.get_by_role("button", name="Показать бонусы").click()
    assert "1 840" in phone.locator(".purse__sum").inner_text().replace("\xa0", " ")
    assert "Преображенская" not in phone.content() and phone.get_by_text("Эта страница закроется").is_visible()


@pytest.mark.parametrize("dark", [False, True])
def test_the_pages_have_no_serious_fault_and_fit_the_narrowest_phone(tab, path, card, owner, cast, dark):
    with transaction():
        for _ in range(40):
            club_make.give(card, 1_234_567, now=clock.now())
    db.session.rollback()
    opened = tab(None, width=320, height=640, dark=dark)
    for url in (path, f"{path}?all=1", "/balance", "/balance/nothing", "/b/nothing"):
        opened.go(url)
        assert (opened.axe(), opened.sideways()) == ([], 0), url
    opened.go("/balance").page.get_by_role("button", name="Получить код").click()
    assert (opened.axe(), opened.sideways()) == ([], 0), "with an error"
    opened.page.get_by_label("Номер карты или телефон").fill("+7 916 000-00-01")
    opened.page.get_by_role("button", name="Получить код").click()
    assert (opened.axe(), opened.sideways()) == ([], 0), "the code"
    block(card.id, reason="x", office=cast.main, actor=actor_of(cast.olga), now=clock.now())
    db.session.rollback()
    opened.go(path)
    assert (opened.axe(), opened.sideways()) == ([], 0), "locked"


@pytest.mark.parametrize("scripts", [True, False])
def test_the_link_for_friends_is_copied_by_a_button_or_by_hand(tab, path, scripts):
    phone = tab(None, **PHONE, scripts=scripts).go(path)
    button, hint = phone.page.get_by_role("button", name="Скопировать ссылку"), phone.page.locator("#invitation")
    assert (button.count(), hint.is_visible()) == ((1, False) if scripts else (0, True))
    if scripts:
        phone.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        button.click()
        expect(phone.page.get_by_role("button", name="Скопировано")).to_be_visible()
        copied = phone.page.evaluate("navigator.clipboard.readText()")
        assert copied == phone.page.locator("#invite-link").get_attribute("href") and copied.startswith("http")
    assert phone.sideways() == 0 and (not scripts or phone.axe() == [])
