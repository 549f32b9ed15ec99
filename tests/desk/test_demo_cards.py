"""The demo leaves and cards of the agency's own stay whole: none of them loses a point, whatever the demo did with them."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import club_make
import make
import pytest
from sqlalchemy import func, select

from webapp.clients.models import Client
from webapp.club.actions.cards import lend, present
from webapp.club.actions.granting import welcome_back
from webapp.club.actions.joining import merge_cards
from webapp.club.actions.ledger import credit, reverse
from webapp.club.actions.rewarding import settle_friends
from webapp.club.actions.sales import take_off, use_card
from webapp.club.actions.settling import settle_returned
from webapp.club.models import (
    ACTIVE,
    BonusOp,
    BonusPosting,
    Card,
    CardEvent,
    CardNumber,
    Referral,
    TripBonus,
    head_of,
    number_of,
)
from webapp.club.statement import entries_of
from webapp.db import db, transaction
from webapp.desk import demo
from webapp.desk.integrity import inspect
from webapp.staff.audit import job
from webapp.staff.lists import office_by_code
from webapp.trips.models import Trip

TEST = job("test")


@pytest.fixture
def main(living: SimpleNamespace) -> Any:
    return office_by_code("main")


@pytest.fixture
def own(living: SimpleNamespace, main: Any) -> SimpleNamespace:
    """A client of the agency's own. The check forgets what was read before it: people and cards are known by numbers."""
    row = make.client(main, last="Настоящая", phone="+79161234567", email="real@example.org", now=living.now)
    return SimpleNamespace(id=row.id)


@pytest.fixture
def card(living: SimpleNamespace, own: SimpleNamespace, main: Any) -> SimpleNamespace:
    return SimpleNamespace(id=club_make.card(person(own), main, points=5000, now=living.now).id)


def person(own: SimpleNamespace) -> Client:
    return db.session.get_one(Client, own.id)


def trip_of_the_demo(now: Any, *more: Any) -> Trip:
    free = select(Trip).where(Trip.demo, Trip.cancelled_at.is_(None), Trip.departure_on > now.date(), *more,
                              Trip.price_kopecks.is_not(None), Trip.id.not_in(select(TripBonus.trip_id)))
    return db.session.scalars(free.order_by(Trip.id.desc())).first()


def card_of_the_demo(*more: Any) -> SimpleNamespace:
    query = select(Card).join(Client, Client.id == Card.client_id).where(
        Client.source == "demo", Card.state == ACTIVE, *more).order_by(Card.id)
    return SimpleNamespace(id=next(row.id for row in db.session.scalars(query).all() if head_of(row.id).balance > 0))


def worth(card: SimpleNamespace) -> int:
    """What is on a card of the demo, and what was paid with it for trips that are to leave."""
    paid = db.session.scalar(select(func.sum(TripBonus.spent_points)).where(
        TripBonus.card_id == card.id, TripBonus.state.in_(("open", "accrued"))))
    return head_of(card.id).balance + (paid or 0)


def gone(living: SimpleNamespace) -> None:
    demo.remove(now=living.now)
    assert inspect(now=living.now).faults == []
    left = db.session.scalars(select(Client.id).where(Client.source == "demo")).all()
    assert left == []


def balances(card_id: int) -> list[int]:
    return list(db.session.scalars(select(BonusPosting.balance).where(BonusPosting.card_id == card_id)
                                   .order_by(BonusPosting.seq)))


def test_points_spent_on_a_trip_of_the_demo_come_back_and_the_chain_goes_on(living, card) -> None:
    now = living.now
    trip = trip_of_the_demo(now)
    use_card(trip.id, card.id, spend=700, key="own", actor=TEST, now=now)
    club_make.give(card, 50, now=now)
    gone(living)
    assert balances(card.id) == [5000, 4300, 4350, 5050]
    assert db.session.scalars(select(Card.id)).all() == [card.id]
    assert not db.session.scalar(select(func.count()).select_from(BonusOp).where(BonusOp.trip_id.is_not(None)))
    assert not db.session.scalar(select(func.count()).select_from(TripBonus))


def test_what_came_back_before_does_not_come_twice(living, card) -> None:
    now = living.now
    trip = trip_of_the_demo(now)
    use_card(trip.id, card.id, spend=700, key="own", actor=TEST, now=now)
    take_off(trip.id, key="off", actor=TEST, now=now)
    gone(living)
    assert head_of(card.id).balance == 5000


def test_a_card_lent_to_a_client_of_the_demo_is_with_its_owner_again(living, card, main) -> None:
    other = db.session.scalars(select(Client).where(Client.source == "demo")).first()
    lend(card.id, to=other, name="", office=main, actor=TEST, now=living.now)
    present(card.id, office=main, actor=TEST, now=living.now, by=other)
    other_id = other.id
    gone(living)
    row = db.session.get_one(Card, card.id, populate_existing=True)
    assert (row.lent_to_id, row.lent_to, row.lent_on, head_of(card.id).balance) == (None, "", None, 5000)
    assert other_id not in db.session.scalars(select(CardEvent.client_id)).all()


