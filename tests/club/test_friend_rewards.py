"""A friend's first trip rewards both after the return, once; a cancelled one gives nothing, and takes back."""

from datetime import timedelta

import make
import pytest
from crowd import at_once
from friend_make import FRIEND, comes, fresh, points, travels
from sqlalchemy import func, select
from trip_make import in_trial

from webapp.clients.models import Client, Phone
from webapp.club.actions.cards import virtual_card
from webapp.club.actions.ledger import Why, credit, debit, reverse
from webapp.club.actions.referring import refuse
from webapp.club.actions.rewarding import follow, settle_friends, withdraw
from webapp.club.models import BonusOp, Referral, cards_of, head_of
from webapp.db import db, transaction
from webapp.desk.actions import tick
from webapp.desk.integrity import inspect
from webapp.desk.person.actions import erase_person
from webapp.post.models import Message, MessageContent
from webapp.staff.audit import actor_of, job
from webapp.staff.models import AuditEntry, Setting
from webapp.staff.rules import BadInput, NotAllowed
from webapp.touches.models import Occasion, Touch
from webapp.trips.actions import cancel_trip

CLUB = job("test")


@pytest.fixture
def anna(cast, now):
    return make.client(cast.main, manager=cast.olga, now=now)


@pytest.fixture
def row(anna, now):
    return comes(anna, now=now)


@pytest.fixture
def later(now):
    """The trip of `travels` is over."""
    return now + timedelta(days=31)


def rewards() -> int:
    return db.session.scalar(select(func.count()).select_from(BonusOp).where(BonusOp.kind == "referral"))


def test_both_are_rewarded_after_the_return_and_once(anna, row, now, later) -> None:
    trip = travels(row.friend, now=now)
    assert settle_friends(now=now)["friends_travel"] == 1 and fresh(row).state == "travels"
    # On the day of return itself nobody is home yet.
    assert settle_friends(now=now + timedelta(days=30))["friends_rewarded"] == 0
    assert settle_friends(now=later)["friends_rewarded"] == 1
    assert settle_friends(now=later + timedelta(days=1)) == dict(friends_travel=0, friends_rewarded=0,
                                                                 friends_reversed=0)
    row = fresh(row)
    assert (row.state, row.trip_id, points(anna), points(row.friend)) == ("rewarded", trip.id, 1000, 500)
    assert {card.kind for client in (anna, row.friend) for card in cards_of(client.id)} == {"virtual"}
    op = db.session.get(BonusOp, row.inviter_op_id)
    assert (op.kind, op.cause, op.trip_id) == ("referral", f"referral:{row.id}", trip.id)


def test_the_terms_of_the_agency_say_how_many(anna, row, now, later) -> None:
    with transaction() as session:
        session.merge(Setting(key="club", value={"inviter_points": 700, "friend_points": 0}))
    travels(row.friend, now=now)
    settle_friends(now=later)
    assert (fresh(row).state, points(anna), points(row.friend)) == ("rewarded", 700, 0)


def test_a_second_trip_rewards_nobody(anna, row, now, later) -> None:
    travels(row.friend, now=now)
    travels(row.friend, now=now, days=29)
    settle_friends(now=later)
    travels(row.friend, now=later)
    settle_friends(now=later + timedelta(days=60))
    assert points(anna) == 1000 and rewards() == 2


def test_a_cancelled_trip_rewards_nobody_and_the_talk_goes_on(anna, row, cast, now, later) -> None:
    trip = travels(row.friend, now=now)
    settle_friends(now=now)
    cancel_trip(trip, reason="заболели", actor=actor_of(cast.boris), now=now)
    settle_friends(now=later)
    assert fresh(row).state == "talking" and rewards() == 0
    assert points(anna) == 0


def test_a_trip_cancelled_after_the_reward_takes_both_back_and_the_next_one_counts(anna, row, cast, now, later) -> None:
    trip = travels(row.friend, now=now)
    settle_friends(now=later)
    cancel_trip(trip, reason="не полетели", actor=actor_of(cast.boris), now=later)
    assert settle_friends(now=later)["friends_reversed"] == 1
    assert (fresh(row).state, points(anna), points(row.friend)) == ("talking", 0, 0)
    open_now = db.session.scalars(select(Occasion.kind).where(Occasion.kind.startswith("friend_"),
                                                              Occasion.closed_at.is_(None))).all()
    assert open_now == []
    travels(row.friend, now=later)
    settle_friends(now=later + timedelta(days=31))
    assert (fresh(row).state, points(anna), points(row.friend)) == ("rewarded", 1000, 500)


