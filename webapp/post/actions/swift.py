"""Statements run for every single mail, compiled once: SQLAlchemy's way to the driver costs more than the database."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Insert, Update


class Compiled(NamedTuple):
    """For one engine: the words, the order of values (None: by name), those already known, how values are turned."""

    sql: str
    order: Sequence[str] | None
    known: dict[str, Any]
    turn: dict[str, Callable[[Any], Any]]


class Swift:
    """A statement whose bound names must all be given. No lists: `IN` with bound values cannot be compiled ahead."""

    def __init__(self, statement: Insert | Update, columns: list[str] | None = None) -> None:
        self.statement, self.columns = statement, columns
        self.compiled: dict[str, Compiled] = {}

    def run(self, connection: Connection, values: Mapping[str, Any]) -> int:
        """Run it in the transaction of `connection`; gives the number of rows changed."""
        ready = self.compiled.get(connection.dialect.name) or self._compile(connection)
        cursor = connection.connection.cursor()
        try:
            cursor.execute(ready.sql, _given(ready, values))
            return int(cursor.rowcount)
        finally:
            cursor.close()

    def run_many(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Run it once for each of `rows`."""
        ready = self.compiled.get(connection.dialect.name) or self._compile(connection)
        cursor = connection.connection.cursor()
        try:
            cursor.executemany(ready.sql, [_given(ready, values) for values in rows])
        finally:
            cursor.close()

    def _compile(self, connection: Connection) -> Compiled:
        dialect = connection.dialect
        compiled: Any = self.statement.compile(dialect=dialect, column_keys=self.columns)
        turn = {name: processor for name, bind in compiled.binds.items()
                if (processor := bind.type.bind_processor(dialect) or _of_dialect(bind.type, dialect))}
        known = {name: turn[name](bind.value) if name in turn else bind.value
                 for name, bind in compiled.binds.items() if not bind.required}
        ready = Compiled(compiled.string, compiled.positiontup, known, turn)
        self.compiled[dialect.name] = ready
        return ready


def _given(ready: Compiled, values: Mapping[str, Any]) -> Any:
    turn, given = ready.turn, dict(ready.known)
    for name, value in values.items():
        given[name] = turn[name](value) if name in turn else value
    return given if ready.order is None else [given[name] for name in ready.order]


def _of_dialect(kind: Any, dialect: Any) -> Any:
    return kind.dialect_impl(dialect).bind_processor(dialect)
