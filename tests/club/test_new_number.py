"""A new number ends a loan and a block, and every page says so: before it is given, and in the history afterwards."""

from datetime import timedelta

import club_make
import make
import pytest
import time_machine
from conftest import NOW

from webapp.club.models import Card, number_of
from webapp.db import db


@pytest.fixture
def card(cast, now):
    anna = make.client(cast.main, manager=cast.olga, now=now)
    return club_make.card(anna, cast.main, points=1000, now=now - timedelta(days=30))


def test_a_new_number_ends_loan_and_block_and_every_page_says_so(browse, cast, card):
    url, new = f"/cards/{number_of(card.id)}", {"number": "", "replace_reason": "Потеряла", "form_key": "k"}
    with time_machine.travel(NOW, tick=False):
        olga = browse(cast.olga)
        assert "Передача другу" not in olga.get(f"{url}/replacement").text
        olga.post(f"{url}/loan", {"name": "Мама, Нина"})
        olga.post(f"{url}/block", {"block_reason": "Потеряла"})
    with time_machine.travel(NOW + timedelta(hours=1), tick=False):
        olga = browse(cast.olga)
        asked = olga.get(f"{url}/replacement").text
        assert "Передача другу (Мама, Нина) закончится." in asked and "Блокировка тоже снимется" in asked
        texts = olga.follow(f"{url}/replacement", new).text, olga.get("/cards").text
    db.session.rollback()
    assert db.session.get(Card, card.id).lent_on is None and db.session.get(Card, card.id).state == "active"
    for text in texts:
        assert "Карта больше не у друга: у неё новый номер" in text and "Блокировка снята: у карты новый номер" in text
        assert "Владелец забрал" not in text


def test_a_card_that_the_owner_brings_back_is_said_to_be_with_the_owner(browse, cast, card):
    with time_machine.travel(NOW, tick=False):
        olga, url = browse(cast.olga), f"/cards/{number_of(card.id)}"
        olga.post(f"{url}/loan", {"name": "Мама, Нина"})
        assert "Владелец забрал" in olga.follow(f"{url}/loan/end").text
