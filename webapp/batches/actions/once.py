"""A form that is sent twice works once: its key is kept with what the first time made (`quality.md` §1, 11)."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from webapp.batches.models import FormKey
from webapp.db import transaction
from webapp.staff.rules import Actor

KEPT_FOR = timedelta(days=30)
KEY_LENGTH = 64
_INSERTS: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def once(key: str, purpose: str, make: Callable[[], int], *, actor: Actor, now: datetime) -> tuple[int, bool]:
    """Run `make` in one transaction, once per `key`, `purpose` and person; give its number and whether it is new.

    `make` does the work and gives the id of what it made; a repeat, however close, gives the same id and does
    nothing. When `make` fails nothing is kept, so that the corrected form may be sent with the same key. An empty key
    (a caller without a form) is never a repeat.
    """
    with transaction() as session:
        if not key:
            return make(), True
        name = f"{purpose}:{actor.user_id or actor.name}:{key[:KEY_LENGTH]}"
        insert = _INSERTS[session.get_bind().dialect.name]
        # On PostgreSQL the second insert waits here until the first transaction has ended.
        fresh = session.scalar(insert(FormKey).values(key=name, made_at=now).on_conflict_do_nothing()
                               .returning(FormKey.key))
        if fresh is None:
            return session.scalars(select(FormKey.result).where(FormKey.key == name)).one() or 0, False
        made = make()
        session.execute(update(FormKey).where(FormKey.key == name).values(result=made))
        session.execute(delete(FormKey).where(FormKey.made_at < now - KEPT_FOR))
        return made, True