@pytest.mark.parametrize("into_own", [True, False])
def test_a_card_of_the_demo_joined_with_an_own_one_leaves_points_and_history_to_the_owner(
        living, own, card, into_own) -> None:
    now, other = living.now, card_of_the_demo()
    brought, lines = worth(other), len(balances(other.id)) + (worth(other) > head_of(other.id).balance)
    source, target = (other, card) if into_own else (card, other)
    merge_cards(source.id, target.id, key="joined", actor=TEST, now=now)
    spent_id = club_make.spend(target, 10, now=now).id
    gone(living)
    assert head_of(target.id).balance == 5000 + brought - 10
    rows = db.session.execute(select(Card.id, Card.client_id)).all()
    assert {row.id for row in rows} == {card.id, other.id} and {row.client_id for row in rows} == {own.id}
    assert number_of(target.id) and len(entries_of(target.id, None)) == lines + 3
    reverse(spent_id, club_make.why(), actor=TEST, now=now)
    assert head_of(target.id).balance == 5000 + brought and inspect(now=now).faults == []


def test_a_chain_of_three_joined_cards_stays_with_its_owner(living, own, card, main) -> None:
    now, middle = living.now, card_of_the_demo()
    last = card_of_the_demo(Card.id != middle.id)
    total = 5000 + worth(middle) + worth(last)
    merge_cards(card.id, middle.id, key="a", actor=TEST, now=now)
    merge_cards(middle.id, last.id, key="b", actor=TEST, now=now)
    gone(living)
    assert head_of(last.id).balance == total
    assert set(db.session.scalars(select(Card.client_id))) == {own.id}


def test_a_card_of_the_demo_used_for_a_trip_of_the_agency_leaves_the_trip_alone(living, own) -> None:
    now, other = living.now, card_of_the_demo()
    day = now.date()
    trip = make.trip(person(own), purchase=day, departure=day + timedelta(days=9), back=day + timedelta(days=16), seller=None,
                     now=now, price_kopecks=10_000_000)
    use_card(trip.id, other.id, spend=1, key="demo", actor=TEST, now=now)
    number = trip.id
    gone(living)
    assert db.session.scalars(select(Trip.id)).all() == [number]
    assert not db.session.scalars(select(CardNumber.card_id).where(CardNumber.card_id.is_not(None))).all()


def test_a_real_friend_of_a_client_of_the_demo_keeps_the_points(living, own, card) -> None:
    now = living.now
    row = db.session.scalars(select(Referral).where(Referral.state == "rewarded")).first()
    assert row is not None
    with transaction():
        row.friend_id = own.id
    why = club_make.why("friend-2", cause=f"referral:{row.id}", trip_id=row.trip_id)
    op_id = credit(card.id, 500, "referral", why, actor=TEST, now=now).id
    with transaction():
        row.friend_op_id = op_id
    gone(living)
    assert head_of(card.id).balance == 5500
    settle_friends(now=now + timedelta(days=1))
    assert head_of(card.id).balance == 5500
    assert db.session.get_one(BonusOp, op_id, populate_existing=True).cause == ""


def test_a_trip_that_gets_the_number_of_one_that_left_brings_its_points_all_the_same(living, own, card) -> None:
    now = living.now
    last = db.session.scalars(select(Trip).order_by(Trip.id.desc())).first()
    with transaction():
        last.cancelled_at, last.price_kopecks, last.purchase_on = None, 10_000_000, now.date() - timedelta(days=9)
        last.departure_on, last.return_on = now.date() - timedelta(days=5), now.date() - timedelta(days=2)
        db.session.query(TripBonus).filter_by(trip_id=last.id).delete()
        db.session.add(TripBonus(trip_id=last.id, card_id=card.id, state="open", level="", rate_bp=300, turn=1,
                                 discount_kopecks=0, spent_points=0, created_at=now, created_by="test"))
    assert settle_returned(last.id, now=now) and head_of(card.id).balance == 8000
    number = last.id
    gone(living)
    assert head_of(card.id).balance == 8000
    day = now.date()
    trip = make.trip(person(own), purchase=day - timedelta(days=9), departure=day - timedelta(days=5), back=day - timedelta(days=1),
                     seller=None, now=now, price_kopecks=10_000_000)
    with transaction() as session:
        if trip.id != number:
            # Where numbers are never given twice, the key alone is looked at.
            assert not session.scalar(select(BonusOp.id).where(BonusOp.idem_key == f"accrual:trip:{number}:1"))
        session.add(TripBonus(trip_id=trip.id, card_id=card.id, state="open", level="", rate_bp=300, turn=1,
                              discount_kopecks=0, spent_points=0, created_at=now, created_by="test"))
    assert settle_returned(trip.id, now=now) and head_of(card.id).balance == 11_000
    assert inspect(now=now).faults == []


def test_a_gift_for_coming_back_on_a_joined_card_does_not_speak_for_the_next_client(living, own, card) -> None:
    now = living.now
    other = db.session.scalars(select(Client).where(Client.source == "demo").order_by(Client.id.desc())).first()
    op, _new = welcome_back(other, cause="x", actor=TEST, now=now)
    key, source = op.idem_key, db.session.scalar(select(BonusPosting.card_id).where(BonusPosting.op_id == op.id))
    merge_cards(source, card.id, key="joined", actor=TEST, now=now)
    gone(living)
    assert head_of(card.id).balance >= 6000
    assert not db.session.scalar(select(BonusOp.id).where(BonusOp.idem_key == key))
