"""Changes of state with their line in the history, always together; and the fence between stops and hand-offs."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select, update
from sqlalchemy.orm import Session

from webapp.db import Base
from webapp.post.actions.swift import Swift
from webapp.post.models import MessageEvent
from webapp.post.obstacles import message
from webapp.post.rules import SETTLING

events = Base.metadata.tables[MessageEvent.__tablename__]
_FENCE = 7_053_001
_LINE = Swift(insert(events).inline(), ["message_id", "at", "state", "actor", "code", "facts"])
_MOVE = update(message).where(message.c.id.in_(bindparam("ids", expanding=True)))


def note(connection: Connection, ids: Iterable[int], state: str, actor: str, now: datetime, *, code: str = "",
         facts: dict[str, Any] | None = None) -> None:
    """One line in the history of each message of `ids`."""
    _LINE.run_many(connection, [{"message_id": i, "at": now, "state": state, "actor": actor, "code": code,
                                 "facts": facts or {}} for i in ids])


def move(at: Session | Connection, ids: Sequence[int], state: str, actor: str, now: datetime, *, code: str = "",
         facts: dict[str, Any] | None = None, **values: Any) -> int:
    """Put all of `ids` into `state`, with `values` for other columns. The caller has checked where they come from."""
    if not ids:
        return 0
    if state in SETTLING:
        values = {"settled": False, "ended_at": now, **values}
    connection = connection_of(at)
    for start in range(0, len(ids), 500):
        some = list(ids[start:start + 500])
        connection.execute(_MOVE.values(state=state, **values), {"ids": some})
        note(connection, some, state, actor, now, code=code, facts=facts)
    return len(ids)


def locked_ids(session: Session, *conditions: Any, states: Sequence[str]) -> list[int]:
    """Ids of the messages in one of `states` that meet `conditions`, locked until the end of the transaction."""
    query = select(message.c.id).where(message.c.state.in_(states), *conditions).order_by(message.c.id)
    return list(session.connection().scalars(query.with_for_update()))


def fence(session: Session) -> None:
    """Taken by whatever stops messages, before it writes: hand-offs under way finish first, later ones see the stop.

    SQLite has one writer anyway; on PostgreSQL a hand-off could otherwise commit on an older view of the stops.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(_FENCE)))


def pass_fence(at: Session | Connection) -> None:
    """Taken, shared, by every claim and every hand-off on PostgreSQL, before anything is locked; see `fence`."""
    if (connection := connection_of(at)).dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock_shared(_FENCE)))


def connection_of(at: Session | Connection) -> Connection:
    """The connection of the present transaction, whether it was begun by the session or on a kept connection."""
    return at.connection() if isinstance(at, Session) else at
