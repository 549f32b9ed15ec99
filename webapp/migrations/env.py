"""How migrations run: a copy of the data before, one transaction, triggers put back, foreign keys checked."""

from alembic import context
from flask import current_app
from sqlalchemy import Connection, Engine, create_engine, event, pool, text

from webapp.db import db, prepare_engine
from webapp.migrations.safety import copy_before, faults, put_back_guards, same_object

ONE_AT_A_TIME = 7_204_118


def engine_for_migrations() -> Engine:
    """An engine of its own. SQLite rebuilds tables, and with foreign keys on that would delete their children."""
    engine = create_engine(db.engine.url, poolclass=pool.NullPool, hide_parameters=True)
    prepare_engine(engine)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", lambda raw, _record: raw.execute("PRAGMA foreign_keys=OFF"))
    return engine


def render_item(kind: str, item: object, autogen: object) -> str | bool:
    """A moment is written as a plain type, so that old migrations never depend on today's code."""
    if kind == "type" and type(item).__name__ == "UTC_Time":
        return "sa.DateTime(timezone=True)"
    return False


def run(connection: Connection) -> None:
    """Upgrade, then prove that what was there is still whole."""
    context.configure(connection=connection, target_metadata=db.metadata, render_as_batch=True, compare_type=True,
                      transactional_ddl=True, render_item=render_item, include_object=same_object)
    with context.begin_transaction():
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ONE_AT_A_TIME})
        context.run_migrations()
        put_back_guards(connection)
        found = faults(connection)
        if found:
            raise RuntimeError(f"the migration would break {found}")


engine = engine_for_migrations()
copy_before(engine, context.get_head_revision(), current_app.instance_path)
with engine.connect().execution_options(sqlite_tx="IMMEDIATE") as connection:
    run(connection)
engine.dispose()
