"""The index search works with: a trigram table kept by triggers on SQLite, a trigram index on PostgreSQL."""

from typing import Any

from sqlalchemy import DDL, Connection, Table, event

# The office stands in the indexed text, so that a small office in a large network is not searched through the whole.
_TEXT = "'#' || {row}.office_id || '#' || {row}.find_text"
_NEW, _OLD = _TEXT.format(row="new"), _TEXT.format(row="old")
# Nothing typed by anybody gets in here.
_SQLITE = (
    "CREATE VIRTUAL TABLE client_find USING fts5(text, content='', tokenize='trigram case_sensitive 1')",
    "INSERT INTO client_find(rowid, text) SELECT id, " + _TEXT.format(row="client") + " FROM client",  # noqa: S608
    f"""CREATE TRIGGER client_find_insert AFTER INSERT ON client BEGIN
INSERT INTO client_find(rowid, text) VALUES (new.id, {_NEW}); END""",  # noqa: S608
    f"""CREATE TRIGGER client_find_delete AFTER DELETE ON client BEGIN
INSERT INTO client_find(client_find, rowid, text) VALUES ('delete', old.id, {_OLD}); END""",  # noqa: S608
    f"""CREATE TRIGGER client_find_update AFTER UPDATE OF id, find_text, office_id ON client BEGIN
INSERT INTO client_find(client_find, rowid, text) VALUES ('delete', old.id, {_OLD});
INSERT INTO client_find(rowid, text) VALUES (new.id, {_NEW}); END""",  # noqa: S608
)
# Making an extension needs a right that some hosts do not give; without it search still works, only slower.
_POSTGRESQL = ("""DO $$ BEGIN
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE INDEX IF NOT EXISTS ix_client_find_text ON client USING gin (find_text gin_trgm_ops) WITH (fastupdate = off);
EXCEPTION WHEN insufficient_privilege OR undefined_file OR undefined_object OR feature_not_supported THEN NULL;
END $$""",)


def statements(dialect: str) -> list[str]:
    """The SQL that makes the index over the existing table `client` (for migrations).

    On SQLite a migration that makes `client` anew loses the triggers: it must drop `client_find` and run this again.
    """
    return list(_SQLITE if dialect == "sqlite" else _POSTGRESQL)


def searchable(table: Table) -> None:
    """Attach the index to the table of clients whenever it is created."""
    for sql in _SQLITE:
        event.listen(table, "after_create", DDL(sql).execute_if(callable_=can_index))  # type: ignore[arg-type]
    for sql in _POSTGRESQL:
        event.listen(table, "after_create", DDL(sql).execute_if(dialect="postgresql"))
    event.listen(table, "before_drop", DDL("DROP TABLE IF EXISTS client_find").execute_if(dialect="sqlite"))


def can_index(_ddl: object, _target: object, connection: Connection, **_: Any) -> bool:
    """Whether this SQLite library knows trigrams; search falls back to reading every row where it does not."""
    if connection.dialect.name != "sqlite":
        return False
    options = set(connection.exec_driver_sql("PRAGMA compile_options").scalars())
    return (connection.dialect.server_version_info or (0,)) >= (3, 34) and "ENABLE_FTS5" in options
