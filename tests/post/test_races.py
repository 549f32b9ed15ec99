"""Stops racing hand-offs on real threads: after a stop is committed, nothing it forbids leaves."""

import os
import random
import threading
from collections import Counter

import pytest
from post.making import JOB, consent, write
from sqlalchemy import select, text, update

from webapp.clients.actions import make_link
from webapp.clients.links import LETTERS, find_link
from webapp.clients.models import Client, Consent, Email
from webapp.db import db, transaction
from webapp.post import actions
from webapp.post.actions import wishes
from webapp.post.models import Message

pytestmark = pytest.mark.parametrize("relay", ["pipelining"], indirect=True)
OUT = ("handed", "sent")


def people(cast, now, number=100):
    """Clients with an e-mail address each."""
    rows = [Client(office_id=cast.main.id, last_name=f"Клиент{n}", emails=[Email(address=f"c{n}@example.com")],
                   created_at=now) for n in range(number)]
    db.session.add_all(rows)
    db.session.flush()
    return rows


def race(app, now, rows, stop):
    """Deliver in one thread while another stops each message; gives the state each was in right after its stop."""
    after, start = {}, threading.Barrier(2)
    order = [row.id for row in rows]
    random.Random(7).shuffle(order)
    by_id = {row.id: row.address for row in rows}
    db.session.rollback()

    def stopper():
        with app.app_context():
            start.wait()
            for row_id in order:
                stop(row_id, by_id[row_id])
                db.session.rollback()
                after[row_id] = db.session.scalar(select(Message.state).where(Message.id == row_id))
    thread = threading.Thread(target=stopper)
    thread.start()
    start.wait()
    actions.deliver(now=now)
    thread.join()
    actions.deliver(now=now)
    return after


def states():
    """The state of every message now."""
    db.session.rollback()
    return {row_id: state for row_id, state in db.session.execute(select(Message.id, Message.state))}


def check(relay, rows, after):
    """Received means: it had been handed over before the stop was committed. Nothing else may be received."""
    receipts, at_last = relay.receipts, states()
    for row in rows:
        received = receipts[row.message_id]
        assert received == (after[row.id] in OUT), (row.id, after[row.id], at_last[row.id])
        assert at_last[row.id] == ("sent" if received else "cancelled")


@pytest.mark.slow
def test_an_unsubscription_racing_the_hand_off_500_times(app, relay, cast, now):
    """Through the addresses readers and their mail programs use, a worker handing over beside them."""
    with transaction():
        clients = people(cast, now, 500)
        db.session.add_all(Consent(client_id=client.id, channel="email", marketing=True, since=now) for client in clients)
        rows = [write(cast.main, client, now=now, klass="marketing", address=client.emails[0].address)
                for client in clients]
        keys = [make_link(LETTERS, client.id, channel="email", now=now) for client in clients]
    key_of = {row.id: key for row, key in zip(rows, keys, strict=True)}
    codes = Counter()

    def press(row_id, _address):
        page = {"step": "withdraw", "channels": "email"}
        url, words = (f"/u/{key_of[row_id]}", page) if row_id % 2 else (
            f"/u/{key_of[row_id]}/now", {"List-Unsubscribe": "One-Click"})
        codes[app.test_client().post(url, data=words).status_code] += 1
    after = race(app, now, rows, press)
    assert codes == {303: 250, 200: 250}
    check(relay, rows, after)
    assert 0 < len(relay.took) < 500


WAITING = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")


@pytest.mark.skipif(not os.environ.get("TEST_DATABASE_URL"), reason="needs PostgreSQL: SQLite has one writer")
def test_a_stop_that_holds_its_client_and_a_worker_taking_letters_never_lock_up(app, relay, cast, now, monkeypatch):
    with transaction():
        (client,) = people(cast, now, 1)
        consent(client, now)
        row = write(cast.main, client, now=now, klass="marketing", address=client.email.address)
        link = find_link(LETTERS, make_link(LETTERS, client.id, channel="email", now=now), now=now)
    row_id, done = row.id, []
    db.session.rollback()

    def work():
        with app.app_context():
            done.append(actions.deliver(now=now))
    worker, ordinary = threading.Thread(target=work), wishes._was_said

    def late(*words):
        worker.start()
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as beside:
            while worker.is_alive() and not beside.scalar(WAITING):
                pass
        return ordinary(*words)
    monkeypatch.setattr(wishes, "_was_said", late)
    wishes.wish(link, "withdraw", ["email"], how="preferences", address="", now=now)
    worker.join()
    assert done == [{}] and db.session.get_one(Message, row_id).state == "cancelled" and not relay.took


def test_a_withdrawn_consent_racing_the_hand_off(app, relay, cast, now):
    with transaction():
        clients = people(cast, now)
        for client in clients:
            consent(client, now)
        rows = [write(cast.main, client, now=now, klass="marketing", address=client.email.address)
                for client in clients]
    of = {row.id: row.client_id for row in rows}

    def withdraw(row_id, _address):
        with transaction() as session:
            session.execute(update(Consent).where(Consent.client_id == of[row_id]).values(marketing=False))
    after = race(app, now, rows, withdraw)
    receipts, at_last = relay.receipts, states()
    for row in rows:
        assert receipts[row.message_id] == (at_last[row.id] == "sent")
        # A withdrawal does not touch the row itself; whatever was not handed over by then must not leave any more.
        assert receipts[row.message_id] <= (after[row.id] in OUT)


def test_a_client_who_falls_silent_racing_the_hand_off(app, relay, cast, now):
    with transaction():
        rows = [write(cast.main, client, now=now, address=client.email.address) for client in people(cast, now)]
    of = {row.id: row.client_id for row in rows}

    def silence(row_id, _address):
        with transaction() as session:
            session.execute(update(Client).where(Client.id == of[row_id]).values(write_nothing=True))
    after = race(app, now, rows, silence)
    receipts = relay.receipts
    assert all(receipts[row.message_id] <= (after[row.id] in OUT) for row in rows)


def test_holding_everything_while_letters_leave_stops_the_rest_at_once(app, relay, letter, now):
    with transaction():
        rows = [letter(address=f"reader{number}@example.com") for number in range(200)]
    state = {}

    def stopper():
        with app.app_context():
            assert relay.waiting.wait(20)
            actions.set_mode("held", actor=JOB, now=now)
            state.update(states())
    thread = threading.Thread(target=stopper)
    thread.start()
    actions.deliver(now=now)
    thread.join()
    receipts, at_last = relay.receipts, states()
    for row in rows:
        assert receipts[row.message_id] == (state[row.id] in OUT)
        assert at_last[row.id] == ("sent" if state[row.id] in OUT else "held")


@pytest.mark.parametrize("workers", [4])
def test_several_workers_at_once_send_each_message_once(app, relay, letter, now, workers):
    with transaction():
        rows = [letter(address=f"reader{number}@example.com") for number in range(150)]
    db.session.rollback()

    def work():
        with app.app_context():
            actions.deliver(now=now)
    threads = [threading.Thread(target=work) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    actions.deliver(now=now)
    assert relay.receipts == {row.message_id: 1 for row in rows}
    assert set(states().values()) == {"sent"}
