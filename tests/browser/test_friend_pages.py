"""Somebody comes by an invitation on a phone, without scripts; staff hand a gift over at the counter; axe finds nothing."""

import re

import make
from flask import current_app
from playwright.sync_api import expect
from sqlalchemy import select

from webapp.club.actions.gifting import Promise, promise_gift
from webapp.club.actions.inviting import invitation
from webapp.club.actions.knocking import look_at_knocks
from webapp.club.inviting import code_of
from webapp.club.models import GiftKind, Referral
from webapp.db import db
from webapp.kit import clock
from webapp.staff.audit import actor_of


def test_a_friend_comes_on_a_phone_in_both_themes(tab, cast):
    # Tests before this one have sent the form from this very address.
    for limiter in current_app.extensions["limiter"]:
        limiter.reset()
    now = clock.now()
    anna = make.client(cast.main, manager=cast.olga, now=now)
    invitation(anna.id, now=now)
    url = f"/i/{code_of(anna.id)}"
    db.session.rollback()
    for dark in (False, True):
        friend = tab(None, width=390, height=844, dark=dark, scripts=False).go(url)
        assert friend.sideways() <= 0
        friend.page.fill("[name=name]", "Мария")
        friend.page.get_by_role("button", name="Жду звонка").click()
        expect(friend.page.locator("#errors")).to_contain_text("Напишите телефон")
        friend.page.fill("[name=phone]", "8 916 111-00-01")
        friend.page.check("[name=agree]")
        friend.page.get_by_role("button", name="Жду звонка").click()
        expect(friend.page.locator("h1")).to_have_text("Спасибо, позвоним")
    with_axe = tab(None, width=390, height=844)
    for page in (url, f"{url}?sent=1", "/i/KM7Q2ABC"):
        assert with_axe.go(page).axe() == [] and with_axe.sideways() <= 0
    db.session.rollback()
    look_at_knocks(now=clock.now())
    assert [row.name for row in db.session.scalars(select(Referral))] == ["Мария"]


def test_a_gift_is_handed_over_with_one_press_and_taken_back(tab, cast):
    now = clock.now()
    anna = make.client(cast.main, manager=cast.olga, now=now)
    album = db.session.scalars(select(GiftKind).where(GiftKind.code == "album")).one()
    promise_gift(anna, album, Promise(), actor=actor_of(cast.olga), now=now)
    db.session.rollback()
    olga = tab(cast.olga).go(f"/clients/{anna.id}")
    gifts = olga.page.locator("#gifts")
    gifts.get_by_role("button", name=re.compile("Вручено")).click()
    expect(gifts).to_contain_text("вручено")
    assert olga.axe() == []
    olga.page.locator("#gifts").get_by_role("button", name=re.compile("Вернуть")).click()
    expect(olga.page.locator("#gifts").get_by_role("button", name=re.compile("Вручено"))).to_be_visible()
