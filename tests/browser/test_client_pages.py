"""Pages of clients as they are opened: from a letter, on a phone, without scripts."""

import re
from datetime import timedelta

import make
import pytest
from desk.letter_make import flying
from playwright.sync_api import expect
from sqlalchemy import select

from webapp.clients import actions as clients
from webapp.clients.links import CONSENT
from webapp.clients.models import Consent
from webapp.db import db
from webapp.kit import clock
from webapp.post import actions as post
from webapp.post.models import Message
from webapp.staff.audit import job
from webapp.touches.actions.sending import queue_due


@pytest.fixture
def letter(cast, now):
    """The newest letter of a client who agreed to news."""
    post.set_mode("trial", actor=job("test"), now=now)
    sold = flying(cast, now)
    clients.set_consent(sold.client, "give", ["email"], how="form", text_version="news-1-ru", actor=job("test"), now=now)
    queue_due(now=clock.now() + timedelta(days=1))
    row = db.session.scalars(select(Message).where(Message.client_id == sold.client.id, Message.channel == "email")).first()
    db.session.rollback()
    return row


def state_of(client_id):
    db.session.rollback()
    row = db.session.get(Consent, (client_id, "email"), populate_existing=True)
    return row.marketing, row.stopped


def test_a_reader_stops_the_news_from_a_letter_on_a_phone_and_has_them_back(tab, letter):
    path = re.search(r"http://[^/]+(/u/\w+)", letter.text)[1]
    phone = tab(None, width=390, height=800, scripts=False).go(path).page
    assert phone.get_by_label("Новости и предложения").is_checked()
    phone.get_by_role("button", name="Отписать").click()
    assert phone.get_by_text("Готово").is_visible() and state_of(letter.client_id) == (False, False)
    phone.get_by_label(re.compile("и новости с предложениями")).check()
    phone.get_by_role("button", name="Вернуть").click()
    assert phone.get_by_text("о ваших поездках, новости").first.is_visible() and state_of(letter.client_id) == (True, False)


@pytest.mark.parametrize("dark", [False, True])
def test_pages_of_clients_have_no_serious_fault_and_fit_the_narrowest_phone(tab, letter, cast, now, dark):
    path = re.search(r"http://[^/]+(/u/\w+)", letter.text)[1]
    other = make.client(cast.main, last="Смит", language="en", phone=None, email="j@example.com", now=now)
    consent = f"/consent/{clients.make_link(CONSENT, other.id, now=now)}"
    db.session.rollback()
    opened = tab(None, width=320, height=640, dark=dark)
    for url in (path, f"{path}/text", consent, "/u/nothing"):
        opened.go(url)
        assert (opened.axe(), opened.sideways()) == ([], 0), url


def test_a_note_that_was_kept_is_not_offered_once_more_in_its_empty_field(tab, cast, now):
    client = make.client(cast.main, manager=cast.olga, now=now)
    olga = tab(cast.olga).go(f"/clients/{client.id}")
    note = olga.page.locator("form.contact-quick [data-keep]")
    note.fill("Спрашивала про визу")
    olga.page.reload()
    assert note.input_value() == "Спрашивала про визу", "what was not sent yet is"
    olga.page.locator("form.contact-quick button[name=quick]").first.click()
    expect(olga.page.locator(".flashes .note--green")).to_be_visible()
    assert note.input_value() == ""