def test_points_spent_before_they_are_taken_back_become_a_debt(anna, row, cast, now, later) -> None:
    trip = travels(row.friend, now=now)
    settle_friends(now=later)
    (card,) = cards_of(anna.id)
    debit(card.id, 800, "spending", Why("s", "test"), actor=CLUB, now=later)
    cancel_trip(trip, reason="не полетели", actor=actor_of(cast.boris), now=later)
    settle_friends(now=later)
    assert (points(anna), head_of(card.id).debt) == (0, 800)


def test_ten_workers_at_once_reward_once(app, anna, row, now, later) -> None:
    travels(row.friend, now=now)
    number = row.id
    became = at_once(app, 10, lambda _: follow(number, now=later))
    assert sorted(became, reverse=True)[0] == "rewarded" and became.count("rewarded") == 1
    assert points(anna) == 1000 and rewards() == 2


def test_a_record_that_staff_made_later_with_the_same_phone_is_the_friend(anna, row, cast, now, later) -> None:
    twin = make.client(cast.main, last="Кузнецова", phone=FRIEND, email=None, now=now)
    travels(twin, now=now)
    settle_friends(now=later)
    assert (fresh(row).state, points(anna), points(twin), points(row.friend)) == ("rewarded", 1000, 500, 0)


def test_a_trip_bought_before_the_invitation_shows_a_client_of_before(anna, row, now, later) -> None:
    travels(row.friend, now=now, bought=now.date() - timedelta(days=9), days=20)
    travels(row.friend, now=now)
    settle_friends(now=later)
    assert (fresh(row).state, fresh(row).reason, rewards()) == ("refused", "known", 0)


def test_whoever_turns_out_to_be_the_inviter_gets_nothing(anna, row, now, later) -> None:
    travels(row.friend, now=now)
    with transaction() as session:
        session.get_one(Client, anna.id).phones.append(Phone(e164=FRIEND, raw=FRIEND))
    settle_friends(now=later)
    assert fresh(row).state != "rewarded" and rewards() == 0


def test_an_erased_inviter_gets_nothing_and_the_friend_gets_theirs(anna, row, cast, now, later) -> None:
    travels(row.friend, now=now)
    erase_person(anna, actor=actor_of(cast.boris), now=now)
    settle_friends(now=later)
    assert (fresh(row).state, points(row.friend), rewards()) == ("rewarded", 500, 1)


@pytest.mark.parametrize("who", ["inviter", "friend"])
def test_name_and_phone_of_a_friend_go_when_either_is_erased(anna, row, cast, now, who) -> None:
    erase_person(anna if who == "inviter" else row.friend, actor=actor_of(cast.boris), now=now)
    row = fresh(row)
    assert (row.name, row.phone, row.wish, row.note) == ("", "", "", "")


def test_both_get_a_letter_the_next_day_at_eleven(anna, row, now, later) -> None:
    travels(row.friend, now=now)
    settle_friends(now=later)
    letters = {touch.step_code: touch for touch in db.session.scalars(
        select(Touch).where(Touch.step_code.in_(("friend_came", "friend_welcome"))))}
    assert letters["friend_came"].client_id == anna.id and letters["friend_welcome"].client_id == row.friend_id
    assert {touch.send_at.isoformat() for touch in letters.values()} == {"2026-12-22T08:00:00+00:00"}


def test_the_letter_names_the_points_and_the_link_for_friends(anna, row, now, later) -> None:
    in_trial()
    travels(row.friend, now=now)
    settle_friends(now=later)
    tick(now=later + timedelta(days=1))
    text = db.session.scalars(select(MessageContent.text).join(Message, Message.id == MessageContent.message_id)
                              .where(Message.client_id == anna.id, Message.subject.startswith("Друг"))).one()
    assert "1 000 бонусов" in text.replace("\u00a0", " ")
    assert "/i/" in text and "Мария" not in text


