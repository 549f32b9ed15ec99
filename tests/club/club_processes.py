"""Real processes that spend or burn at the same time. Run as a program with one JSON argument; see `main`."""

import json
import multiprocessing
import os
import random
import signal
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import event

from webapp.app import create_app
from webapp.club.actions import burning
from webapp.club.actions.ledger import Why, debit
from webapp.club.ledger_rules import BadPosting
from webapp.config import Settings
from webapp.db import db
from webapp.staff.audit import job

FORK = multiprocessing.get_context("fork")


def main() -> None:
    """`{"url", "instance", "do": "spend", "card", "count", "each", "now"}` prints what every process got, as JSON;
    `{"do": "burn", "now", "batch", "dies"}` burns in small batches and kills itself behind so many statements."""
    wish = json.loads(sys.argv[1])
    app = create_app(Settings(instance=Path(wish["instance"]), secret_key="k" * 64, database_url=wish["url"],
                              test_clock=True))
    if wish["do"] == "spend":
        print(json.dumps(_all_spend(app, wish)))
        return
    burning.BATCH = wish["batch"]
    with app.app_context():
        _fall_dead(wish["dies"])
        print(json.dumps(burning.burn_due(now=datetime.fromisoformat(wish["now"]))))


def _all_spend(app: Any, wish: dict[str, Any]) -> list[list[list[Any]]]:
    gate, answers = FORK.Barrier(wish["count"]), FORK.Queue()
    crew = [FORK.Process(target=_spend, args=(app, wish, number, gate, answers)) for number in range(wish["count"])]
    for process in crew:
        process.start()
    found = [answers.get(timeout=300) for _ in crew]
    for process in crew:
        process.join()
    return found


def _spend(app: Any, wish: dict[str, Any], number: int, gate: Any, answers: Any) -> None:
    """So many spendings: of every ten keys one is the same in all processes, and stands for one spending."""
    dice, got = random.Random(number), []
    with app.app_context():
        gate.wait()
        for turn in range(wish["each"]):
            shared = turn % 10 == 9
            key = f"shared-{turn}" if shared else f"{number}-{turn}"
            points = 7 if shared else dice.randint(1, 9)
            try:
                op = debit(wish["card"], points, "spending", Why(key, "test"), actor=job("test"),
                           now=datetime.fromisoformat(wish["now"]))
                got.append([key, points, op.id])
            except BadPosting as refusal:
                got.append([key, points, refusal.code])
        answers.put(got)


def _fall_dead(behind: int) -> None:
    seen = iter(range(1, 1_000_000))

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if next(seen) == behind:
            os.kill(os.getpid(), signal.SIGKILL)
    event.listen(db.engine, "before_cursor_execute", note)


if __name__ == "__main__":
    main()
