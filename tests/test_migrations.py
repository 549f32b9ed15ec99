"""Migrations make exactly the tables of the models, keep data and guards, and keep a copy before they change anything."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import club_make
import make
import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from conftest import NOW, PG, Store, settings_for
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError

from webapp.app import create_app
from webapp.club.actions.sales import use_card
from webapp.club.actions.settling import settle_returned
from webapp.club.models import TERMS
from webapp.club.sale_rules import Terms, terms_to
from webapp.config import ROOT
from webapp.db import db, transaction
from webapp.migrations.safety import guarded, put_back_guards, same_object
from webapp.staff.audit import actor_of
from webapp.staff.models import Setting

HEAD = ScriptDirectory(str(ROOT / "webapp" / "migrations")).get_current_head()


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Flask]:
    """An app on a database without any table."""
    store = Store(tmp_path)
    app = create_app(settings_for(tmp_path, store.url))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()
    store.drop()


def run(*statements: str) -> None:
    with db.engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))


def differences() -> list[Any]:
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_object": same_object})
        return list(compare_metadata(context, db.metadata))


def names_of_triggers() -> set[str]:
    sql = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal" if PG else \
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    with db.engine.connect() as connection:
        return set(connection.execute(text(sql)).scalars())


def test_migrating_from_nothing_gives_the_tables_of_the_models(empty: Flask) -> None:
    upgrade()
    assert set(inspect(db.engine).get_table_names()) >= set(db.metadata.tables)
    assert differences() == [], "the models changed: make migration NAME=…"


def test_migrating_again_changes_nothing(empty: Flask) -> None:
    upgrade()
    before = names_of_triggers()
    upgrade()
    assert (differences(), names_of_triggers()) == ([], before)


def test_tables_that_may_only_grow_are_guarded_after_migrating(empty: Flask) -> None:
    upgrade()
    assert guarded() >= {"audit_entry", "message_event", "consent_event"}
    for table in guarded():
        assert any(trigger.startswith(f"{table}_") for trigger in names_of_triggers()), table
    run("INSERT INTO audit_entry (id, at, actor, verb, subject, facts)"
        " VALUES (1, '2026-11-20 09:00:00', 'x', 'x', 'x', '{}')")
    for statement in ("UPDATE audit_entry SET actor = 'y'", "DELETE FROM audit_entry"):
        with pytest.raises(DBAPIError, match="append-only"):
            run(statement)


def test_a_guard_lost_by_a_rebuilt_table_is_put_back(empty: Flask) -> None:
    upgrade()
    before = names_of_triggers()
    on = " ON audit_entry" if PG else ""
    run(*(f"DROP TRIGGER {name}{on}" for name in before if name.startswith("audit_entry_")))
    assert names_of_triggers() < before
    with db.engine.begin() as connection:
        put_back_guards(connection)
    assert names_of_triggers() == before


def test_data_survive_a_migration_that_rebuilds_their_parents(empty: Flask, monkeypatch: pytest.MonkeyPatch,
                                                              tmp_path: Path) -> None:
    upgrade()
    run("INSERT INTO office (id, code, name, timezone, city, address, phone, email, country, hours)"
        " VALUES (1, 'main', 'Сто дорог', 'Europe/Moscow', '', '', '', '', 'RU', '{}')",
        "INSERT INTO day_off (id, office_id, day, working, note) VALUES (7, 1, '2026-12-31', FALSE, 'ёлка')")
    later = with_one_more(tmp_path)
    monkeypatch.setattr(empty.extensions["migrate"], "directory", str(later))
    upgrade(directory=str(later))
    assert "floor" in {column["name"] for column in inspect(db.engine).get_columns("office")}
    with db.engine.connect() as connection:
        assert connection.execute(text("SELECT id, office_id, note FROM day_off")).all() == [(7, 1, "ёлка")]
        assert connection.execute(text("SELECT name, floor FROM office")).all() == [("Сто дорог", 1)]
    if not PG:
        assert (tmp_path / "before-9999.db").exists(), "a copy is made before an old database changes"


def with_one_more(folder: Path) -> Path:
    """The migrations and one more that makes `office` anew, as SQLite must for most changes."""
    import shutil
    target = folder / "migrations"
    shutil.copytree(ROOT / "webapp" / "migrations", target)
    (target / "versions" / "9999_floor.py").write_text(f'''
import sqlalchemy as sa
from alembic import op
revision, down_revision = "9999", {HEAD!r}

def upgrade():
    with op.batch_alter_table("office", recreate="auto" if op.get_bind().dialect.name != "sqlite" else "always") as b:
        b.add_column(sa.Column("floor", sa.Integer(), nullable=False, server_default="1"))

def downgrade():
    op.drop_column("office", "floor")
''', "utf-8")
    return target


def test_a_migration_that_would_break_references_is_refused_whole(empty: Flask, tmp_path: Path) -> None:
    if PG:
        # PostgreSQL checks while it works; the refusal is its own.
        upgrade()
        with pytest.raises(DBAPIError):
            run("INSERT INTO day_off (id, office_id, day, working, note) VALUES (1, 99, '2026-12-31', FALSE, '')")
        return
    upgrade()
    folder = with_one_more(tmp_path)
    bad = folder / "versions" / "9999_floor.py"
    bad.write_text(bad.read_text("utf-8").replace("def downgrade", '''    op.execute(
        "INSERT INTO day_off (id, office_id, day, working, note) VALUES (1, 99, '2026-12-31', FALSE, '')")

def downgrade'''), "utf-8")
    with pytest.raises((RuntimeError, SystemExit)):
        upgrade(directory=str(folder))
    assert "floor" not in {column["name"] for column in inspect(db.engine).get_columns("office")}


@pytest.mark.parametrize(("today", "said"), [
    ("return", ["purchase", "return", "return"]), ("purchase", ["purchase", "return", "purchase"])])
def test_sales_of_before_keep_when_their_points_come(empty: Flask, today: str, said: list[str]) -> None:
    upgrade()
    people = make.people(make.cast(NOW))
    anna = make.client(people.main, now=NOW)
    card = club_make.card(anna, people.main, now=NOW)
    back = NOW.date() + timedelta(days=20)
    trips = [make.trip(anna, purchase=NOW.date(), departure=back, back=back, seller=people.olga, now=NOW,
                       price_kopecks=10_000_000).id for _ in range(3)]
    for accrue, trip_id in zip(("purchase", "return", today), trips, strict=True):
        with transaction() as session:
            session.merge(Setting(key=TERMS, value=terms_to(Terms(accrue=accrue))))
        use_card(trip_id, card.id, key=f"{trip_id}", actor=actor_of(people.olga), now=NOW)
    settle_returned(trips[1], now=NOW + timedelta(days=21))
    with transaction() as session:
        # Neither has come: the price was not known.
        session.execute(text(f"UPDATE trip_bonus SET state = 'open', accrual_op_id = NULL WHERE trip_id = {trips[2]}"))
    db.session.remove()
    downgrade(revision="0013")
    upgrade()
    with db.engine.connect() as connection:
        assert connection.execute(text("SELECT accrue FROM trip_bonus ORDER BY trip_id")).scalars().all() == said
    assert differences() == []


def test_going_back_to_nothing_works(empty: Flask) -> None:
    upgrade()
    downgrade(revision="base")
    assert not set(inspect(db.engine).get_table_names()) & set(db.metadata.tables)
