"""What pages read of letters that came: plain rows inside the person's offices, counts, the state of reading."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, func, select, text

from webapp.clients.models import Client
from webapp.db import db
from webapp.post.inbox_rules import Inbox
from webapp.post.models import InboxState, Incoming, Message
from webapp.staff.models import Office, User, scoped

SHOWN = ("reply", "bounce", "complaint", "auto", "other")
UNSORTED = "incoming.state = 'unsorted'"
MANY_REFUSED, LATELY = 3, timedelta(days=7)
FILTERS = ("unsorted", "reply", "bounce", "auto", "dismissed")
_COLUMNS = (
    Incoming.id, Incoming.kind, Incoming.verdict, Incoming.state, Incoming.proof, Incoming.came_at, Incoming.taken_at,
    Incoming.sender, Incoming.sender_name, Incoming.subject, Incoming.text, Incoming.attachments, Incoming.client_id,
    Incoming.message_id, Incoming.office_id, Incoming.decided_by, Incoming.asks_stop, Client.last_name,
    Client.first_name, Office.timezone.label("office_zone"), Message.subject.label("our_subject"),
    Message.address.label("our_address"))


def state_of(inbox: Inbox) -> InboxState | None:
    """How far this mailbox was read."""
    return db.session.get(InboxState, inbox.key)


def figures(since: datetime) -> dict[str, int]:
    """How many letters of each kind were taken since a moment, in the whole agency."""
    rows = db.session.execute(select(Incoming.kind, func.count()).where(Incoming.taken_at > since)
                              .group_by(Incoming.kind))
    return {row[0]: int(row[1]) for row in rows}


def listed(user: User, chosen: str, limit: int) -> Sequence[Row[Any]]:
    """Letters of one filter, the newest first; those to sort oldest first."""
    order = Incoming.id if chosen == "unsorted" else Incoming.id.desc()
    return db.session.execute(scoped(_filtered(_rows(), chosen), Incoming.office_id, user).order_by(order)
                              .limit(limit)).all()


def one(user: User, incoming_id: int) -> Row[Any] | None:
    """One letter; None when it is another office's."""
    query = _rows().where(Incoming.id == incoming_id)
    return db.session.execute(scoped(query, Incoming.office_id, user)).first()


def unsorted_count(user: User) -> int:
    """How many letters wait until somebody says whose they are."""
    query = select(func.count()).select_from(Incoming).where(text(UNSORTED))
    return int(db.session.scalar(scoped(query, Incoming.office_id, user)) or 0)


def letters_of(client_id: int, since_id: int, until: datetime | None) -> Sequence[Incoming]:
    """What a client wrote from one letter on, oldest first."""
    query = select(Incoming).where(Incoming.client_id == client_id, Incoming.id >= since_id, Incoming.kind == "reply")
    if until is not None:
        query = query.where(Incoming.taken_at <= until)
    return db.session.scalars(query.order_by(Incoming.id).limit(10)).all()


def refused_lately(now: datetime) -> int:
    """How many letters were taken for spam or not trusted within a week."""
    return int(db.session.scalar(select(func.count()).select_from(Incoming).where(
        text("incoming.verdict = 'policy'"), Incoming.taken_at > now - LATELY)) or 0)


def _filtered(query: Select[Any], chosen: str) -> Select[Any]:
    if chosen == "unsorted":
        return query.where(text(UNSORTED))
    if chosen == "dismissed":
        return query.where(Incoming.state == "dismissed")
    kinds = ("bounce", "complaint") if chosen == "bounce" else (chosen,)
    return query.where(Incoming.kind.in_(kinds), Incoming.state.in_(("new", "done")))


def _rows() -> Select[Any]:
    query: Select[Any] = select(*_COLUMNS).select_from(Incoming).join(Office, Office.id == Incoming.office_id)
    return query.outerjoin(Client, Client.id == Incoming.client_id).outerjoin(
        Message, Message.id == Incoming.message_id)
