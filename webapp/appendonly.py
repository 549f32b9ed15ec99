"""Tables that may only grow: the database itself refuses UPDATE and DELETE, on both engines."""

from sqlalchemy import DDL, Table, event

_SQLITE = """CREATE TRIGGER {name}_{verb} BEFORE {VERB} ON {name}
BEGIN SELECT RAISE(ABORT, '{name} is append-only'); END"""
_PG_FUNCTION = """CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger AS $$
BEGIN RAISE EXCEPTION '%% is append-only', TG_TABLE_NAME; END $$ LANGUAGE plpgsql"""
_PG_TRIGGER = """CREATE TRIGGER {name}_guard BEFORE UPDATE OR DELETE ON {name}
FOR EACH ROW EXECUTE FUNCTION refuse_change()"""


def statements(name: str, dialect: str) -> list[str]:
    """The SQL that makes table `name` append-only on `dialect` (for migrations)."""
    if dialect == "sqlite":
        return [_SQLITE.format(name=name, verb=v, VERB=v.upper()) for v in ("update", "delete")]
    return [_PG_FUNCTION.replace("%%", "%"), _PG_TRIGGER.format(name=name)]


def append_only(table: Table) -> None:
    """Attach the triggers to `table` whenever it is created, and mark it for migrations."""
    table.info["append_only"] = True
    for verb in ("update", "delete"):
        sql = _SQLITE.format(name=table.name, verb=verb, VERB=verb.upper())
        event.listen(table, "after_create", DDL(sql).execute_if(dialect="sqlite"))
    event.listen(table, "after_create", DDL(_PG_FUNCTION).execute_if(dialect="postgresql"))
    event.listen(table, "after_create", DDL(_PG_TRIGGER.format(name=table.name)).execute_if(dialect="postgresql"))
