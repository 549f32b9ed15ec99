"""Rows as the driver gives them: compared as they are, and turned into values only when they were not seen before."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Column, Select

from webapp.db import db

RawRow = tuple[Any, ...]


class Raw:
    """Columns that are read untouched. Turning 600 texts into dates costs more than the query that reads them."""

    def __init__(self, *columns: Any) -> None:
        self.columns: tuple[Column[Any], ...] = columns
        self._readers: dict[str, list[Callable[[Any], Any] | None]] = {}

    def typed(self, row: Sequence[Any]) -> list[Any]:
        """The values of `row`, as the types of the columns make them; what follows the columns stays as it is."""
        dialect = db.engine.dialect
        readers = self._readers.get(dialect.name)
        if readers is None:
            readers = [column.type.dialect_impl(dialect).result_processor(dialect, None) for column in self.columns]
            self._readers[dialect.name] = readers
        values = list(row)
        for place, reader in enumerate(readers):
            if reader is not None:
                values[place] = reader(values[place])
        return values


def read(statement: Select[Any], values: Mapping[str, Any]) -> list[RawRow]:
    """All rows of `statement`, past the types of its columns."""
    result = db.session.connection().execute(statement, values)
    try:
        return list(result.cursor.fetchall()) if result.cursor else []
    finally:
        result.close()
