"""The database object, engine settings and `transaction()`, the only way to write."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from zlib import crc32

from flask import Flask, current_app
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import JSON, DateTime, Dialect, Engine, MetaData, event, func, select, types
from sqlalchemy.orm import DeclarativeBase, Session, registry

_WORKS = 7303
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class UTC_Time(types.TypeDecorator[datetime]):
    """An aware UTC moment. Naive values are refused, so that no zone is ever guessed."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone was given to the database")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Base of all tables; typed, and free of Flask."""

    registry = registry(metadata=MetaData(naming_convention=NAMING),
                        type_annotation_map={datetime: UTC_Time(), dict[str, Any]: JSON(), list[Any]: JSON()})


db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})


@contextmanager
def transaction() -> Iterator[Session]:
    """Write in one transaction; nested blocks join and only the outermost commits, or rolls back on any error.

    On SQLite it opens with BEGIN IMMEDIATE: with the default a read-modify-write of two processes silently
    loses one of them (`architecture.md` §6). Nothing slow may happen inside.
    """
    session = db.session()
    if session.info.get("writing"):
        yield session
        return
    _begin(session)
    session.info["writing"] = True
    try:
        yield session
        session.commit()
        session.info["committed"] = True
    except BaseException:
        session.info.pop("after_commit", None)
        session.rollback()
        raise
    finally:
        session.info["writing"] = False
    for todo in session.info.pop("after_commit", []):
        todo()


def _begin(session: Session) -> None:
    if session.in_transaction():
        session.rollback()
    # What was read before belongs to an older snapshot; a decision must be made on fresh rows.
    session.expire_all()
    session.connection(execution_options={"sqlite_tx": "IMMEDIATE"})


def one_at_a_time(work: str) -> None:
    """Inside `transaction()`: whoever does the same `work` waits until it ends, where no row to lock need exist.

    SQLite has one writer anyway.
    """
    session = db.session()
    if session.get_bind().dialect.name == "postgresql":
        # Two numbers: another space of keys than that of locks with one number.
        session.execute(select(func.pg_advisory_xact_lock(_WORKS, crc32(work.encode()) - 2 ** 31)))


def after_commit(todo: Callable[[], object]) -> None:
    """Call `todo` once the current transaction is committed; dropped when it is rolled back."""
    db.session().info.setdefault("after_commit", []).append(todo)


def wake(job: str) -> None:
    """Hint the worker, after the commit, to look now instead of within a minute. Losing it costs a minute."""
    hint = current_app.extensions["snova.wake"]
    after_commit(lambda: hint(job))


def init_database(app: Flask) -> None:
    """Attach the engine settings. Needs SQLALCHEMY_DATABASE_URI in the app's configuration."""
    db.init_app(app)
    with app.app_context():
        prepare_engine(db.engine)


def prepare_engine(engine: Engine) -> None:
    """Give an SQLite engine its pragmas and explicit transactions; other engines need nothing."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _on_connect)
        event.listen(engine, "begin", _on_begin)


def _on_connect(connection: Any, _record: object) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "foreign_keys=ON", "synchronous=FULL", "busy_timeout=15000",
                   "cache_size=-32000", "recursive_triggers=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _on_begin(connection: Any) -> None:
    mode = connection.get_execution_options().get("sqlite_tx", "DEFERRED")
    connection.exec_driver_sql(f"BEGIN {mode}")


@event.listens_for(Session, "before_flush")
def _refuse_stray_writes(session: Session, *_: object) -> None:
    """Only `transaction()` writes: a flush outside it would hold no write lock and might be lost."""
    if not session.info.get("writing"):
        raise RuntimeError("a row was changed outside transaction()")


def is_deadlock(error: BaseException) -> bool:
    """True when PostgreSQL chose this transaction to give way (deadlock, serialisation): doing it again is right."""
    return getattr(getattr(error, "orig", None), "sqlstate", "") in ("40P01", "40001")
