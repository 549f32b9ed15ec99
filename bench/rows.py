"""Raw rows in bulk, past the product's own actions: executemany on SQLite, COPY on PostgreSQL."""

import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import text

from webapp.db import Base, db


def put(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert `rows` in one transaction; dates and moments may be given as they are. What is left out gets the
    default of the model.
    """
    left_out = {column.name: _default(column) for column in Base.metadata.tables[table].columns
                if column.default is not None and column.name not in columns}
    columns, rest = (*columns, *left_out), tuple(left_out.values())
    names = ", ".join(f'"{column}"' for column in columns)
    with db.engine.connect() as connection:
        raw = connection.connection.driver_connection
        if db.engine.dialect.name == "postgresql":
            with raw.cursor() as cursor, cursor.copy(f'COPY "{table}" ({names}) FROM STDIN') as copy:
                for row in rows:
                    copy.write_row((*row, *rest))
            raw.commit()
            return
        marks = ", ".join("?" * len(columns))
        raw.execute("BEGIN IMMEDIATE")
        raw.executemany(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', ((*map(_plain, row), *rest) for row in rows))
        raw.execute("COMMIT")


def settle() -> None:
    """Leave the database as the product would: SQLite without statistics, PostgreSQL with those its daemon makes."""
    if db.engine.dialect.name == "sqlite":
        with db.engine.connect() as connection:
            raw = connection.connection.driver_connection
            raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for table in ("occasion", "trip", "touch", "client", "message", "plan_step", "plan_version", "office",
                      "staff_user"):
            connection.execute(text(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), "
                                    f"(SELECT coalesce(max(id), 1) FROM {table}))"))
        connection.execute(text("VACUUM ANALYZE"))


def _plain(value: Any) -> Any:
    """As the product keeps them on SQLite: ISO days, and naive UTC moments with microseconds."""
    return _text(value) if type(value) in (date, datetime) else value


def _default(column: Any) -> Any:
    value = column.default.arg(None) if column.default.is_callable else column.default.arg
    return json.dumps(value) if isinstance(value, (dict, list)) else value


@lru_cache(maxsize=65536)
def _text(value: date) -> str:
    return value.strftime("%Y-%m-%d %H:%M:%S.%f") if isinstance(value, datetime) else value.isoformat()
