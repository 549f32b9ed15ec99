"""Due rows against huey: claim and finish, creating touches, the empty tick at a million rows, the write lock.

Run as `python -m bench.due_rows [--rows 1000000] [--rounds 7]` (`quality.md` §3 B).
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from huey import SqliteHuey
from sqlalchemy import event, insert, select

from bench.data import MESSAGE, Size, fill, make_app
from bench.measure import Line, at_least, at_most, in_turns, ms, show, times
from bench.rows import put, settle
from webapp.db import db, transaction
from webapp.desk.actions import tick
from webapp.post.actions.claiming import claim
from webapp.post.actions.recording import hand_off, write_outcomes
from webapp.post.channels import Missing
from webapp.post.refusal_rules import Outcome
from webapp.staff.models import Office
from webapp.touches.actions.many import Opening, Planner, open_many
from webapp.touches.models import Touch

# Noon in Moscow: nothing is put off for the night.
NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
RELAY = Missing("relay")
BATCHES, TOUCHES = 20, 10_000


def main() -> bool:
    """Measure and print; True when all budgets are met."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int, default=1_000_000)
    options.add_argument("--rounds", type=int, default=7)
    wish, _ = options.parse_known_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        small, large = _office(folder / "small", 10_000), _office(folder / "large", wish.rows)
        queue = SqliteHuey("bench", filename=str(folder / "huey.db"))
        lines = [*_claims(large, queue, wish.rounds), *_creating(small, queue, wish.rounds),
                 *_empty_ticks(small, large, wish.rows)]
    return show("B. Due rows", lines)


def _claims(app: Flask, queue: SqliteHuey, rounds: int) -> list[Line]:
    """Claim, hand-off and result of batches of 50, each in a durable commit, against huey's execute of no-ops."""
    nothing = queue.task()(_nothing)

    def theirs() -> float:
        for number in range(500):
            nothing(number)
        started = time.perf_counter()
        for _ in range(500):
            queue.execute(queue.dequeue())
        return (time.perf_counter() - started) / 500

    with app.app_context():
        numbers = iter(range(10_000_000, 90_000_000))
        held: list[float] = []

        def ours() -> float:
            _queued([next(numbers) for _ in range(BATCHES * 50)])
            started = time.perf_counter()
            with _lock_times(held):
                for _ in range(BATCHES):
                    _one_batch()
            return (time.perf_counter() - started) / (BATCHES * 50)

        ours()
        held.clear()
        own, peer = in_turns(rounds, ours, theirs)
    longest, usual = max(held), statistics.quantiles(held, n=100)[94]
    return [at_least("claim, hand-off and result", f"{1 / statistics.median(own):,.0f}/s",
                     f"huey {1 / statistics.median(peer):,.0f}/s", times(peer, own), 4),
            Line("write lock per batch, p95", ms(usual), "", "", "≤ 10 ms", usual <= 0.010),
            Line("write lock per batch, longest", ms(longest))]


def _one_batch() -> None:
    taken = claim("email", RELAY, now=NOW, mode="live", author="bench")
    assert taken and len(taken.messages) == 50, taken
    ids = [message.id for message in taken.messages]
    handed = hand_off(taken, ids, outcomes=(), now=NOW, renew=False, author="bench")
    assert len(handed) == 50
    write_outcomes(taken, [Outcome(i, "sent", NOW, ref="ok") for i in ids], author="bench")


