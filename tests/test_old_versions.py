"""An agency that began on the first published version goes on with today's: every row stays, and the data are whole."""

import gzip
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import pytest
from conftest import PG, Store, settings_for
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import Column, Connection, MetaData, Table, func, select, text

from webapp.app import create_app
from webapp.db import db
from webapp.desk.actions import tick
from webapp.desk.integrity import inspect

FIRST = "0001"
KEPT: dict[str, list[dict[str, Any]]] = json.loads(
    gzip.decompress((Path(__file__).parent / "data" / "first-version.json.gz").read_bytes()))
READERS = {datetime: lambda text: datetime.fromisoformat(text).replace(tzinfo=UTC), date: date.fromisoformat,
           time: time.fromisoformat, bool: bool, object: json.loads}


@pytest.fixture
def old(tmp_path: Path) -> Iterator[Flask]:
    """An instance whose database is of the first version, with the rows of an agency at work."""
    store = Store(tmp_path)
    app = create_app(settings_for(tmp_path, store.url))
    with app.app_context():
        upgrade(revision=FIRST)
        with db.engine.begin() as connection:
            fill(connection)
        yield app
        db.session.remove()
        db.engine.dispose()
    store.drop()


def fill(connection: Connection) -> None:
    """Put the kept rows into the tables as they are, parents first."""
    tables = MetaData()
    tables.reflect(connection)
    for table in tables.sorted_tables:
        rows = KEPT.get(table.name, [])
        if rows and table.name != "alembic_version":
            connection.execute(table.insert(), [{name: read(table.c[name], value) for name, value in row.items()}
                                                for row in rows])
    if PG:
        for table in tables.sorted_tables:
            if "id" in table.c and KEPT.get(table.name):
                connection.execute(text(f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'),"
                                        f" (SELECT max(id) FROM \"{table.name}\"))"))


def read(column: Column[Any], value: Any) -> Any:
    """A value of SQLite in the type the column has here."""
    if value is None:
        return None
    reader = READERS.get(column.type.python_type)
    return reader(value) if reader else value


def counts() -> dict[str, int]:
    with db.engine.connect() as connection:
        return {name: connection.execute(select(func.count()).select_from(Table(name, MetaData()))).scalar_one()
                for name in KEPT if name != "alembic_version"}


def test_every_row_of_the_first_version_is_still_there_and_whole(old: Flask) -> None:
    before = counts()
    assert (before["touch"], before["message"], before["trip"]) == (235, 40, 18)
    upgrade()
    assert counts() == before
    assert inspect(now=datetime(2026, 11, 22, 12, tzinfo=UTC)).faults == []


def test_work_goes_on_after_the_change(old: Flask) -> None:
    upgrade()
    done = tick(now=datetime(2026, 11, 23, 9, tzinfo=UTC))
    assert done["queued"] >= 1
    assert inspect(now=datetime(2026, 11, 23, 9, tzinfo=UTC)).faults == []
