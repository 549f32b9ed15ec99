"""What the world says after a message has left, and addresses that proved not to work."""

from datetime import datetime

from sqlalchemy import Connection, bindparam, func, select, update

from webapp.clients.models import Email
from webapp.db import Base, transaction
from webapp.post import rules
from webapp.post.actions.history import move
from webapp.post.actions.swift import Swift
from webapp.post.models import Message
from webapp.post.obstacles import message as table
from webapp.staff.rules import Actor

BROKEN_ADDRESS = ("no-mailbox", "no-domain")


def report(message: Message, state: str, *, actor: Actor, now: datetime, code: str = "", text: str = "") -> bool:
    """What the world said later: "delivered", "bounced" or "complained"; gives False when it changes nothing.

    A bounce for good (a `code` of BROKEN_ADDRESS) also marks the client's address as not working (`domain.md` §2.4).
    """
    with transaction() as session:
        row = session.get_one(Message, message.id, with_for_update=True, populate_existing=True)
        if row.state in ("unknown", "handed"):
            # Whoever reports about it must have had it; a report can be quicker than the answer.
            move(session, [row.id], "sent", actor.name, now, code="reported", sent_at=row.handed_at or now)
        elif not rules.may_become(row.state, state):
            return False
        move(session, [row.id], state, actor.name, now, code=code, last_code=code, last_text=text[:300])
        if state == "bounced" and code in BROKEN_ADDRESS:
            break_address(session.connection(), row.id, now)
        session.expire(row)
        return True


def break_address(connection: Connection, message_id: int, now: datetime) -> None:
    """Mark the e-mail address of this message's client as not working (`domain.md` §2.4)."""
    _BREAK.run(connection, {"row": message_id, "at": now})


_emails = Base.metadata.tables[Email.__tablename__]
_of = select(table.c.client_id, func.lower(table.c.address).label("address")).where(
    table.c.id == bindparam("row"), table.c.channel == "email").subquery()
_BREAK = Swift(update(_emails).where(
    _emails.c.client_id == select(_of.c.client_id).scalar_subquery(),
    _emails.c.address == select(_of.c.address).scalar_subquery(),
    _emails.c.broken_at.is_(None)).values(broken_at=bindparam("at")))
