"""What tests of the staff room share: a password, a clock that can be turned, a count of queries."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, select

from webapp.db import db, transaction
from webapp.kit import clock
from webapp.staff import passwords
from webapp.staff.models import AuditEntry, User

PASSWORD = "три жёлтых чемодана"
HASH = passwords.hash_password(PASSWORD)


class Clock:
    """The product's clock, standing still until it is turned."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def turn(self, **span: float) -> datetime:
        """Let time pass: `turn(hours=12)`."""
        self.now += timedelta(**span)
        return self.now


@pytest.fixture
def time(now: datetime, monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock of the whole product, at `now` until a test turns it."""
    ours = Clock(now)
    monkeypatch.setattr(clock, "now", lambda: ours.now)
    return ours


@pytest.fixture
def signing_in(app: Flask) -> Callable[..., None]:
    """`signing_in(user)` gives people the password PASSWORD."""
    def give(*users: User) -> None:
        with transaction():
            for user in users:
                user.password_hash = HASH
    return give


@pytest.fixture
def queries(app: Flask) -> Callable[[], Any]:
    """`with queries() as asked:` collects the statements sent to the database."""
    @contextmanager
    def collect() -> Iterator[list[str]]:
        asked: list[str] = []

        def note(_conn: Any, _cursor: Any, statement: str, *_: Any) -> None:
            if not statement.startswith(("BEGIN", "PRAGMA", "SAVEPOINT", "RELEASE")):
                asked.append(statement)

        event.listen(db.engine, "before_cursor_execute", note)
        try:
            yield asked
        finally:
            event.remove(db.engine, "before_cursor_execute", note)
    return collect


def logged(subject: str = "user") -> list[AuditEntry]:
    """Lines of the log about `subject`, oldest first, without comings and goings."""
    return list(db.session.scalars(
        select(AuditEntry).where(AuditEntry.subject == subject, AuditEntry.verb.not_in(("signed_in", "signed_out")))
        .order_by(AuditEntry.id)))
