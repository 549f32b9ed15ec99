"""Making and closing the invitation of a client."""

import secrets
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from webapp.clients.models import Client
from webapp.club.friend_rules import spell_code
from webapp.club.inviting import url_of
from webapp.club.models import FriendLink
from webapp.db import transaction
from webapp.staff.audit import record
from webapp.staff.rules import DIRECTOR, MANAGER, SERVICE, Actor, NotAllowed

_TRIES = 20
_INSERTS: dict[str, Any] = {name: make(FriendLink).on_conflict_do_nothing()
                            for name, make in (("sqlite", sqlite.insert), ("postgresql", postgresql.insert))}


def invitation(client_id: int, *, now: datetime) -> str | None:
    """The address of the client's invitation, made the first time it is asked for; None once it was closed."""
    with transaction() as session:
        insert = _INSERTS[session.get_bind().dialect.name]
        for _try in range(_TRIES):
            link = session.scalar(select(FriendLink).where(FriendLink.client_id == client_id))
            if link is not None:
                return None if link.closed_at else url_of(link.code)
            # A code that is taken, or a second letter to the same client at this moment: look again.
            session.execute(insert.values(client_id=client_id, code=spell_code(secrets.randbelow), created_at=now))
        raise AssertionError("no free code was found")


def close_invitation(client: Client, *, actor: Actor, now: datetime) -> None:
    """Nobody can come by it any more. Raises NotAllowed."""
    _turn(client, now, actor, now)


def reopen_invitation(client: Client, *, actor: Actor, now: datetime) -> None:
    """The same address works again; it is made where there was none. Raises NotAllowed."""
    _turn(client, None, actor, now)


def _turn(client: Client, closed_at: datetime | None, actor: Actor, now: datetime) -> None:
    actor.needs(MANAGER, SERVICE, DIRECTOR)
    if not actor.may_see(client.office_id):
        raise NotAllowed("office")
    with transaction() as session:
        if closed_at is None:
            invitation(client.id, now=now)
        link = session.scalar(select(FriendLink).where(FriendLink.client_id == client.id).with_for_update())
        if link is None or bool(link.closed_at) == bool(closed_at):
            return
        link.closed_at = closed_at
        record(actor, "closed" if closed_at else "opened", "invitation", client.id, now=now,
               office_id=client.office_id)
