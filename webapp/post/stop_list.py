"""What the stop list holds: looked up by a whole address, because only marks of addresses are kept."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from webapp.db import db
from webapp.kit import emails, phones
from webapp.post.addresses import address_hash
from webapp.post.models import Suppression
from webapp.post.rules import BY_HAND

LATEST = 30


@dataclass(frozen=True)
class LookedUp:
    """One address with everything that stands about it, the newest first."""

    address: str
    channel: str
    rows: Sequence[Suppression]

    @property
    def is_stopped(self) -> bool:
        """Something may not go there now."""
        return any(row.lifted_at is None for row in self.rows)


def entry_of(typed: str) -> tuple[str, str] | None:
    """(address in its normal form, channel) of an e-mail or a phone; None for anything else."""
    if "@" in typed:
        address = emails.normalise(typed)
        return (address, "email") if address else None
    number = phones.normalise(typed)
    return (number, "sms") if number else None


def look_up(typed: str) -> LookedUp | None:
    """What stands about a whole address; None for something that is none."""
    entry = entry_of(typed)
    if entry is None:
        return None
    query = select(Suppression).where(Suppression.address_hash == address_hash(*entry), Suppression.channel == entry[1])
    return LookedUp(*entry, list(db.session.scalars(query.order_by(Suppression.id.desc()))))


def latest() -> Sequence[Suppression]:
    """What was put there by hand last."""
    query = select(Suppression).where(Suppression.reason == BY_HAND)
    return db.session.scalars(query.order_by(Suppression.id.desc()).limit(LATEST)).all()


def count() -> int:
    """How many addresses nothing, or no news, may go to now."""
    query = select(func.count(func.distinct(Suppression.address_hash))).where(Suppression.lifted_at.is_(None))
    return int(db.session.scalar(query) or 0)


def everything() -> Sequence[Suppression]:
    """All rows, oldest first."""
    return db.session.scalars(select(Suppression).order_by(Suppression.id)).all()
