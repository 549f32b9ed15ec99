"""A client with two open cards: whoever makes the first one work again makes them one, told before."""

from datetime import timedelta

import club_make
import make
import pytest
import time_machine
from conftest import NOW

from webapp.club.actions.cards import Sale, block, issue_card, lend, present, replace_card, unblock
from webapp.club.actions.granting import grant
from webapp.club.actions.joining import join_open
from webapp.club.integrity import faults
from webapp.club.models import Card, card_by, cards_of, head_of, number_of
from webapp.db import db, transaction
from webapp.staff.audit import actor_of
from webapp.staff.rules import NotAllowed

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def anna(cast, now):
    return make.client(cast.main, manager=cast.olga, now=now)


@pytest.fixture
def plastic(anna, cast, now):
    """Blocked, with 1 500 points; a compensation of 500 has made a virtual card meanwhile."""
    card = club_make.card(anna, cast.main, points=1500, now=now - 90 * DAY)
    block(card.id, reason="потеряна", office=cast.main, actor=actor_of(cast.olga), now=now)
    grant(anna, "compensation", 500, key="c", cause="complaint:1", actor=actor_of(cast.irina), now=now)
    return card


def virtual_of(anna):
    return next(card for card in cards_of(anna.id) if card.kind == "virtual")


def stands(anna):
    db.session.rollback()
    assert list(faults()) == []
    return [(card.kind, card.state, head_of(card.id).balance, card.burn_on) for card in cards_of(anna.id)]


def in_half_a_year(day):
    return day.replace(year=day.year + 1, month=day.month - 6)


def test_unblocked_the_card_has_the_points_of_both(browse, anna, plastic, cast, now) -> None:
    virtual, olga = number_of(virtual_of(anna).id), browse(cast.olga)
    url = f"/cards/{number_of(plastic.id)}"
    text = olga.get(url).text
    assert "После разблокировки две карты станут одной" in text and "перестанет действовать" in text
    assert "500 бонусов" in text and "Объединить карты" not in text
    assert "2 000 бонусов" in olga.follow(f"{url}/block/end").text
    assert stands(anna) == [("plastic", "active", 2000, in_half_a_year(now.date()))] and card_by(virtual) is None
    olga.follow(f"{url}/block/end")
    assert stands(anna)[0][2] == 2000


def test_a_virtual_card_unblocked_goes_to_the_plastic_one(browse, anna, cast, now) -> None:
    grant(anna, "compensation", 500, key="c", cause="complaint:1", actor=actor_of(cast.irina), now=now)
    virtual = virtual_of(anna)
    old = number_of(virtual.id)
    block(virtual.id, reason="ошибка", office=cast.main, actor=actor_of(cast.olga), now=now)
    sold = issue_card(anna, Sale(), office=cast.main, actor=actor_of(cast.olga), now=now)
    assert "её номер перестанет действовать" in browse(cast.olga).get(f"/cards/{old}").text
    page = browse(cast.olga).follow(f"/cards/{old}/block/end")
    assert "500 бонусов" in page.text and number_of(sold.id)[:4] in page.text
    assert browse(cast.olga).post(f"/cards/{old}/joining").location == f"/cards/{number_of(sold.id)}"
    assert stands(anna) == [("plastic", "active", 500, in_half_a_year(now.date()))]


def test_a_new_number_for_the_lost_card_joins_them_too(browse, anna, plastic, cast, now) -> None:
    url = f"/cards/{number_of(plastic.id)}/replacement"
    assert "С новым номером две карты станут одной" in browse(cast.olga).get(url).text
    card = replace_card(plastic.id, Sale(), reason="потеряна", office=cast.main, actor=actor_of(cast.olga), now=now)
    assert card.id == plastic.id and [row[2] for row in stands(anna)] == [2000]


def test_the_later_day_of_burning_wins(anna, plastic, cast, now) -> None:
    virtual = virtual_of(anna)
    late = now.date() + 300 * DAY
    with transaction() as session:
        session.get(Card, virtual.id).not_before = late
    card = unblock(plastic.id, office=cast.main, actor=actor_of(cast.olga), now=now)
    assert (card.id, card.burn_on) == (plastic.id, late) and [row[3] for row in stands(anna)] == [late]


def two_open(anna, cast, now):
    """As they were left before unblocking joined them."""
    first = club_make.card(anna, cast.main, points=100, now=now - 30 * DAY)
    block(first.id, reason="x", office=cast.main, actor=actor_of(cast.olga), now=now)
    second = club_make.card(anna, cast.main, points=40, now=now)
    with transaction() as session:
        session.get(Card, first.id).state = "active"
        session.get(Card, first.id).burn_on = None
    present(first.id, office=cast.main, actor=actor_of(cast.olga), now=now)
    return first, second


def test_two_cards_that_are_open_already_are_joined_by_a_press(browse, anna, cast, now) -> None:
    first, second = two_open(anna, cast, now)
    lend(first.id, to=None, name="Пётр", office=cast.main, actor=actor_of(cast.olga), now=now)
    old, url, olga = number_of(first.id), f"/cards/{number_of(second.id)}", browse(cast.olga)
    page = olga.get(url)
    assert "Их можно объединить" in page.text and "Объединить карты" in page.text
    for _twice in range(2):
        assert "140 бонусов" in olga.follow(f"{url}/joining").text
    assert [row[2] for row in stands(anna)] == [140] and card_by(old) is None
    assert "Объединить карты" not in olga.get(url).text and db.session.get(Card, first.id).lent_on is None


def test_a_blocked_card_is_joined_with_nothing(anna, plastic, cast, now) -> None:
    join_open(virtual_of(anna).id, actor=actor_of(cast.olga), now=now)
    join_open(plastic.id, actor=actor_of(cast.olga), now=now)
    assert [(row[0], row[1]) for row in stands(anna)] == [("plastic", "blocked"), ("virtual", "active")]


def test_another_office_joins_nothing(browse, anna, cast, now) -> None:
    first, second = two_open(anna, cast, now)
    with pytest.raises(NotAllowed):
        join_open(first.id, actor=actor_of(cast.vera), now=now)
    url = f"/cards/{number_of(first.id)}"
    assert browse(cast.vera).post(f"{url}/joining").status == 404
    assert number_of(second.id) not in browse(cast.vera).get(url).text and len(stands(anna)) == 2
