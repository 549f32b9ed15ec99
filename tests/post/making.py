"""Factories of the outbox."""

import itertools
from datetime import datetime
from typing import Any

from webapp.clients.models import Client, Consent
from webapp.db import db, transaction
from webapp.post import actions
from webapp.post.models import Message, MessageEvent
from webapp.staff.audit import job
from webapp.staff.models import Office

JOB = job("test")
_numbers = itertools.count(1)


def mode(name: str, now: datetime) -> None:
    """Set the mode of sending."""
    actions.set_mode(name, actor=JOB, now=now)


def write(office: Office, client: Client | None, *, now: datetime, **words: Any) -> Message:
    """A message as a touch would write it: a service e-mail that is due now."""
    channel = words.get("channel", "email")
    address = "anna@example.com" if channel == "email" else "+79160000001"
    words = {"source": f"touch:{next(_numbers)}", "klass": "service", "channel": channel, "address": address,
             "subject": "Спасибо, что выбрали нас", "text": "Анна, здравствуйте!", "html": "<p>Анна, здравствуйте!</p>",
             "sender": "Сто дорог <director@agency.example>", "zone": office.timezone, "actor": JOB, **words}
    return actions.enqueue(office_id=office.id, client_id=client.id if client else None, now=now, **words)


def consent(client: Client, now: datetime, *, channel: str = "email", marketing: bool = True,
            stopped: bool = False) -> None:
    """The consent in force, without its log."""
    with transaction() as session:
        session.merge(Consent(client_id=client.id, channel=channel, marketing=marketing, stopped=stopped, since=now))


def fresh(message: Message) -> Message:
    """The row as it is in the database now."""
    db.session.rollback()
    db.session.expire_all()
    return db.session.get_one(Message, message.id)


def history(message: Message) -> list[str]:
    """The states the message went through, in order."""
    rows = db.session.query(MessageEvent).filter_by(message_id=message.id).order_by(MessageEvent.id)
    return [row.state for row in rows]
