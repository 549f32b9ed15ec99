"""The app on a fresh database for every test, and the cast: people every test may call by name."""

import os
import shutil
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, create_engine, event, text

os.environ.setdefault("TZ", "UTC")
# Programs started by tests would otherwise compile the whole product anew each time.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

import make
from argon2 import PasswordHasher
from hypothesis import HealthCheck, settings
from page import Browser

from webapp.app import create_app
from webapp.config import Settings
from webapp.db import Base, db
from webapp.staff import passwords

# A busy machine is no fault of the product.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")
# A dear hash is right for people and wasted on tests: one test in tests/staff/test_login.py holds the real cost.
passwords._hasher = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
PG = os.environ.get("TEST_DATABASE_URL", "")


# Side by side, the longest must begin first, or one process ends minutes after the other.
LONGEST = ("test_year", "test_command_line", "test_sweep", "test_every_page", "test_demo", "test_consumer", "test_serve",
           "test_board_page", "test_letters_page", "test_importing", "test_kill", "test_schedule_properties")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files that take long, in the order of LONGEST; the others behind them as they are.

    What has no meaning but for a file of SQLite is no test of a run on PostgreSQL, and so is not skipped there either.
    """
    if PG:
        items[:] = [item for item in items if not item.get_closest_marker("sqlite_only")]
    places = {f"{name}.py": number for number, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.path.name, len(places)))


def settings_for(folder: Path, url: str) -> Settings:
    """Settings of an app under test: `folder` is its instance."""
    return Settings(instance=folder, secret_key="k" * 64, database_url=url, test_clock=True,
                    redis_url=os.environ.get("TEST_REDIS_URL", ""))


# A copy of every table in a schema of its own, and a function that puts it back. Making the database anew from a
# template costs PostgreSQL a tenth of a second a test; emptying tables that are empty costs it next to nothing. No guards and
# no triggers act meanwhile: histories that may only grow are emptied too.
KEEP_COPIES = """
DO $$ DECLARE it record; filled integer; body text := 'SET LOCAL session_replication_role = replica;'; BEGIN
  CREATE SCHEMA kept;
  FOR it IN SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' LOOP
    EXECUTE format('CREATE TABLE kept.%1$I AS TABLE public.%1$I', it.name);
    body := body || format('DELETE FROM public.%I;', it.name);
    EXECUTE format('SELECT 1 FROM kept.%I LIMIT 1', it.name) INTO filled;
    CONTINUE WHEN filled IS NULL;
    body := body || format('INSERT INTO public.%1$I SELECT * FROM kept.%1$I;', it.name);
  END LOOP;
  FOR it IN SELECT pg_get_serial_sequence(format('public.%I', table_name), column_name) AS name, table_name, column_name
      FROM information_schema.columns WHERE table_schema = 'public' LOOP
    CONTINUE WHEN it.name IS NULL;
    body := body || format('PERFORM setval(%L, coalesce((SELECT max(%I) FROM kept.%I), 0) + 1, false);',
                           it.name, it.column_name, it.table_name);
  END LOOP;
  EXECUTE format('CREATE FUNCTION kept.put_back() RETURNS void LANGUAGE plpgsql AS %L', 'BEGIN ' || body || ' END');
END $$
"""
STRANGERS = ("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
             " WHERE datname = current_database() AND pid <> pg_backend_pid()")


class Store:
    """Where the tests' database lives: an SQLite file, or a PostgreSQL database that remembers its first content."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.keeper: Engine | None = None
        self.name = f"snova_test_{uuid.uuid4().hex[:12]}"
        self.url = f"{PG.rsplit('/', 1)[0]}/{self.name}" if PG else f"sqlite:///{folder / 'live.db'}"
        if PG:
            # Commits of tests wait for no disk; processes that are killed lose nothing by that.
            # Tables of tests are small and have no figures: plans made for every value beat those kept for all, and none is
            # worth a compiler.
            self._admin(f'CREATE DATABASE "{self.name}"', *(f'ALTER DATABASE "{self.name}" SET {words}' for words in (
                "synchronous_commit = off", "jit = off", "plan_cache_mode = force_custom_plan")))

    def keep(self) -> None:
        """Remember the present content as what every test starts from."""
        db.session.remove()
        db.engine.dispose()
        if PG:
            self._run(self.url, KEEP_COPIES)
            self.keeper = create_engine(self.url, isolation_level="AUTOCOMMIT")
        else:
            self._checkpoint()
            shutil.copy(self.folder / "live.db", self.folder / "kept.db")

    def restore(self) -> None:
        """Put the remembered content back."""
        db.engine.dispose()
        if PG:
            # What a test left behind, a worker it killed for instance, may still hold locks.
            assert self.keeper
            with self.keeper.connect() as connection:
                connection.execute(text(STRANGERS))
                connection.execute(text("SELECT kept.put_back()"))
            return
        # A new file under the old name: whoever still has the old one open, a page that was left in the middle of an
        # answer for instance, keeps it to himself. Written over, it would be torn away below both.
        shutil.copy(self.folder / "kept.db", self.folder / "next.db")
        for tail in ("", "-wal", "-shm"):
            (self.folder / f"live.db{tail}").unlink(missing_ok=True)
        (self.folder / "next.db").replace(self.folder / "live.db")

    def drop(self) -> None:
        """Remove everything."""
        if PG:
            if self.keeper:
                self.keeper.dispose()
            self._admin(f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)')

    def _checkpoint(self) -> None:
        engine = create_engine(self.url)
        with engine.connect() as connection:
            connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
        engine.dispose()

    def _admin(self, *statements: str) -> None:
        self._run(PG.rsplit("/", 1)[0] + "/postgres", *statements)

    def _run(self, url: str, *statements: str) -> None:
        engine = create_engine(url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            for statement in statements:
                connection.execute(text(statement))
        engine.dispose()


def never_loses_power() -> None:
    """Commits of tests wait for no disk; processes that are killed lose nothing by that."""
    if db.engine.dialect.name == "sqlite":
        event.listen(db.engine, "connect", lambda raw, _record: raw.execute("PRAGMA synchronous=OFF"))


@pytest.fixture(scope="session")
def whole_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Flask, Store, dict[str, int]]]:
    folder = tmp_path_factory.mktemp("instance")
    store = Store(folder)
    app = create_app(settings_for(folder, store.url))
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False, RATELIMIT_ENABLED=False)
    with app.app_context():
        never_loses_power()
        Base.metadata.create_all(db.engine)
        ids = make.cast(NOW)
        store.keep()
    yield app, store, ids
    with app.app_context():
        db.engine.dispose()
    store.drop()


@pytest.fixture
def app(whole_app: tuple[Flask, Store, dict[str, int]]) -> Iterator[Flask]:
    """The app on a fresh copy of the database; a test runs inside its context."""
    flask_app, store, _ids = whole_app
    with flask_app.app_context():
        store.restore()
        yield flask_app
        db.session.rollback()
        db.session.remove()


@pytest.fixture
def cast(app: Flask, whole_app: tuple[Flask, Store, dict[str, int]]) -> SimpleNamespace:
    """olga, pavel (managers, Moscow), irina (service), boris (director), anna (admin), vera (manager, Vladivostok),
    nikolai (network director); offices main and east."""
    return make.people(whole_app[2])


@pytest.fixture
def now() -> datetime:
    """Friday, 20 November 2026, 12:00 in Moscow."""
    return NOW


@pytest.fixture
def browse(app: Flask, cast: SimpleNamespace) -> Any:
    """`browse(cast.olga)` signs in and gives a client whose every answer goes through the page reader."""
    return lambda user=None, **options: Browser(app, user, **options)
