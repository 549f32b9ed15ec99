"""The survey is answered on a phone without scripts, in both themes; a review is written, shown, and taken back."""

from datetime import timedelta

import make
from flask import current_app
from playwright.sync_api import expect
from sqlalchemy import select

from webapp.clients.actions import make_link
from webapp.db import db
from webapp.kit import clock
from webapp.staff.audit import actor_of
from webapp.surveys.actions import moderating
from webapp.surveys.links import SURVEY, source_of
from webapp.surveys.models import Review, SurveyAnswer


def home(cast, number, now):
    """A trip that ended two days ago, and the address of its survey."""
    client = make.client(cast.main, last="Преображенская", phone=f"+7916000{number:04}", manager=cast.olga, now=now)
    today = now.date()
    trip = make.trip(client, purchase=today - timedelta(days=40), departure=today - timedelta(days=12),
                     back=today - timedelta(days=2), seller=cast.olga, now=now)
    return trip, f"/s/{make_link(SURVEY, client.id, source=source_of(trip.id), now=now)}"


def test_a_survey_is_answered_on_a_phone_without_scripts_and_its_review_is_read_by_everybody(tab, cast):
    # Tests before this one have sent forms from this very address.
    for limiter in current_app.extensions["limiter"]:
        limiter.reset()
    now = clock.now()
    for number, dark in enumerate((False, True), start=1):
        _trip, url = home(cast, number, now)
        db.session.rollback()
        phone = tab(None, width=390, height=844, dark=dark, scripts=False).go(url)
        assert phone.sideways() <= 0
        phone.page.get_by_role("button", name="Отправить").click()
        expect(phone.page.locator("#errors")).to_contain_text("от 0 до 10")
        phone.page.get_by_role("radio", name="9 – обязательно").check()
        phone.page.locator("#manager_score").get_by_role("radio", name="5 – отлично").check()
        phone.page.get_by_label("Да, всё верно").check()
        phone.page.fill("[name=text]", f"Отдохнули прекрасно, {number}")
        phone.page.check("[name=call_back]")
        phone.page.get_by_role("button", name="Отправить").click()
        expect(phone.page.locator("h1")).to_have_text("Спасибо, ответ у нас")
        expect(phone.page.locator("#friend-link")).to_contain_text("/i/")
        phone.page.get_by_role("link", name="Написать отзыв").click()
        phone.page.get_by_label("Анна П.").check()
        phone.page.check("[name=agree]")
        phone.page.get_by_role("button", name="Отправить").click()
        expect(phone.page.locator(".said").first).to_contain_text("Мы посмотрим и покажем")
        assert phone.sideways() <= 0
    db.session.rollback()
    assert len(db.session.scalars(select(SurveyAnswer)).all()) == 2
    row = db.session.scalars(select(Review).order_by(Review.id)).first()
    moderating.publish(row.id, turn=row.turn, actor=actor_of(cast.irina), now=now)
    db.session.rollback()
    public = tab(None, width=390, height=844, scripts=False).go("/reviews/public")
    expect(public.page.locator("blockquote")).to_have_text(["Отдохнули прекрасно, 1"])
    expect(public.page.locator("main")).not_to_contain_text("Преображенская")


def test_an_answer_is_changed_and_a_review_taken_back_by_its_own_page(tab, cast):
    for limiter in current_app.extensions["limiter"]:
        limiter.reset()
    now = clock.now()
    _trip, url = home(cast, 3, now)
    db.session.rollback()
    phone = tab(None, width=390, height=844, scripts=False).go(url)
    phone.page.get_by_role("radio", name="10 – обязательно").check()
    phone.page.fill("[name=text]", "Чудесно")
    phone.page.check("[name=may_show]")
    phone.page.get_by_role("button", name="Отправить").click()
    phone.page.get_by_role("link", name="Изменить", exact=True).click()
    expect(phone.page.locator("h1")).to_have_text("Изменить ответ")
    phone.page.locator("#score").get_by_role("radio", name="7 – скорее да").check()
    phone.page.get_by_role("button", name="Отправить").click()
    expect(phone.page.locator("main")).to_contain_text("Ваша оценка: 7 из 10")
    phone.page.get_by_role("link", name="Изменить или убрать").click()
    phone.page.get_by_role("button", name="Больше не показывать мой отзыв").click()
    expect(phone.page.locator("main")).to_contain_text("Ваш отзыв больше никто не видит")


def test_axe_finds_nothing_on_pages_of_surveys_and_reviews(tab, cast):
    now = clock.now()
    trip, url = home(cast, 4, now)
    db.session.rollback()
    visitor = tab(None, width=390, height=844)
    for page in (url, f"{url}/review", "/reviews/public"):
        assert visitor.go(page).axe() == [] and visitor.sideways() <= 0, page
    visitor.go(url)
    visitor.page.get_by_role("radio", name="3 – вряд ли").check()
    visitor.page.get_by_role("button", name="Отправить").click()
    expect(visitor.page.locator("main")).to_contain_text("Нам очень жаль")
    assert visitor.axe() == []
    irina = tab(cast.irina)
    for page in ("/surveys", "/reviews", f"/trips/{trip.id}"):
        assert irina.go(page).axe() == [] and irina.sideways() <= 0, page
