"""Several people, or one finger that presses several times, at the very same moment."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from flask import Flask

from webapp.db import db
from webapp.staff.rules import NotAllowed


def at_once(app: Flask, count: int, act: Callable[[int], Any]) -> list[Any]:
    """What `act` gave or raised in `count` threads that start together, each in a context of its own."""
    gate = Barrier(count)

    def run(number: int) -> Any:
        with app.app_context():
            gate.wait()
            try:
                return act(number)
            except NotAllowed as refusal:
                return refusal.reason
            finally:
                db.session.remove()

    db.session.rollback()
    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))