def _creating(app: Flask, queue: SqliteHuey, rounds: int) -> list[Line]:
    """10,000 touches as rows, against 10,000 tasks given to huey for later; and what the whole plan costs."""
    nothing = queue.task()(_later)

    def theirs() -> float:
        started = time.perf_counter()
        for number in range(TOUCHES // 10):
            nothing.schedule(args=(number,), delay=86_400)
        return (time.perf_counter() - started) * 10

    with app.app_context():
        rows = [{"client_id": 1, "office_id": 1, "step_code": f"bench:{n}", "channel": "email", "klass": "service",
                 "automatic": True, "planned_on": NOW.date(), "due_on": NOW.date(), "send_at": NOW + timedelta(days=9),
                 "status": "planned", "generation": 1, "direction": "out", "pinned": False, "reason": "", "attempts": 0,
                 "done_by": "", "outcome": "", "note": "", "created_at": NOW} for n in range(TOUCHES)]

        def ours() -> float:
            started = time.perf_counter()
            with transaction() as session:
                session.execute(insert(Touch), rows)
            return time.perf_counter() - started

        own, peer = in_turns(max(3, rounds // 2), ours, theirs)
        whole = _planned()
    return [at_least("100,000 touches", f"{statistics.median(own) * 10:.2f} s",
                     f"huey {statistics.median(peer) * 10:.1f} s", times(peer, own), 40),
            Line("… with the plan's dates and occasions", f"{whole * 100_000:.1f} s")]


def _planned() -> float:
    """Seconds per touch when occasions are opened as an import does: dates worked out, occasions, rows."""
    from webapp.staff.audit import job
    planner = Planner("trip", db.session.scalars(select(Office)).first(), now=NOW)  # type: ignore[arg-type]
    day = NOW.date()
    openings = [Opening(1, 1, {"purchase": day, "departure": day + timedelta(days=20 + n % 9),
                               "return": day + timedelta(days=30 + n % 9)}) for n in range(200)]
    started = time.perf_counter()
    _, made = open_many(planner, openings, actor=job("bench"))
    return (time.perf_counter() - started) / made


def _empty_ticks(small: Flask, large: Flask, rows: int) -> list[Line]:
    """A tick that finds nothing, with 10,000 and with a million rows of either kind."""
    def once(app: Flask) -> float:
        with app.app_context():
            started = time.perf_counter()
            for _ in range(5):
                tick(now=NOW)
            spent = (time.perf_counter() - started) / 5
            db.session.remove()
            return spent

    for app in (small, large):
        once(app)
    few, many = in_turns(40, lambda: once(small), lambda: once(large))
    return [at_most(f"empty tick, {rows:,} rows", ms(statistics.median(many)),
                    f"10,000 rows {ms(statistics.median(few))}", times(many, few), 1.2)]


def _office(folder: Path, rows: int) -> Flask:
    """An agency with so many finished touches and messages behind it."""
    app = make_app(folder)
    with app.app_context():
        fill(Size(trips=10, clients=100), now=NOW)
        past = NOW - timedelta(days=90)
        put("touch", ("client_id", "office_id", "step_code", "channel", "klass", "automatic", "planned_on", "due_on",
                      "send_at", "status", "done_at", "done_by", "created_at"),
            ((1 + n % 100, 1, "thank_you", "email", "service", True, past.date(), past.date(), past, "done", past,
              "post", past) for n in range(rows)))
        put("message", MESSAGE, (_message(n, "sent", past) for n in range(1_000_000, 1_000_000 + rows)))
        with transaction() as session:
            # What the small agency of bench.data had waiting would be due every time.
            session.execute(Touch.__table__.delete().where(Touch.status == "planned"))
        settle()
    return app


def _queued(numbers: list[int]) -> None:
    put("message", MESSAGE, (_message(n, "queued", NOW - timedelta(minutes=5)) for n in numbers))
    put("message_content", ("message_id", "text", "html"), ((n, "Здравствуйте! " * 40, "") for n in numbers))


def _message(number: int, state: str, at: datetime) -> tuple[Any, ...]:
    return (number, f"bench:{number}", f"bench:{number}", 1, 1 + number % 100, "service", "email",
            f"client{number}@example.com", f"hash{number}", f"<{number}@bench>", "Europe/Moscow", at, at, state, at,
            "relay", state == "sent")


@contextmanager
def _lock_times(found: list[float]) -> Iterator[None]:
    """Note how long each writing transaction holds the lock: from BEGIN IMMEDIATE answered to COMMIT done."""
    engine, began = db.engine, [0.0]

    def after(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement == "BEGIN IMMEDIATE":
            began[0] = time.perf_counter()

    original = engine.dialect.do_commit

    def do_commit(connection: Any) -> None:
        original(connection)
        if began[0]:
            found.append(time.perf_counter() - began[0])
            began[0] = 0.0

    event.listen(engine, "after_cursor_execute", after)
    engine.dialect.do_commit = do_commit  # type: ignore[method-assign]
    try:
        yield
    finally:
        event.remove(engine, "after_cursor_execute", after)
        engine.dialect.do_commit = original  # type: ignore[method-assign]


def _nothing(number: int) -> None:
    """A task that does nothing."""


def _later(number: int) -> None:
    """A task that does nothing, later."""


if __name__ == "__main__":
    raise SystemExit(0 if main() else 1)
