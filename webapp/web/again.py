"""A request that PostgreSQL chose to give way in a deadlock is done again: nothing of it was committed."""

from typing import Any

from flask import Flask
from sqlalchemy.exc import OperationalError

from webapp.db import db, is_deadlock

TRIES = 3


def init_again(app: Flask) -> None:
    """Wrap the dispatch of requests. A request that has committed something is never repeated."""
    once = app.dispatch_request

    def dispatch() -> Any:
        for number in range(TRIES):
            db.session().info.pop("committed", None)
            try:
                return once()
            except OperationalError as error:
                last = number == TRIES - 1
                if last or not is_deadlock(error) or db.session().info.get("committed"):
                    raise
                db.session.rollback()
        raise AssertionError("unreachable")
    app.dispatch_request = dispatch  # type: ignore[method-assign]
