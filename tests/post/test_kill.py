"""Workers that are killed, frozen or poisoned: nothing is lost, nothing is sent twice (`quality.md` §1, 1, 2, 6)."""

import random
from collections import Counter

import pytest
from post.making import fresh, mode, write
from post.processes import Nursery, RelayProcess, daytime_zone, until
from post.worker_process import POISON
from sqlalchemy import select

from webapp.db import db, transaction
from webapp.kit import clock
from webapp.post import actions, rules
from webapp.post.models import Message

BUSY = ("queued", "claimed", "handed")


@pytest.fixture
def now():
    """Real processes live in real time."""
    return clock.now()


@pytest.fixture
def mails(cast, person, now):
    """`mails(5)` writes as many letters that may leave at this hour."""
    mode("live", now)

    def make(count, **words):
        with transaction():
            rows = [write(cast.main, person, now=now, zone=daytime_zone(now), **words) for _ in range(count)]
        db.session.rollback()
        return rows
    return make


pytestmark = pytest.mark.parametrize("relay", ["pipelining"], indirect=True)


@pytest.fixture(scope="module")
def nursery():
    """Where workers come from."""
    nursery = Nursery()
    yield nursery
    nursery.close()


@pytest.fixture
def worker(app, nursery):
    """`worker(port)` starts a worker process on the database of the test; killed when the test ends."""
    settings = app.extensions["snova.settings"]
    yield lambda port, **wish: nursery.start(url=settings.database_url, instance=str(settings.instance), port=port,
                                             **wish)
    nursery.kill_all()


def states():
    """How many messages are in which state."""
    db.session.rollback()
    return Counter(db.session.scalars(select(Message.state)))


def at_rest():
    return not any(states()[state] for state in BUSY)


@pytest.mark.parametrize(("point", "found", "then", "received"), [
    ("opened", "claimed", "sent", 1),
    ("offered", "claimed", "sent", 1),
    ("ready", "claimed", "sent", 1),
    ("handed", "handed", "unknown", 0),
    ("dotted", "handed", "unknown", 1),
    ("answered", "handed", "unknown", 1),
])
def test_a_worker_killed_at_each_point_loses_and_doubles_nothing(
        relay, mails, worker, now, point, found, then, received):
    row = mails(1)[0]
    process = worker(relay.port, at=point, signal="SIGKILL")
    until(lambda: not process.is_alive, "the worker has died")
    assert fresh(row).state == found
    for minutes in (3, 6, 60):
        actions.deliver(now=now + minutes * rules.LEASE / 2)
    assert fresh(row).state == then
    if point == "dotted":
        until(lambda: relay.receipts, "the relay has read the dot")
    assert relay.receipts == ({row.message_id: 1} if received else {})


@pytest.mark.parametrize("point", ["ready", "handed", "dotted"])
def test_a_worker_frozen_for_longer_than_its_lease_doubles_nothing(relay, mails, worker, point):
    row = mails(1)[0]
    sleeper = worker(relay.port, at=point, signal="SIGSTOP", lease=1)
    until(lambda: sleeper.is_frozen, "the worker is frozen")
    worker(relay.port, lease=1)
    after = "sent" if point == "ready" else "unknown"
    until(lambda: fresh(row).state == after, f"the other worker made it {after}")
    sleeper.thaw()
    until(lambda: fresh(row).state == "sent", "the late answer has settled it")
    second = mails(1)[0]
    until(lambda: fresh(second).state == "sent", "both go on working")
    assert relay.receipts == {row.message_id: 1, second.message_id: 1}


@pytest.mark.slow
def test_a_poisonous_message_is_dead_after_three_crashes_and_all_others_leave(relay, mails, worker):
    before, poison, after = mails(10), mails(1, subject=POISON)[0], mails(10)
    process = worker(relay.port, lease=1)

    def is_dead():
        nonlocal process
        if not process.is_alive:
            process = worker(relay.port, lease=1)
        return fresh(poison).state == "dead"
    until(is_dead, "the poisonous message is dead")
    until(at_rest, "all others have left")
    assert (fresh(poison).crashes, fresh(poison).last_code) == (3, "crashes")
    assert states() == {"dead": 1, "sent": 20}
    assert relay.receipts == {row.message_id: 1 for row in (*before, *after)}


@pytest.mark.slow
def test_workers_killed_at_random_lose_and_double_nothing(relay, mails, worker, tmp_path):
    rows = mails(200)
    dice = random.Random(20261120)
    with RelayProcess(tmp_path, thinks=0.004) as relay:
        crew = [worker(relay.port, lease=1.5) for _ in range(2)]
        kills = 0
        while kills < 8:
            goal = min(sum(relay.taken.values()) + dice.randint(5, 18), 195)
            until(lambda goal=goal: sum(relay.taken.values()) >= goal, "more mails have arrived")
            victim = dice.randrange(2)
            crew[victim].kill()
            kills += 1
            crew[victim] = worker(relay.port, lease=1.5)
        until(at_rest, "every message has come to its end")
        taken = relay.taken
    db.session.rollback()
    by_id = {message_id: state for message_id, state in db.session.execute(select(Message.message_id, Message.state))}
    assert set(by_id) == {row.message_id for row in rows}
    assert set(taken) <= set(by_id)
    assert max(taken.values()) == 1
    assert set(by_id.values()) <= {"sent", "unknown"}
    assert all(taken[message_id] == 1 for message_id, state in by_id.items() if state == "sent")
    assert list(by_id.values()).count("unknown") <= kills
