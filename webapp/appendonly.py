"""Tables that may only grow: the database itself refuses UPDATE, DELETE and TRUNCATE, on both engines.

`INSERT OR REPLACE` is a DELETE to SQLite where `recursive_triggers` is on, as in every connection (`webapp/db.py`).

One thing is let through: while a person is being erased, columns named `erasable` may be emptied, never filled. The
permit is a row of `erasing`, whose foreign key is looked at when a transaction ends and can never be satisfied: it
lives inside one transaction or not at all (`docs/decisions/0014-personal-links.md`).
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import DDL, CheckConstraint, ForeignKey, Table, delete, event, insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from webapp.db import Base

_SQLITE_UPDATE = """CREATE TRIGGER {name}_update BEFORE UPDATE ON {name}
{when}BEGIN SELECT RAISE(ABORT, '{name} is append-only'); END"""
_SQLITE_DELETE = """CREATE TRIGGER {name}_delete BEFORE DELETE ON {name}
BEGIN SELECT RAISE(ABORT, '{name} is append-only'); END"""
_PG_FUNCTION = """CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger AS $$
BEGIN
IF TG_OP = 'UPDATE' AND TG_NARGS > 0 AND EXISTS (SELECT 1 FROM erasing)
AND to_jsonb(NEW) - TG_ARGV = to_jsonb(OLD) - TG_ARGV
AND NOT EXISTS (SELECT 1 FROM unnest(TG_ARGV) AS f WHERE to_jsonb(NEW) -> f IS DISTINCT FROM to_jsonb(OLD) -> f
AND to_jsonb(NEW) -> f NOT IN ('{}', '""'))
THEN RETURN NEW; END IF;
RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$ LANGUAGE plpgsql"""
_PG_TRIGGER = """CREATE TRIGGER {name}_guard BEFORE UPDATE OR DELETE ON {name}
FOR EACH ROW EXECUTE FUNCTION refuse_change({words})"""
_PG_WHOLE = """CREATE TRIGGER {name}_whole BEFORE TRUNCATE ON {name}
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"""


class Erasing(Base):
    """The permit to empty columns of histories. `never` points to a row that cannot be: no commit lets it pass."""

    __tablename__ = "erasing"
    __table_args__ = (CheckConstraint("id = 1 AND never = 2", "only_inside"),)
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    never: Mapped[int] = mapped_column(ForeignKey("erasing.id", deferrable=True, initially="DEFERRED"))


@contextmanager
def erasing(session: Session) -> Iterator[None]:
    """Inside, columns marked `erasable` of append-only tables may be emptied; use within a transaction."""
    session.flush()
    session.execute(insert(Erasing).values(id=1, never=2))
    yield
    session.flush()
    session.execute(delete(Erasing))


def guards(name: str, dialect: str) -> list[str]:
    """What the triggers of the append-only table `name` are called."""
    return [f"{name}_{verb}" for verb in (("update", "delete") if dialect == "sqlite" else ("guard", "whole"))]


def statements(table: Table, dialect: str) -> list[str]:
    """The SQL that makes `table` append-only on `dialect` (for migrations); `guards` names the triggers it makes."""
    erasable: Sequence[str] = table.info.get("erasable", ())
    if dialect == "sqlite":
        return [_SQLITE_UPDATE.format(name=table.name, when=_unless_emptied(table, erasable)),
                _SQLITE_DELETE.format(name=table.name)]
    words = ", ".join(f"'{column}'" for column in erasable)
    return [_PG_FUNCTION, _PG_TRIGGER.format(name=table.name, words=words), _PG_WHOLE.format(name=table.name)]


def append_only(table: Table, *, erasable: Sequence[str] = ()) -> None:
    """Attach the triggers to `table` whenever it is created, and mark it for migrations.

    `erasable` are columns of text or JSON that hold what people said or are called.
    """
    table.info["append_only"] = True
    if erasable:
        table.info["erasable"] = list(erasable)
    for dialect in ("sqlite", "postgresql"):
        for sql in statements(table, dialect):
            event.listen(table, "after_create", DDL(sql.replace("%", "%%")).execute_if(dialect=dialect))


def _unless_emptied(table: Table, erasable: Sequence[str]) -> str:
    if not erasable:
        return ""
    same = [f"new.{column.name} IS old.{column.name}" for column in table.columns if column.name not in erasable]
    emptied = [f"(new.{name} IS old.{name} OR new.{name} IN ('', '{{}}'))" for name in erasable]
    return f"WHEN NOT (EXISTS (SELECT 1 FROM erasing) AND {' AND '.join(same + emptied)})\n"  # noqa: S608
