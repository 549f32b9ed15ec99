"""A client is erased at the very moment at which points of theirs move: nobody waits for the other for ever."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from types import SimpleNamespace

import club_make
import make
import pytest
from friend_make import comes, travels
from sqlalchemy import select

from webapp.clients.models import Client
from webapp.club.actions.cards import Sale, issue_card, lend, virtual_card
from webapp.club.actions.rewarding import follow, take_back, withdraw
from webapp.club.models import Card, Referral
from webapp.db import db
from webapp.desk.integrity import inspect
from webapp.desk.person.actions import erase_person
from webapp.staff.audit import actor_of
from webapp.staff.models import Office
from webapp.trips.actions import cancel_trip
from webapp.trips.models import Trip

ROUNDS = 12


def both(app, first, second) -> None:
    """Two people at the same moment; whatever one of them raises fails the test."""
    gate = Barrier(2)

    def run(work) -> None:
        with app.app_context():
            try:
                # The connection is there before the start: the two are as near to each other as can be.
                db.session.scalar(select(1))
                db.session.rollback()
                gate.wait()
                work()
            finally:
                db.session.remove()

    db.session.rollback()
    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(run, work) for work in (first, second)]:
            done.result()
    db.session.rollback()


@pytest.fixture
def friends(cast, now):
    """So many pairs, the trip of the friend over by `later`; of every second pair the friend is erased."""
    found = []
    for number in range(ROUNDS):
        inviter = make.client(cast.main, phone=f"+7916000{number:04d}", email=f"a{number}@example.org", now=now)
        row = comes(inviter, now=now, phone=f"+7916222{number:04d}")
        trip = travels(row.friend, now=now)
        found.append(SimpleNamespace(id=row.id, trip=trip.id, leaves=row.friend_id if number % 2 else inviter.id))
    return found


@pytest.mark.slow
@pytest.mark.parametrize("verb", ["reward", "take back", "withdraw"])
def test_erasing_while_friends_are_rewarded_or_lose_their_points_never_locks_up(app, cast, now, friends, verb) -> None:
    boris, later = actor_of(cast.boris), now + timedelta(days=31)
    for client in db.session.scalars(select(Client)).all():
        club_make.card(client, cast.main, points=10, now=now)
    for one in friends:
        if verb != "reward":
            assert follow(one.id, now=later) == "rewarded"
        if verb == "take back":
            cancel_trip(db.session.get_one(Trip, one.trip), reason="x", actor=boris, now=later)
        act = {"reward": lambda one=one: follow(one.id, now=later),
               "take back": lambda one=one: take_back(one.id, now=later),
               "withdraw": lambda one=one: withdraw(one.id, note="x", actor=boris, now=later)}[verb]
        both(app, lambda one=one: erase_person(db.session.get_one(Client, one.leaves), actor=boris, now=later), act)
    erased = db.session.scalars(select(Client.id).where(Client.erased_at.is_not(None))).all()
    assert set(erased) == {one.leaves for one in friends}
    assert db.session.scalars(select(Card.id).where(Card.client_id.in_(erased), Card.state == "active")).all() == []
    states = set(db.session.scalars(select(Referral.state)))
    assert states <= {"reward": {"rewarded"}, "take back": {"talking"}, "withdraw": {"refused"}}[verb]
    assert inspect(now=later).faults == []


def test_erasing_while_a_card_is_sold_or_made_never_locks_up(app, cast, now) -> None:
    boris, office = actor_of(cast.boris), cast.main.id
    for number in range(ROUNDS):
        client = make.client(cast.main, phone=f"+7916000{number:04d}", email=f"a{number}@example.org", now=now)
        client_id, sale = client.id, number % 2
        virtual_card(client, actor=club_make.CLUB, now=now)

        def sell(client_id=client_id, sale=sale) -> None:
            person = db.session.get_one(Client, client_id)
            if sale:
                issue_card(person, Sale(), office=db.session.get_one(Office, office), actor=boris, now=now)
            else:
                virtual_card(person, actor=club_make.CLUB, now=now)
        both(app, lambda client_id=client_id: erase_person(db.session.get_one(Client, client_id), actor=boris, now=now),
             sell)
    assert inspect(now=now).faults == []


@pytest.mark.slow
def test_two_friends_who_lent_each_other_their_cards_are_erased_at_once(app, cast, now) -> None:
    boris = actor_of(cast.boris)
    for number in range(ROUNDS):
        one, other = (make.client(cast.main, last=f"Клиент{side}", phone=f"+7916{side}00{number:04d}",
                                  email=f"{side}{number}@example.org", now=now) for side in (1, 2))
        mine, theirs = (club_make.card(client, cast.main, points=10, now=now) for client in (one, other))
        lend(mine.id, to=other, name="", office=cast.main, actor=boris, now=now)
        lend(theirs.id, to=one, name="", office=cast.main, actor=boris, now=now)
        ids = [one.id, other.id]
        both(app, *(lambda number=number: erase_person(db.session.get_one(Client, number), actor=boris, now=now)
                    for number in ids))
    assert db.session.scalars(select(Card.lent_to_id).where(Card.lent_to_id.is_not(None))).all() == []
    assert inspect(now=now).faults == []
