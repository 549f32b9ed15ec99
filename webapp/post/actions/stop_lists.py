"""Keeping the stop list by hand: many addresses at once, and lifting with a reason."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select

from webapp.db import transaction
from webapp.post.actions.stopping import lift_row, suppress
from webapp.post.addresses import address_hash
from webapp.post.models import Suppression
from webapp.post.rules import BY_HAND
from webapp.staff.rules import ADMIN, DIRECTOR, SERVICE, Actor

AT_ONCE = 100


class Stopped(NamedTuple):
    """How many addresses are new on the list, and how many stood there."""

    added: int
    known: int


def stop_many(entries: Sequence[tuple[str, str]], *, klass: str, note: str, actor: Actor, now: datetime) -> Stopped:
    """Put (address, channel) pairs on the stop list, a hundred in a transaction; what waits for them is cancelled.

    Repeating it changes nothing. Raises NotAllowed.
    """
    actor.needs(SERVICE, DIRECTOR, ADMIN)
    added = 0
    for start in range(0, len(entries), AT_ONCE):
        with transaction():
            for address, channel in entries[start:start + AT_ONCE]:
                row = suppress(address, channel=channel, reason=BY_HAND, klass=klass, note=note, actor=actor, now=now)
                added += row.at == now
    return Stopped(added, len(entries) - added)


def lift_stops(address: str, channel: str, *, reason: str, actor: Actor, now: datetime) -> int:
    """Take an address off, whoever stopped it; the consent of its client stays as it is. Raises NotAllowed."""
    actor.needs(SERVICE, DIRECTOR, ADMIN)
    with transaction() as session:
        rows = session.scalars(select(Suppression).where(
            Suppression.address_hash == address_hash(address, channel), Suppression.channel == channel,
            Suppression.lifted_at.is_(None)).with_for_update()).all()
        for row in rows:
            lift_row(row, reason, actor=actor, now=now)
        return len(rows)
