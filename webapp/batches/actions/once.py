"""A form that is sent twice works once: its key is kept with what the first time made (`quality.md` §1, 11)."""

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from webapp.batches.models import FormKey
from webapp.db import db, transaction
from webapp.staff.rules import Actor

KEPT_FOR = timedelta(days=30)
KEY_LENGTH = 64
_INSERTS: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


class KeyTaken(Exception):
    """A form with this key was sent before with something else in it; `result` is the id of what that made."""

    def __init__(self, result: int) -> None:
        super().__init__(result)
        self.result = result


def once(key: str, purpose: str, make: Callable[[], int], *, content: object, actor: Actor,
         now: datetime) -> tuple[int, bool]:
    """Run `make` in one transaction, once per `key`, `purpose` and person; give its number and whether it is new.

    `make` does the work and gives the id of what it made; a repeat, however close, gives the same id and does
    nothing. When `make` fails nothing is kept, so that the corrected form may be sent with the same key. An empty key
    (a caller without a form) is never a repeat. `content` is what the form says, as something with a repr that holds
    all of it: the same key with other content raises KeyTaken. A key longer than KEY_LENGTH is a ValueError.
    """
    if len(key) > KEY_LENGTH:
        raise ValueError("the key of a form is too long")
    said = hashlib.sha256(repr(content).encode()).hexdigest()
    with transaction() as session:
        if not key:
            return make(), True
        name = _name(key, purpose, actor)
        insert = _INSERTS[session.get_bind().dialect.name]
        # On PostgreSQL the second insert waits here until the first transaction has ended.
        fresh = session.scalar(insert(FormKey).values(key=name, content=said, made_at=now).on_conflict_do_nothing()
                               .returning(FormKey.key))
        if fresh is None:
            known = session.execute(select(FormKey.content, FormKey.result).where(FormKey.key == name)).one()
            if known.content != said:
                raise KeyTaken(known.result or 0)
            return known.result or 0, False
        made = make()
        session.execute(update(FormKey).where(FormKey.key == name).values(result=made))
        session.execute(delete(FormKey).where(FormKey.made_at < now - KEPT_FOR))
        return made, True


def was_sent(key: str, purpose: str, *, actor: Actor) -> bool:
    """Has this person sent a form with this key before?"""
    return bool(key) and db.session.get(FormKey, _name(key, purpose, actor)) is not None


def _name(key: str, purpose: str, actor: Actor) -> str:
    return f"{purpose}:{actor.user_id or actor.name}:{key}"
