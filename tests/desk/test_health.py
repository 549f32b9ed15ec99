"""/healthz tells monitoring about the database and the worker."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from webapp.batches.models import Heartbeat
from webapp.db import db, transaction
from webapp.kit import clock


def test_without_a_worker_the_database_is_still_well(browse: Any) -> None:
    answer = browse().get("/healthz")
    assert (answer.status, answer.response.json) == (200, {"database": "ok", "worker": "never", "worker_age": None})


@pytest.mark.parametrize(("age", "word"), [(0, "ok"), (300, "ok"), (301, "silent"), (86400, "silent")])
def test_the_age_of_the_last_sign_of_life_is_in_seconds(browse: Any, now: Any, age: int, word: str,
                                                        monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: now)
    with transaction() as session:
        session.add(Heartbeat(worker="one", at=now - timedelta(seconds=age)))
        session.add(Heartbeat(worker="older", at=now - timedelta(days=3)))
    assert browse().get("/healthz").response.json == {"database": "ok", "worker": word, "worker_age": age}


def test_a_database_that_is_away_is_said_with_503(browse: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: Any, **__: Any) -> None:
        raise OperationalError("SELECT", {}, Exception("connection refused"))

    monkeypatch.setattr(db.session, "scalar", away)
    answer = browse().get("/healthz")
    assert (answer.status, answer.response.json["database"]) == (503, "down")
    assert "refused" not in answer.response.get_data(as_text=True)
