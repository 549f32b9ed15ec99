"""The demo agency as it stands on a Thursday afternoon, loaded once and copied for every test."""

import logging
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from desk.agencies import THURSDAY, new_agency

from webapp.db import db
from webapp.desk import demo
from webapp.kit import clock


def outbox_of(place: SimpleNamespace) -> list[Path]:
    """Files in which trial mode writes what would have been sent."""
    return [file for file in (place.folder / "outbox").glob("*") if file.is_file()]


@pytest.fixture(scope="session")
def demo_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimpleNamespace]:
    """The demo agency, loaded once."""
    place = new_agency(tmp_path_factory.mktemp("demo"), THURSDAY)
    place.logged = []
    listener = logging.Handler(logging.WARNING)
    listener.emit = place.logged.append  # type: ignore[method-assign]
    logging.getLogger().addHandler(listener)
    with place.app.app_context():
        place.lines = list(demo.load(now=place.now))
        place.store.keep()
        place.files = frozenset(outbox_of(place))
    logging.getLogger().removeHandler(listener)
    yield place
    with place.app.app_context():
        db.engine.dispose()
    place.store.drop()


@pytest.fixture
def living(demo_once: SimpleNamespace) -> Iterator[SimpleNamespace]:
    """A fresh copy of the demo agency: `app`, `now`, `lines` (what loading printed), `logged` (its warnings), `folder`
    of the instance."""
    with demo_once.app.app_context():
        demo_once.store.restore()
        for file in set(outbox_of(demo_once)) - demo_once.files:
            file.unlink()
        yield demo_once
        db.session.rollback()
        db.session.remove()


@pytest.fixture
def stopped_clock(monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    """Pages look at the same clock as the test."""
    monkeypatch.setattr(clock, "now", lambda: now)
    monkeypatch.setattr(clock, "today", lambda tz: now.astimezone(tz).date())


@pytest.fixture
def anna(browse: Any, cast: SimpleNamespace) -> Any:
    """The administrator's browser."""
    return browse(cast.anna)
