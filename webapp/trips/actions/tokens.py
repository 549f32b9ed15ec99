"""Tokens of booking systems: made, shown once, used, revoked."""

from datetime import datetime, timedelta

from sqlalchemy import select, update

from webapp.db import db, transaction
from webapp.kit.text import clean
from webapp.staff.audit import record
from webapp.staff.models import Office
from webapp.staff.passwords import fingerprint, new_token
from webapp.staff.rules import ADMIN, Actor, BadInput
from webapp.trips.models import ApiToken

PREFIX = "snova_"
NOTED_EVERY = timedelta(minutes=5)
NAME_LENGTH = 60


def make_token(name: str, *, office_id: int, actor: Actor, now: datetime) -> tuple[ApiToken, str]:
    """A token for one office: the row, and the token itself, which nobody can read again.

    Raises BadInput("no-name"), NotAllowed("role").
    """
    actor.needs(ADMIN)
    name = clean(name)[:NAME_LENGTH]
    if not name:
        raise BadInput("no-name", "name")
    secret = PREFIX + new_token() + new_token()
    with transaction() as session:
        office = session.get_one(Office, office_id)
        row = ApiToken(office_id=office.id, name=name, token_hash=fingerprint(secret), tail=secret[-4:],
                       created_at=now, created_by=actor.name)
        session.add(row)
        session.flush()
        record(actor, "added", "token", row.id, office_id=office.id, now=now, facts={"name": [None, name]})
    return row, secret


def revoke_token(token_id: int, *, actor: Actor, now: datetime) -> None:
    """The token works no longer; a second call changes nothing. Raises NotAllowed("role"), NoResultFound."""
    actor.needs(ADMIN)
    with transaction() as session:
        row = session.get_one(ApiToken, token_id, with_for_update=True)
        if row.revoked_at is None:
            row.revoked_at = now
            record(actor, "removed", "token", row.id, office_id=row.office_id, now=now,
                   facts={"name": [row.name, None]})


def use_token(secret: str, *, now: datetime) -> ApiToken | None:
    """The token behind a secret, when it is one of ours and not revoked; its last use is noted every five minutes."""
    if not secret.startswith(PREFIX):
        return None
    row = db.session.scalar(select(ApiToken).where(
        ApiToken.token_hash == fingerprint(secret), ApiToken.revoked_at.is_(None)))
    if row is not None and (row.last_used_at is None or now - row.last_used_at >= NOTED_EVERY):
        with transaction() as session:
            session.execute(update(ApiToken).where(ApiToken.id == row.id).values(last_used_at=now))
    return row
