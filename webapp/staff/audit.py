"""The audit log: one line for every change, written in the transaction of the change."""

from datetime import datetime
from typing import Any

from webapp.db import db
from webapp.staff.models import AuditEntry, User
from webapp.staff.rules import Actor


def actor_of(user: User) -> Actor:
    """The person as an author of changes."""
    return Actor(user.name, user.id, user.hats, frozenset(o.id for o in user.offices), user.is_network)


def job(name: str) -> Actor:
    """A job as a named author (`domain.md` §10)."""
    return Actor(name)


def record(actor: Actor, verb: str, subject: str, subject_id: int | None, *, now: datetime,
           office_id: int | None = None, facts: dict[str, Any] | None = None) -> None:
    """Add a line to the log; call inside `transaction()`. `facts` holds what changed, as {field: [old, new]}."""
    db.session.add(AuditEntry(at=now, actor=actor.name, user_id=actor.user_id, office_id=office_id, verb=verb,
                              subject=subject, subject_id=subject_id, facts=facts or {}))
