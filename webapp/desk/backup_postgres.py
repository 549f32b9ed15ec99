"""A backup of PostgreSQL through its own COPY: every table as of one moment, put back in one transaction."""

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask_migrate import upgrade
from psycopg import Connection, sql
from sqlalchemy import Engine

from webapp.db import db

CHUNK = 1024 * 1024


def pack(archive: zipfile.ZipFile, engine: Engine) -> None:
    """Add one file per table; nobody is kept waiting, and all tables show the same moment."""
    with _raw(engine) as raw, raw.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        for table in _tables(raw):
            columns = _columns(raw, table)
            command = sql.SQL("COPY {} TO STDOUT").format(_named(table, columns))
            with archive.open(f"tables/{table}", "w", force_zip64=True) as file, cursor.copy(command) as rows:
                for chunk in rows:
                    file.write(chunk)
            archive.writestr(f"columns/{table}", "\n".join(columns))


def restore(archive: zipfile.ZipFile, engine: Engine, revision: str) -> None:
    """Replace all rows; the tables are made anew as they were at `revision`. All or nothing for the rows."""
    with _raw(engine) as raw:
        _drop_everything(raw)
    upgrade(revision=revision)
    with _raw(engine) as raw:
        keys = _foreign_keys(raw)
        for table, name, _definition in keys:
            _run(raw, "ALTER TABLE {} DROP CONSTRAINT {}", table, name)
        for table in _tables(raw):
            # Tables that may only grow begin empty here, and are under guard again before anybody comes.
            _run(raw, "ALTER TABLE {} DISABLE TRIGGER USER", table)
            _run(raw, "TRUNCATE {}", table)
            _fill(raw, archive, table)
            _run(raw, "ALTER TABLE {} ENABLE TRIGGER USER", table)
        # A worker that is running must find it held at once.
        raw.execute("DELETE FROM setting WHERE key = 'mode'")
        for table, name, definition in keys:
            raw.execute(sql.SQL("ALTER TABLE {} ADD CONSTRAINT {} {}").format(
                sql.Identifier(table), sql.Identifier(name), sql.SQL(definition)))
        _move_sequences(raw)


@contextmanager
def _raw(engine: Engine) -> Iterator[Connection[Any]]:
    connection = engine.raw_connection()
    raw: Connection[Any] = connection.driver_connection  # type: ignore[assignment]
    try:
        yield raw
        raw.commit()
    except BaseException:
        raw.rollback()
        raise
    finally:
        connection.close()


def _tables(raw: Connection[Any]) -> list[str]:
    """Our tables in this database; the queue beside them is not part of a backup."""
    there = {row[0] for row in raw.execute("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")}
    return sorted(there & set(db.metadata.tables))


def _columns(raw: Connection[Any], table: str) -> list[str]:
    query = ("SELECT column_name FROM information_schema.columns WHERE table_schema = current_schema()"
             " AND table_name = %s AND is_generated = 'NEVER' ORDER BY ordinal_position")
    return [row[0] for row in raw.execute(query, [table])]


def _named(table: str, columns: list[str]) -> sql.Composed:
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    return sql.SQL("{} ({})").format(sql.Identifier(table), names)


def _fill(raw: Connection[Any], archive: zipfile.ZipFile, table: str) -> None:
    if f"tables/{table}" not in archive.namelist():
        return
    columns = archive.read(f"columns/{table}").decode().split("\n")
    command = sql.SQL("COPY {} FROM STDIN").format(_named(table, columns))
    with archive.open(f"tables/{table}") as file, raw.cursor() as cursor, cursor.copy(command) as rows:
        while chunk := file.read(CHUNK):
            rows.write(chunk)


def _drop_everything(raw: Connection[Any]) -> None:
    for table in [*_tables(raw), "alembic_version"]:
        _run(raw, "DROP TABLE IF EXISTS {} CASCADE", table)


def _foreign_keys(raw: Connection[Any]) -> list[tuple[str, str, str]]:
    query = ("SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
             " WHERE contype = 'f' AND connamespace = current_schema()::regnamespace")
    return [(row[0].strip('"'), row[1], row[2]) for row in raw.execute(query)]


def _move_sequences(raw: Connection[Any]) -> None:
    query = ("SELECT table_name, column_name, pg_get_serial_sequence(quote_ident(table_name), column_name)"
             " FROM information_schema.columns WHERE table_schema = current_schema()")
    for table, column, sequence in raw.execute(query).fetchall():
        if sequence:
            statement = sql.SQL("SELECT setval({}, COALESCE((SELECT max({}) FROM {}), 0) + 1, false)")
            raw.execute(statement.format(sql.Literal(sequence), sql.Identifier(column), sql.Identifier(table)))


def _run(raw: Connection[Any], statement: str, *names: str) -> None:
    raw.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
