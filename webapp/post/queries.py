"""What the outbox page reads: lists as plain rows inside the person's offices, counts, one message, its history."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, and_, bindparam, exists, func, select, text
from sqlalchemy.orm import aliased

from webapp.clients.models import Client
from webapp.db import db
from webapp.post import rules
from webapp.post.models import ENDED_BADLY, STANDING, WAITING, Message, MessageEvent, Provider
from webapp.staff.models import Office, User, scoped

RECENT = timedelta(days=30)
_INDEXES = ((set(rules.WAITING), WAITING), ({"held", "unknown"}, STANDING),
            ({*rules.BROKEN, "cancelled"}, ENDED_BADLY))
_again = aliased(Message)
# Asked by every page: only the names, past the session, for there is hardly ever one.
_FAILING = select(Provider.name).where(Provider.name.in_(bindparam("names", expanding=True)),
                                  Provider.failing_since.is_not(None))
_COLUMNS = (
    Message.id, Message.office_id, Message.client_id, Message.channel, Message.address, Message.subject, Message.gist,
    Message.state, Message.last_code, Message.last_text, Message.hold_reason, Message.next_try_at, Message.not_before,
    Message.handed_at, Message.sent_at, Message.ended_at, Message.true_until, Message.decided_at, Message.decided_by,
    Message.klass, Message.tries, Message.parts, Message.cost, Message.resend_of, Message.zone, Message.provider,
    Client.last_name, Client.first_name, Client.middle_name, Office.timezone.label("office_zone"),
    Message.group_key,
    exists().where(_again.resend_of == Message.id, _again.state != "cancelled").correlate(Message).label("repeated"),
    exists().where(_again.resend_of == Message.id, _again.state.in_(("held", "queued"))).correlate(Message)
    .label("repeat_waits"),
)


def listed(user: User, states: Sequence[str], *, client_id: int | None, limit: int) -> Sequence[Row[Any]]:
    """Messages in `states` that this person may see: what waits by its moment, all else newest first."""
    soonest = states == rules.WAITING
    order = (Message.next_try_at, Message.id) if soonest else (Message.id.desc(),)
    query = _rows().where(_in(states)).order_by(*order).limit(limit)
    if client_id is not None:
        query = query.where(Message.client_id == client_id)
    return db.session.execute(scoped(query, Message.office_id, user)).all()


def undecided(user: User, limit: int) -> Sequence[Row[Any]]:
    """The tray: messages whose answer was lost and about which nobody has decided, oldest first."""
    query = _rows().where(_in(("unknown",)), Message.decided_at.is_(None)).order_by(Message.id).limit(limit)
    return db.session.execute(scoped(query, Message.office_id, user)).all()


def one_row(user: User, message_id: int) -> Row[Any] | None:
    """One message as the list shows it; None when it is another office's."""
    return db.session.execute(scoped(_rows().where(Message.id == message_id), Message.office_id, user)).first()


def one_message(user: User, message_id: int) -> Message | None:
    """The whole message; None when it is another office's."""
    return db.session.scalar(scoped(select(Message).where(Message.id == message_id), Message.office_id, user))


def counts(user: User, now: datetime) -> dict[str, int]:
    """How many messages wait, are on hold, are undecided, and did not leave in the last 30 days.

    What somebody took care of or sent once more needs nobody: it is listed, but not counted.
    """
    query: Any = select(func.count()).select_from(Message)
    open_still = and_(Message.decided_at.is_(None), ~exists().where(_again.resend_of == Message.id))
    asked = {"waiting": query.where(_in(rules.WAITING)), "held": query.where(_in(("held",))),
             "failed": query.where(_in(rules.BROKEN), Message.ended_at > now - RECENT, open_still),
             "unknown": query.where(_in(("unknown",)), Message.decided_at.is_(None))}
    return {name: db.session.scalar(scoped(question, Message.office_id, user)) or 0 for name, question in asked.items()}


def titles(ids: set[int]) -> dict[int, str]:
    """Whom a message is to and what it is, as the log names it."""
    rows = db.session.execute(select(Message.id, Message.subject, Message.gist, Message.address, Client.last_name,
                                     Client.first_name)
                              .outerjoin(Client, Client.id == Message.client_id).where(Message.id.in_(ids)))
    return {row.id: ", ".join(filter(None, [
        " ".join(filter(None, [row.last_name, row.first_name])) or row.address, row.subject or row.gist[:60]]))
        for row in rows}


def history(message_id: int) -> Sequence[MessageEvent]:
    """Every change of the message, oldest first."""
    return db.session.scalars(select(MessageEvent).where(MessageEvent.message_id == message_id)
                              .order_by(MessageEvent.id)).all()


def resends(message: Message) -> Sequence[Message]:
    """The other tries of the same source, oldest first."""
    return db.session.scalars(select(Message).where(Message.source == message.source, Message.id != message.id)
                              .order_by(Message.id)).all()


def latest_tests(user: User) -> Sequence[Message]:
    """The last test e-mails this person has sent to themself."""
    return db.session.scalars(select(Message).where(
        text("message.klass = 'test'"), Message.address == user.email)
        .order_by(Message.id.desc()).limit(3)).all()


def latest_test_sms(user: User) -> Sequence[Message]:
    """The last test SMS this person has sent."""
    return db.session.scalars(select(Message).where(
        text("message.klass = 'test'"), Message.channel == "sms", Message.source.startswith(f"test-sms:{user.id}:"))
        .order_by(Message.id.desc()).limit(3)).all()


def failing_providers(names: Sequence[str]) -> Sequence[Provider]:
    """Those of the providers in use that do not answer, with since when."""
    failing = db.session.connection().scalars(_FAILING, {"names": list(names)}).all()
    return db.session.scalars(select(Provider).where(Provider.name.in_(failing))).all() if failing else []


def provider_row(name: str) -> Provider | None:
    """What is known about a provider."""
    return db.session.get(Provider, name)


def _in(states: Sequence[str]) -> Any:
    """The condition on states, with that of the index that knows them."""
    index = next((words for known, words in _INDEXES if set(states) <= known), None)
    return and_(text(index), Message.state.in_(states)) if index else Message.state.in_(states)


def _rows() -> Any:
    query: Any = select(*_COLUMNS).select_from(Message).join(Office, Office.id == Message.office_id)
    return query.outerjoin(Client, Client.id == Message.client_id)
