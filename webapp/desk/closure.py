"""Which rows hang on which: found through the foreign keys of the database's own metadata, deleted leaves first."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from sqlalchemy import Column, Connection, Table, delete, select, text

from webapp.appendonly import guards, statements
from webapp.db import db

AT_ONCE = 2_000


@dataclass
class Doomed:
    """Rows to be deleted: by id where a table has one, by the column that points to them where it has not."""

    rows: dict[Table, set[int]] = field(default_factory=dict)
    leaves: list[tuple[Column[Any], Table]] = field(default_factory=list)

    def ids(self, table: Any) -> set[int]:
        """Ids of the rows of `table` that go."""
        return self.rows.get(table, set())

    def delete(self, connection: Connection) -> None:
        """Delete everything, what points before what is pointed to."""
        for column, of in self.leaves:
            for part in some(self.ids(of)):
                connection.execute(delete(column.table).where(column.in_(part)))
        for table in reversed(db.metadata.sorted_tables):
            # Newest first: a row may point to an older one of its own table.
            for part in some(sorted(self.ids(table), reverse=True)):
                connection.execute(delete(table).where(table.c.id.in_(part)))


def doomed_by(connection: Connection, roots: dict[Any, set[int]], loose: Collection[tuple[str, str]] = ()) -> Doomed:
    """The rows of `roots` and all that points to them, directly or through others.

    Rows that point to them by a `loose` (table, column) alone stay: whoever deletes empties that column first.
    """
    doomed = Doomed({table: set(ids) for table, ids in roots.items()})
    fresh = [(table, ids) for table, ids in doomed.rows.items() if ids]
    while fresh:
        target, ids = fresh.pop()
        for table, column in references(target):
            if (table.name, column.name) in loose:
                continue
            if "id" not in table.c:
                doomed.leaves.append((column, target))
                continue
            query = select(table.c.id)
            found = {i for part in some(ids) for i in connection.scalars(query.where(column.in_(part)))}
            known = doomed.rows.setdefault(table, set())
            if found - known:
                fresh.append((table, found - known))
                known |= found
    return doomed


def references(target: Any) -> Iterator[tuple[Table, Column[Any]]]:
    """(table, column) of every foreign key to `target`."""
    for table in db.metadata.sorted_tables:
        for column in table.columns:
            # Keys to ids only: a chain also names numbers and balances of the line before, which are no rows' ids.
            if any(key.column.table is target and key.column.name == "id" for key in column.foreign_keys):
                yield table, column


def some(values: Collection[Any]) -> Iterator[Sequence[Any]]:
    """The values in parts that a statement can carry."""
    rest = iter(values)
    while part := list(islice(rest, AT_ONCE)):
        yield part


@contextmanager
def unguarded(connection: Connection) -> Iterator[None]:
    """Open the tables that only grow for deleting, inside the present transaction; the guards are back after it."""
    guarded = [table for table in db.metadata.sorted_tables if table.info.get("append_only")]
    dialect = connection.dialect.name
    for name in [table.name for table in guarded]:
        for trigger in guards(name, dialect):
            on = "" if dialect == "sqlite" else f" ON {name}"
            connection.execute(text(f"DROP TRIGGER {trigger}{on}"))
    yield
    for table in guarded:
        for sql in statements(table, dialect):
            # As text, so that the driver takes no percent sign for a parameter.
            connection.execute(text(sql.replace(":", "\\:")))
