"""News for the owners of sources: what has changed since they last looked, and that they have seen it."""

from collections.abc import Collection, Iterable

from sqlalchemy import select, text, update

from webapp.db import db, transaction
from webapp.post.models import NEWS, Message
from webapp.post.obstacles import message


def news(limit: int = 500, *, after: int = 0) -> list[tuple[int, str]]:
    """(id, source) of messages with news, oldest first, without a lock: owners lock what is theirs before."""
    query = select(message.c.id, message.c.source).where(text(NEWS), message.c.id > after).order_by(message.c.id)
    return [(row.id, row.source) for row in db.session.execute(query.limit(limit))]


def unsettled(limit: int = 500, *, among: Collection[int] | None = None) -> list[Message]:
    """Messages with news (sent, failed, missed, unknown, bounced …), oldest first; read them inside `transaction()`.

    On PostgreSQL the rows stay locked until its end and those of another worker are passed over.
    """
    query = select(Message).where(text(NEWS)).order_by(Message.id)
    if among is not None:
        query = query.where(Message.id.in_(among))
    query = query.limit(limit).with_for_update(skip_locked=True)
    return list(db.session.scalars(query.execution_options(populate_existing=True)))


def mark_settled(ids: Iterable[int]) -> None:
    """The owner has taken note; call in the transaction that read them with `unsettled`."""
    wanted = list(ids)
    with transaction() as session:
        for start in range(0, len(wanted), 500):
            some = wanted[start:start + 500]
            session.connection().execute(update(message).where(message.c.id.in_(some)).values(settled=True))
