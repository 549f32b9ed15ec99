"""The claim in a real browser: text and sending are one form by their `form` attribute, with scripts and without."""

from datetime import timedelta

import make
import pytest
from complaint_make import complaint
from playwright.sync_api import expect

from webapp.complaints.actions.claiming import write_claim
from webapp.complaints.claims import letter_of
from webapp.db import db
from webapp.kit import clock
from webapp.staff.audit import actor_of


@pytest.mark.parametrize("scripts", [True, False])
def test_what_is_typed_leaves_with_the_letter_once_its_blanks_are_waved_through(tab, cast, scripts):
    now = clock.now()
    person = make.client(cast.main, manager=cast.olga, now=now)
    trip = make.trip(person, purchase=now.date() - timedelta(days=40), departure=now.date() - timedelta(days=12),
                     back=now.date() - timedelta(days=3), seller=cast.olga, now=now, operator="Анекс Тур")
    row = complaint(person, trip=trip, now=now)
    write_claim(row.id, "Анекс Тур", "Прошу вернуть деньги", actor=actor_of(cast.irina), now=now)
    number = row.id
    db.session.rollback()
    irina = tab(cast.irina, scripts=scripts).go(f"/complaints/{number}/claim").page
    irina.locator("textarea[name=text]").fill("Адрес: ____\nПрошу 30 000 ₽")
    irina.locator("input[name=address]").fill("claims@anex.example")
    irina.get_by_role("button", name="Отправить туроператору").click()
    expect(irina.locator("#errors")).to_be_focused()
    expect(irina.locator("textarea[name=text]")).to_have_value("Адрес: ____\nПрошу 30 000 ₽")
    irina.locator("input[name=anyhow]").check()
    irina.get_by_role("button", name="Отправить туроператору").click()
    expect(irina.get_by_role("button", name="Отозвать")).to_be_visible()
    letter = letter_of(number)
    assert letter.address == "claims@anex.example" and "Прошу 30 000 ₽" in letter.text
