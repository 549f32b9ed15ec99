"""Points come, go, are taken back and paid once; the balance is the sum of its lines and never below nothing."""

from datetime import date, timedelta

import club_make
import make
import pytest
from sqlalchemy import select

from webapp.club.actions.cards import Sale, issue_card, present, replace_card, virtual_card
from webapp.club.actions.joining import merge_cards
from webapp.club.actions.ledger import credit, debit, reverse
from webapp.club.actions.sales import take_off, use_card
from webapp.club.actions.settling import settle_cancelled, settle_returned, settle_trips
from webapp.club.ledger_rules import BadPosting, Head
from webapp.club.models import BonusOp, BonusPosting, Level, card_by, cards_of, head_of, number_of
from webapp.db import db, transaction
from webapp.staff.audit import actor_of
from webapp.staff.rules import BadInput
from webapp.trips.actions import cancel_trip


@pytest.fixture
def owner(cast, now):
    return make.client(cast.main, now=now)


@pytest.fixture
def card(owner, cast, now):
    return club_make.card(owner, cast.main, points=500, now=now)


def test_the_balance_is_the_sum_of_the_lines(card, now) -> None:
    club_make.give(card, 300, now=now)
    club_make.spend(card, 250, now=now)
    lines = db.session.scalars(select(BonusPosting).where(BonusPosting.card_id == card.id)).all()
    assert [line.balance for line in lines] == [500, 800, 550] and sum(line.amount for line in lines) == 550
    assert head_of(card.id).balance == 550


def test_more_than_there_is_cannot_be_spent(card, now) -> None:
    with pytest.raises(BadPosting) as refused:
        club_make.spend(card, 501, now=now)
    assert (refused.value.code, refused.value.points) == ("not-enough", 500) and club_make.balance(card) == 500


def test_the_same_key_moves_points_once(card, now) -> None:
    first, again = (club_make.give(card, 100, now=now, key="k") for _ in range(2))
    assert first.id == again.id and club_make.balance(card) == 600
    with pytest.raises(BadPosting, match="key-reused"):
        club_make.give(card, 101, now=now, key="k")
    assert club_make.balance(card) == 600


def test_points_taken_back_after_they_were_spent_are_a_debt_that_later_credits_pay(card, now) -> None:
    op = club_make.give(card, 400, now=now)
    club_make.spend(card, 850, now=now)
    reverse(op.id, club_make.why(), actor=club_make.CLUB, now=now)
    assert head_of(card.id) == Head(4, 0, 1, 350)
    club_make.give(card, 100, now=now)
    assert (club_make.balance(card), head_of(card.id).debt) == (0, 250)
    club_make.give(card, 300, now=now, kind="compensation")
    assert (club_make.balance(card), head_of(card.id).debt) == (300, 250)
    club_make.give(card, 300, now=now)
    assert (club_make.balance(card), head_of(card.id).debt) == (350, 0)


def test_an_operation_is_reversed_once(card, now) -> None:
    op = club_make.give(card, 50, now=now)
    reverse(op.id, club_make.why("r"), actor=club_make.CLUB, now=now)
    reverse(op.id, club_make.why("r"), actor=club_make.CLUB, now=now)
    with pytest.raises(BadPosting, match="reversed-already"):
        reverse(op.id, club_make.why("other"), actor=club_make.CLUB, now=now)
    assert club_make.balance(card) == 500


def test_two_cards_of_one_person_become_one_with_points_and_debt(card, cast, now) -> None:
    other = club_make.card(make.client(cast.main, phone="+79160000002", email=None, now=now), cast.main, now=now)
    op = club_make.give(other, 200, now=now)
    club_make.spend(other, 200, now=now)
    reverse(op.id, club_make.why(), actor=club_make.CLUB, now=now)
    number = number_of(card.id)
    merge_cards(card.id, other.id, key="m", actor=club_make.CLUB, now=now)
    assert (head_of(card.id).worth, head_of(other.id).balance, head_of(other.id).debt) == (0, 300, 0)
    assert card_by(number) is None and cards_of(card.client_id) == []
    # What still speaks of the old card moves the points where they are.
    credit(card.id, 40, "coupon", club_make.why(), actor=club_make.CLUB, now=now)
    assert club_make.balance(other) == 340


def test_presenting_moves_the_day_of_burning(card, cast, now) -> None:
    assert card.burn_on == date(2027, 5, 20)
    present(card.id, office=cast.main, actor=actor_of(cast.olga), now=now + timedelta(days=40))
    assert card.burn_on == date(2027, 6, 30)
    club_make.spend(card, 500, now=now)
    assert card.burn_on is None


def test_a_new_number_keeps_the_points_and_the_old_one_is_void(card, cast, now) -> None:
    old = number_of(card.id)
    replace_card(card.id, Sale(), reason="потеряна", office=cast.main, actor=actor_of(cast.olga), now=now)
    assert card_by(old) is None and card_by(number_of(card.id)).id == card.id and club_make.balance(card) == 500


