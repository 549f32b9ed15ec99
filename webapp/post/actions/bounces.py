"""What the world says after a message has left, and addresses that proved not to work."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, func, select, update

from webapp.clients.models import Email, Phone
from webapp.db import Base, transaction
from webapp.post import rules
from webapp.post.actions.history import move
from webapp.post.actions.swift import Swift
from webapp.post.models import Message
from webapp.post.obstacles import message as table
from webapp.staff.rules import Actor

BROKEN_ADDRESS = ("no-mailbox", "no-domain")
BROKEN_NUMBER = ("no-mailbox", "bad-address")
"""What providers of SMS say of a number that does not exist (their own codes: `channels/sms_*.py`)."""


def report(message: Message, state: str, *, actor: Actor, now: datetime, code: str = "", text: str = "") -> bool:
    """What the world said later: "delivered", "bounced" or "complained"; gives False when it changes nothing.

    A bounce for good (a `code` of BROKEN_ADDRESS or BROKEN_NUMBER) also marks the client's address as not working
    (`domain.md` §2.4).
    """
    with transaction() as session:
        row = session.get_one(Message, message.id, with_for_update=True, populate_existing=True)
        if row.state in ("unknown", "handed"):
            # Whoever reports about it must have had it; a report can be quicker than the answer.
            move(session, [row.id], "sent", actor.name, now, code="reported", sent_at=row.handed_at or now)
        elif not rules.may_become(row.state, state):
            return False
        move(session, [row.id], state, actor.name, now, code=code, last_code=code, last_text=text[:300])
        if state == "bounced":
            break_address(session.connection(), row.id, code, now)
        session.expire(row)
        return True


def break_address(connection: Connection, message_id: int, code: str, now: datetime) -> None:
    """Mark the e-mail address or phone of this message's client as not working, when `code` says so."""
    values = {"row": message_id, "at": now}
    if code in BROKEN_ADDRESS:
        _BREAK_EMAIL.run(connection, values)
    if code in BROKEN_NUMBER:
        _BREAK_PHONE.run(connection, values)


def _breaking(entity: type[Email] | type[Phone], channel: str, column: str, address: ColumnElement[str]) -> Swift:
    """Marks the rows of `entity` with this very address; only on the client the message was written to."""
    rows: Any = Base.metadata.tables[entity.__tablename__]
    of = select(table.c.client_id, address.label("address")).where(
        table.c.id == bindparam("row"), table.c.channel == channel).subquery()
    return Swift(update(rows).where(
        rows.c.client_id == select(of.c.client_id).scalar_subquery(),
        rows.c[column] == select(of.c.address).scalar_subquery(),
        rows.c.broken_at.is_(None)).values(broken_at=bindparam("at")))


_BREAK_EMAIL = _breaking(Email, "email", "address", func.lower(table.c.address))
_BREAK_PHONE = _breaking(Phone, "sms", "e164", table.c.address)
