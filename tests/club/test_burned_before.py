"""Whoever has lost points by a burn does not owe them too; and a burn that is undone brings back only what was due."""

from datetime import timedelta

import club_make
import make
import pytest
from club.burn_make import at, proven
from sqlalchemy import select

from webapp.club.actions.burning import burn_due
from webapp.club.actions.joining import merge_cards
from webapp.club.actions.ledger import reverse
from webapp.club.actions.sales import use_card
from webapp.club.actions.settling import settle_repriced, settle_trips
from webapp.club.actions.spending import undo
from webapp.club.integrity import faults
from webapp.club.ledger_rules import BadPosting
from webapp.club.models import BonusOp, Card, Level, TripBonus, head_of, number_of
from webapp.club.trip_offer import if_cancelled
from webapp.db import db, transaction
from webapp.staff.audit import actor_of
from webapp.trips.actions import cancel_trip
from webapp.trips.models import Trip

DAY = timedelta(days=1)


@pytest.fixture
def anna(cast, now):
    with transaction() as session:
        session.merge(Level(code="C", rank=1, name_ru="Гость", name_en="Guest", rate_bp=100))
    return make.client(cast.main, manager=cast.olga, now=now)


@pytest.fixture
def card(anna, cast, now):
    return club_make.card(anna, cast.main, now=now)


def burn(card):
    """Warn of the card's day by phone, let all of it burn then, and give the moment after."""
    day = db.session.get(Card, card.id, populate_existing=True).burn_on
    proven(day)
    assert burn_due(now=at(day, 3))["burned"] == 1
    db.session.rollback()
    return at(day, 12)


def take_back(op, now):
    reverse(op.id, club_make.why(), actor=club_make.CLUB, now=now)


def stands(card):
    db.session.rollback()
    assert list(faults()) == []
    head = head_of(card.id)
    return head.balance, head.debt


@pytest.mark.parametrize(("spent", "later", "left"), [
    (0, 0, (0, 0)), (300, 0, (0, 300)), (1000, 0, (0, 1000)), (300, 500, (0, 0)), (300, 200, (0, 100)),
    (0, 1500, (500, 0))])
def test_only_what_was_spent_becomes_a_debt(card, now, spent, later, left) -> None:
    op = club_make.give(card, 1000, now=now)
    if spent:
        club_make.spend(card, spent, now=now)
    then = burn(card) if spent < 1000 else now
    if later:
        club_make.give(card, later, now=then)
    take_back(op, then)
    assert stands(card) == left


def test_two_gifts_that_burned_together_excuse_no_more_than_has_burned(card, now) -> None:
    ops = [club_make.give(card, 500, now=now) for _ in range(2)]
    club_make.spend(card, 400, now=now)
    then = burn(card)
    for op in ops:
        take_back(op, then)
    assert stands(card) == (0, 400)


def test_what_burned_before_the_points_came_excuses_nothing(card, now) -> None:
    club_make.give(card, 700, now=now)
    then = burn(card)
    op = club_make.give(card, 300, now=then)
    club_make.spend(card, 300, now=then)
    take_back(op, then)
    assert stands(card) == (0, 300)


def test_points_that_burned_on_the_card_they_went_to_excuse_too(anna, card, cast, now) -> None:
    other = club_make.card(make.client(cast.main, phone="+79160000002", email=None, now=now), cast.main, now=now)
    op = club_make.give(card, 400, now=now)
    club_make.give(other, 100, now=now)
    merge_cards(card.id, other.id, key="m", actor=club_make.CLUB, now=now)
    take_back(op, burn(other))
    assert stands(other) == (0, 0)


@pytest.mark.parametrize(("spent", "back"), [(0, 200), (400, 200)])
def test_a_burn_taken_back_brings_only_what_was_due(card, cast, now, spent, back) -> None:
    op = club_make.give(card, 1000, now=now)
    club_make.give(card, 200, now=now)
    if spent:
        club_make.spend(card, spent, now=now)
    then = burn(card)
    take_back(op, then)
    assert stands(card) == (0, max(0, spent - 200))
    lost = db.session.scalars(select(BonusOp).where(BonusOp.kind == "burn")).one()
    undo(lost.id, reason="сбой", actor=actor_of(cast.boris), now=then)
    assert stands(card)[0] - stands(card)[1] == back - spent
    # What evened out belongs to what it evened out: neither is taken back on its own.
    for row in db.session.scalars(select(BonusOp).where(BonusOp.reason.in_(("burned-before", "back-again")))):
        with pytest.raises(BadPosting, match="not-reversible"):
            undo(row.id, reason="ещё", actor=actor_of(cast.boris), now=then)


def trip_of(anna, card, cast, now, *, days=2):
    trip = make.trip(anna, purchase=now.date(), departure=now.date() + DAY, back=now.date() + days * DAY, seller=cast.olga,
                     now=now, price_kopecks=10_000_000)
    use_card(trip.id, card.id, key="k", actor=actor_of(cast.olga), now=now)
    settle_trips(now=now + (days + 1) * DAY)
    db.session.rollback()
    return trip


def test_a_trip_cancelled_after_its_points_burned_leaves_no_debt_and_says_so(browse, anna, card, cast, now) -> None:
    trip = trip_of(anna, card, cast, now)
    then = burn(card)
    assert if_cancelled(db.session.get(Trip, trip.id)).debt == 0
    cancel_trip(db.session.get(Trip, trip.id), reason="суд", actor=actor_of(cast.boris), now=then)
    assert settle_trips(now=then)["reversed"] == 1 and stands(card) == (0, 0)
    text = browse(cast.boris).get(f"/cards/{number_of(card.id)}").text
    assert "эти бонусы уже сгорели раньше – долга за них нет" in text
    club_make.give(card, 1000, now=then, kind="accrual")
    assert stands(card) == (1000, 0)


@pytest.mark.parametrize(("rubles", "left"), [(50_000, (0, 0)), (120_000, (200, 0))])
def test_a_price_put_right_after_the_burn_brings_no_burned_points_back(anna, card, cast, now, rubles, left) -> None:
    trip = trip_of(anna, card, cast, now)
    then = burn(card)
    with transaction():
        db.session.get(Trip, trip.id).price_kopecks = rubles * 100
    assert settle_repriced(trip.id, now=then) and stands(card) == left
    # And cancelled after that, the trip has still brought nothing that could be owed.
    cancel_trip(db.session.get(Trip, trip.id), reason="суд", actor=actor_of(cast.boris), now=then)
    settle_trips(now=then)
    assert stands(card) == (0, 0) and db.session.scalars(select(TripBonus.state)).one() == "cancelled"
