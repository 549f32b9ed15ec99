"""A complaint on a phone, without scripts: from the form to its page, the decision and the answer; axe finds nothing."""

import os
from datetime import timedelta

import make
from complaint_make import bring_to, complaint, step
from files_make import with_place
from flask import current_app
from playwright.sync_api import expect
from sqlalchemy import select

from webapp.complaints.actions import reply
from webapp.complaints.actions.entering import look_at_entries
from webapp.complaints.links import status_link
from webapp.complaints.models import Complaint, ComplaintFile
from webapp.db import db, transaction
from webapp.kit import clock
from webapp.staff.audit import actor_of

SHOTS = os.environ.get("SHOTS", "")


def shot(tab, name):
    if SHOTS:
        tab.page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)


def photo(name):
    return {"name": name, "mimeType": "image/jpeg", "buffer": with_place()}


def test_a_complaint_is_filed_on_a_phone_without_scripts_and_answered(tab, cast):
    for limiter in current_app.extensions["limiter"]:
        limiter.reset()
    client = tab(None, width=390, height=844, scripts=False).go("/complain")
    page = client.page
    page.fill("[name=story]", "Три дня не было горячей воды, а на стойке только разводили руками.")
    page.set_input_files("[name=files]", [photo("душ.jpg")])
    page.get_by_role("button", name="Загрузить выбранное").click()
    expect(page.locator("#files-part")).to_contain_text("душ.jpg")
    page.set_input_files("[name=files]", [{"name": "IMG_2.HEIC", "mimeType": "image/heic",
                                           "buffer": b"\0\0\0\x18ftypheic" + b"\0" * 40}])
    page.locator("button.btn--primary").click()
    errors = page.locator("#errors")
    for said in ("как вас зовут", "телефон или почту", "Без согласия", "Наиболее совместимый"):
        expect(errors).to_contain_text(said)
    expect(page.locator("#files-part")).to_contain_text("душ.jpg")
    shot(client, "form-errors-390")
    page.fill("[name=name]", "Мария Кузнецова")
    page.fill("[name=contact]", "maria@example.com")
    page.check("[name=agree]")
    # Enter in a line sends the form, it does not press a button of the files.
    page.press("[name=contact]", "Enter")
    expect(page.locator("h1")).to_have_text("Мы получили ваше обращение")
    shot(client, "sent-390")
    number = page.locator(".number").inner_text()
    page.get_by_role("link", name="Открыть моё обращение").click()
    expect(page.locator("h1")).to_have_text(f"Обращение {number}")
    page.fill("[name=text]", "Номер был 305.")
    page.locator("#talk button.btn--primary").click()
    expect(page.locator("#talk")).to_contain_text("Номер был 305.")
    url = page.url.partition("#")[0].partition("?")[0].removeprefix(client.site)
    irina, then = actor_of(cast.irina), clock.now()
    db.session.rollback()
    look_at_entries(now=then)
    row = db.session.scalars(select(Complaint)).one()
    assert row.number == number and db.session.scalars(select(ComplaintFile)).one().name == "душ.jpg"
    bring_to(row, "resolved", irina, then - timedelta(minutes=1))
    db.session.rollback()
    client.go(url)
    expect(page.locator("#decision")).to_contain_text("Да, мы согласны с вами")
    page.get_by_role("button", name="Частично").click()
    expect(page.locator("#answer")).to_contain_text("только частично")
    assert client.sideways() <= 0
    db.session.rollback()
    db.session.expire_all()
    assert db.session.get(Complaint, row.id).satisfaction == "partly"


def test_the_pages_are_read_by_everybody(tab, cast):
    """Narrow, wide, dark, in English: nothing scrolls sideways, and axe finds nothing serious."""
    now, irina = clock.now() - timedelta(minutes=5), actor_of(cast.irina)
    row = complaint(make.client(cast.main, manager=cast.olga, now=now), now=now)
    reply(row.id, "Мы запросили у отеля объяснения и вернёмся к вам до пятницы.\n\nСпасибо, что написали.", key="r",
          actor=irina, now=now)
    bring_to(row, "investigated", irina, now)
    step(row, "resolve", irina, now, decision="compromise", points=1500,
         decision_reason="Вы правы: горячей воды не было два дня из семи. Отель вернёт часть денег.")
    with transaction():
        url = "/k/" + status_link(row, now=now).rpartition("/")[2]
    db.session.rollback()
    for width, dark in ((1366, False), (390, False), (390, True), (320, False)):
        one = tab(None, width=width, height=844, dark=dark)
        for name, address in (("form", "/complain"), ("status", url), ("sent", f"{url}?sent=1"), ("en", f"{url}?lang=en"),
                              ("form-en", "/complain?lang=en")):
            one.go(address)
            assert one.axe() == [] and one.sideways() <= 0, (name, width)
            shot(one, f"{name}-{width}{'-dark' if dark else ''}")
