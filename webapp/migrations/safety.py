"""What keeps data safe while tables change: a copy before, triggers put back after, foreign keys checked."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, Engine, text

from webapp import appendonly
from webapp.clients import index
from webapp.db import db

# Kept by other hands: Huey's queue beside the data, and the index of the search.
NOT_OURS = ("huey_", "client_find")


def same_object(_item: object, name: str | None, kind: str, _reflected: bool, _other: object) -> bool:
    """Whether migrations look after this table or index."""
    return not (name or "").removeprefix("ix_").startswith(NOT_OURS)


def copy_before(engine: Engine, head: str | None, instance: str) -> Path | None:
    """Copy an SQLite file that is about to change to `before-<new version>.db` beside it."""
    file = engine.url.database
    if engine.dialect.name != "sqlite" or not file or not Path(file).exists():
        return None
    with engine.connect() as connection:
        now = MigrationContext.configure(connection).get_current_revision()
    if now is None or now == head:
        return None
    target = Path(instance) / f"before-{head}.db"
    with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(target)) as copy:
        source.backup(copy)
    return target


def put_back_guards(connection: Connection) -> None:
    """Create the triggers that are missing: SQLite loses them when a migration makes a table anew."""
    dialect = connection.dialect.name
    tables, triggers = _names(connection, "tables"), _names(connection, "triggers")
    for name in sorted(guarded() & tables):
        wanted = appendonly.guards(name, dialect)
        if not triggers.issuperset(wanted):
            _run(connection, [f"DROP TRIGGER {trigger}{'' if dialect == 'sqlite' else f' ON {name}'}"
                              for trigger in wanted if trigger in triggers])
            _run(connection, appendonly.statements(db.metadata.tables[name], dialect))
    if "client" in tables and not _searchable(connection, dialect, tables, triggers):
        if dialect == "sqlite":
            _run(connection, ["DROP TABLE IF EXISTS client_find"])
        _run(connection, index.statements(dialect))


def _run(connection: Connection, statements: list[str]) -> None:
    for sql in statements:
        connection.execute(text(sql.replace(":", "\\:")))


def guarded() -> set[str]:
    """Names of the tables that may only grow."""
    return {table.name for table in db.metadata.tables.values() if table.info.get("append_only")}


def faults(connection: Connection) -> list[Any]:
    """Rows that point nowhere (SQLite does not look while foreign keys are off)."""
    if connection.dialect.name != "sqlite":
        return []
    return [tuple(row) for row in connection.exec_driver_sql("PRAGMA foreign_key_check").fetchmany(20)]


def _searchable(connection: Connection, dialect: str, tables: set[str], triggers: set[str]) -> bool:
    if dialect != "sqlite":
        # Every statement there says IF NOT EXISTS.
        return False
    if not index.can_index(None, None, connection):
        return True
    return "client_find" in tables and {f"client_find_{verb}" for verb in ("insert", "update", "delete")} <= triggers


def _names(connection: Connection, kind: str) -> set[str]:
    queries = {
        ("sqlite", "tables"): "SELECT name FROM sqlite_master WHERE type = 'table'",
        ("sqlite", "triggers"): "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        ("postgresql", "tables"): "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()",
        ("postgresql", "triggers"): "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
    }
    return set(connection.execute(text(queries[connection.dialect.name, kind])).scalars())