def test_the_referral_without_a_trip_waits(row, later) -> None:
    assert settle_friends(now=later)["friends_travel"] == 0
    assert db.session.scalars(select(Referral.state)).all() == ["new"]


@pytest.mark.parametrize("who", ["inviter", "friend"])
def test_the_log_forgets_from_which_address_an_erased_friend_came(anna, row, cast, now, who) -> None:
    erase_person(anna if who == "inviter" else row.friend, actor=actor_of(cast.boris), now=now)
    kept = db.session.scalars(select(AuditEntry.facts).where(AuditEntry.subject == "referral")).all()
    assert kept and not [facts for facts in kept if "203.0.113.7" in str(facts)]


def test_the_hourly_look_after_the_club_rewards_friends(anna, row, now, later) -> None:
    travels(row.friend, now=now)
    assert tick(now=later)["friends"]["friends_rewarded"] == 1
    assert tick(now=later)["friends"]["friends_rewarded"] == 0
    assert (fresh(row).state, points(anna)) == ("rewarded", 1000)


def test_a_director_takes_both_rewards_back_once_and_what_is_spent_becomes_a_debt(anna, row, cast, now, later) -> None:
    travels(row.friend, now=now)
    settle_friends(now=later)
    (card,) = cards_of(anna.id)
    debit(card.id, 800, "spending", Why("s", "test"), actor=CLUB, now=later)
    for _press in range(2):
        assert withdraw(row.id, note="Жена той же фамилии", actor=actor_of(cast.boris), now=later).state == "refused"
    assert (points(anna), head_of(card.id).debt, points(row.friend)) == (0, 800, 0)
    assert (fresh(row).reason, fresh(row).note) == ("by-hand", "Жена той же фамилии")
    back = db.session.scalars(select(BonusOp).where(BonusOp.kind == "reversal")).all()
    assert [(op.user_id, op.note) for op in back] == [(cast.boris.id, "Жена той же фамилии")] * 2
    assert db.session.scalars(select(Occasion).where(Occasion.kind.startswith("friend_"),
                                                     Occasion.closed_at.is_(None))).all() == []
    settle_friends(now=later + timedelta(days=40))
    assert fresh(row).state == "refused" and inspect(now=later).faults == []


def test_a_reward_that_paid_a_debt_alone_is_taken_back_too(anna, row, cast, now, later) -> None:
    card = virtual_card(anna, actor=CLUB, now=now)
    op = credit(card.id, 2000, "coupon", Why("c", "test"), actor=CLUB, now=now)
    debit(card.id, 2000, "spending", Why("s", "test"), actor=CLUB, now=now)
    reverse(op.id, Why("r", "test"), actor=CLUB, now=now)
    travels(row.friend, now=now)
    settle_friends(now=later)
    assert head_of(card.id).debt == 1000
    withdraw(row.id, note="ошибка", actor=actor_of(cast.boris), now=later)
    assert head_of(card.id).debt == 2000 and inspect(now=later).faults == []


def test_pressed_six_times_at_once_both_lose_the_points_once(app, anna, row, cast, now, later) -> None:
    travels(row.friend, now=now)
    settle_friends(now=later)
    number, boris = row.id, actor_of(cast.boris)
    at_once(app, 6, lambda _: withdraw(number, note="ошибка", actor=boris, now=later).id)
    assert (points(anna), points(row.friend)) == (0, 0)
    assert db.session.scalar(select(func.count()).select_from(BonusOp).where(BonusOp.kind == "reversal")) == 2


def test_only_directors_take_a_reward_back_and_say_why(anna, row, cast, now, later) -> None:
    travels(row.friend, now=now)
    with pytest.raises(BadInput, match="state"):
        withdraw(row.id, note="x", actor=actor_of(cast.boris), now=now)
    settle_friends(now=later)
    for person in (cast.olga, cast.irina):
        with pytest.raises(NotAllowed, match="role"):
            withdraw(row.id, note="x", actor=actor_of(person), now=later)
    with pytest.raises(BadInput, match="reason needed"):
        withdraw(row.id, note=" ", actor=actor_of(cast.boris), now=later)
    with pytest.raises(BadInput, match="state"):
        refuse(row.id, note="x", actor=actor_of(cast.boris), now=later)
    assert points(anna) == 1000