def test_a_virtual_card_becomes_plastic_with_its_points(owner, cast, now) -> None:
    virtual = virtual_card(owner, actor=club_make.CLUB, now=now)
    credit(virtual.id, 1000, "welcome_back", club_make.why(), actor=club_make.CLUB, now=now)
    sold = issue_card(owner, Sale(price_kopecks=50_000), office=cast.main, actor=actor_of(cast.olga), now=now)
    assert (sold.id, sold.kind, club_make.balance(sold)) == (virtual.id, "plastic", 1000)
    with pytest.raises(BadInput, match="has card"):
        issue_card(owner, Sale(), office=cast.main, actor=actor_of(cast.olga), now=now)


@pytest.fixture
def trip(owner, cast, now):
    with transaction():
        db.session.merge(Level(code="C", rank=1, name_ru="Гость", name_en="Guest", rate_bp=100))
    return make.trip(owner, purchase=date(2026, 11, 20), departure=date(2026, 12, 10), back=date(2026, 12, 20),
                     seller=cast.olga, now=now, price_kopecks=10_000_000)


def test_a_trip_brings_points_once_it_is_over(card, trip, cast, now) -> None:
    row = use_card(trip.id, card.id, spend=400, key="k", actor=actor_of(cast.olga), now=now)
    assert (row.discount_kopecks, row.spent_points, club_make.balance(card)) == (300_000, 400, 100)
    later = now + timedelta(days=31)
    assert settle_returned(trip.id, now=later) and not settle_returned(trip.id, now=later)
    assert club_make.balance(card) == 100 + 966 and card.active_on == date(2026, 12, 21)


def test_a_cancelled_trip_gives_back_and_takes_back(card, trip, cast, now) -> None:
    use_card(trip.id, card.id, spend=400, key="k", actor=actor_of(cast.olga), now=now)
    settle_returned(trip.id, now=now)
    cancel_trip(trip, reason="передумали", actor=actor_of(cast.olga), now=now)
    assert settle_cancelled(trip.id, now=now) and not settle_cancelled(trip.id, now=now)
    assert club_make.balance(card) == 500 and head_of(card.id).debt == 0


def test_what_a_person_took_back_by_hand_stops_no_cancellation(card, trip, cast, now) -> None:
    row = use_card(trip.id, card.id, spend=400, key="k", actor=actor_of(cast.olga), now=now)
    reverse(row.spend_op_id, club_make.why(), actor=club_make.CLUB, now=now)
    cancel_trip(trip, reason="передумали", actor=actor_of(cast.olga), now=now)
    assert settle_cancelled(trip.id, now=now) and not settle_cancelled(trip.id, now=now)
    assert club_make.balance(card) == 500


def test_points_a_person_took_back_do_not_come_again_with_another_price(card, trip, cast, now) -> None:
    use_card(trip.id, card.id, key="k", actor=actor_of(cast.olga), now=now)
    later = now + timedelta(days=31)
    settle_trips(now=later)
    op = db.session.scalars(select(BonusOp).where(BonusOp.kind == "accrual")).one()
    reverse(op.id, club_make.why(), actor=club_make.CLUB, now=later)
    with transaction():
        trip.price_kopecks = 5_000_000
    assert settle_trips(now=later)["repriced"] == 0 and club_make.balance(card) == 500


def test_a_card_taken_off_a_trip_gets_its_points_back_and_may_be_used_anew(card, trip, cast, now) -> None:
    olga = actor_of(cast.olga)
    use_card(trip.id, card.id, spend=400, key="k", actor=olga, now=now)
    take_off(trip.id, key="t", actor=olga, now=now)
    assert club_make.balance(card) == 500
    use_card(trip.id, card.id, spend=100, key="k2", actor=olga, now=now)
    assert club_make.balance(card) == 400
    with pytest.raises(BadInput, match="has bonus"):
        use_card(trip.id, card.id, key="k3", actor=olga, now=now)


def test_at_most_a_share_of_the_price_is_paid_with_points(card, owner, cast, now) -> None:
    cheap = make.trip(owner, purchase=date(2026, 11, 20), departure=date(2026, 12, 10), back=date(2026, 12, 20),
                      seller=cast.olga, now=now, price_kopecks=100_000)
    with pytest.raises(BadInput) as refused:
        use_card(cheap.id, card.id, spend=301, key="k", actor=actor_of(cast.olga), now=now)
    assert (refused.value.code, refused.value.value) == ("too-many", "300")
    assert debit(card.id, 300, "spending", club_make.why(), actor=club_make.CLUB, now=now)


def test_a_card_that_is_full_takes_no_more(card, now) -> None:
    for _number in range(9):
        club_make.give(card, 100_000_000, now=now)
    with pytest.raises(BadPosting, match="bad-amount"):
        club_make.give(card, 100_000_000, now=now)
    assert club_make.balance(card) == 900_000_500
