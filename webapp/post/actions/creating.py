"""Writing a message into the outbox: once per key, complete, and only as far as it may go now."""

import hashlib
import hmac
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from flask import current_app
from sqlalchemy import Connection, bindparam, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, make_transient_to_detached

from webapp.db import transaction, wake
from webapp.letters.rules import sms_parts
from webapp.post import rules
from webapp.post.actions.history import note
from webapp.post.actions.swift import Swift
from webapp.post.addresses import address_hash
from webapp.post.models import Message
from webapp.post.obstacles import HELD_BY, message, mode_now, obstacle
from webapp.post.reading import content
from webapp.post.rules import split_sender
from webapp.staff.rules import Actor

_INSERTS: dict[str, Any] = {
    name: make(message).on_conflict_do_nothing(index_elements=["key"]).returning(message.c.id)
    for name, make in (("sqlite", sqlite.insert), ("postgresql", postgresql.insert))}
_CONTENT = Swift(insert(content).inline(), ["message_id", "text", "html", "files"])
_ASK = select(obstacle(but_mode=True), mode_now()).where(message.c.id == bindparam("row"))


def enqueue(*, source: str, office_id: int, client_id: int | None, klass: str, channel: str, address: str,
            text: str, zone: str, now: datetime, actor: Actor, subject: str = "", html: str = "", sender: str = "",
            reply_to: str = "", to_name: str = "", lane: int = rules.LANE_NORMAL, not_before: datetime | None = None,
            true_until: datetime | None = None, letter_version_id: int | None = None, group_key: str = "",
            unsubscribe_url: str = "", resend: int = 0, resend_of: int | None = None, files: str = "") -> Message:
    """Put a message into the outbox and give its row; the same `source` and `resend` again give the existing row.

    `sender` and `reply_to` are `Name <address>` or bare addresses, `zone` is the reader's time zone, `lane` one of
    `rules.LANES` (1 first), `files` what goes along (`letters.files.as_text`). Nothing leaves before `not_before`
    (default: at once) or after `true_until`. The row is
    `held` while sending or this message is on hold, `cancelled` at once when the reader wants none (`domain.md` §2.6).
    Raises ValueError for an unknown class, channel or lane.
    """
    _check(klass, channel, lane)
    key = f"{source}#{resend}"
    due = max(not_before or now, now)
    values = dict(
        key=key, source=source, office_id=office_id, client_id=client_id, klass=klass, channel=channel,
        address=address.strip(), address_hash=address_hash(address, channel),
        gist="" if subject else rules.told(klass, text)[:200], subject=subject,
        sender=sender, reply_to=reply_to, to_name=to_name, lane=lane, zone=zone,
        not_before=due, next_try_at=due, true_until=true_until, letter_version_id=letter_version_id,
        group_key=group_key, unsubscribe_url=unsubscribe_url, resend=resend, resend_of=resend_of, created_at=now,
        message_id=message_id(key, sender), state="queued", parts=sms_parts(text).parts if channel == "sms" else 0)
    with transaction() as session:
        # A consent or a hold the caller has just written must be seen.
        session.flush()
        connection = session.connection()
        row_id = connection.scalar(_INSERTS[connection.dialect.name], values)
        if row_id is None:
            return session.scalars(select(Message).where(Message.key == key)).one()
        _CONTENT.run(connection, {"message_id": row_id, "text": text, "html": html, "files": files})
        values |= _screened(connection, row_id, klass, now, actor)
        if due <= now:
            wake("post")
        return _as_loaded(session, Message(id=row_id, **values))


def message_id(key: str, sender: str) -> str:
    """The Message-ID that belongs to this key for ever, at the domain of the sender (or of this site)."""
    secret = str(current_app.config["SECRET_KEY"]).encode()
    word = hmac.new(secret, f"message-id {key}".encode(), hashlib.sha256).hexdigest()[:32]
    domain = split_sender(sender)[1].rpartition("@")[2]
    if not domain.isascii() or not domain.replace("-", "").replace(".", "").isalnum():
        settings = current_app.extensions["snova.settings"]
        domain = urlsplit(settings.public_url).hostname or "localhost"
    return f"<{word}@{domain.lower()}>"


def _check(klass: str, channel: str, lane: int) -> None:
    if klass not in rules.CLASSES or channel not in rules.CHANNELS or lane not in rules.LANES:
        raise ValueError(f"no such kind of message: {klass!r}, {channel!r}, lane {lane}")


def _screened(connection: Connection, row_id: int, klass: str, now: datetime, actor: Actor) -> dict[str, Any]:
    """What the first state of a new message changes; a mode that nobody chose holds everything (`domain.md` §2.7)."""
    code, mode = connection.execute(_ASK, {"row": row_id}).one()
    if not code and mode == '"held"' and klass != rules.TEST:
        code = "mode"
    state = "queued" if not code else "held" if code in HELD_BY else "cancelled"
    changed: dict[str, Any] = {}
    if code:
        why = {"hold_reason": code} if state == "held" else {"last_code": code, "ended_at": now}
        changed = {"state": state, **why}
        connection.execute(update(message).where(message.c.id == row_id).values(**changed))
    note(connection, [row_id], state, actor.name, now, code=code or "")
    return changed


def _as_loaded(session: Session, row: Message) -> Message:
    """The row as if it had been read: all that was written is known, the rest is read when asked for."""
    make_transient_to_detached(row)
    session.add(row)
    return row
