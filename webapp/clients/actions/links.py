"""Making, using and taking back personal links."""

import secrets
from datetime import datetime

from sqlalchemy import insert, update

from webapp.clients.links import LETTERS, PLACES, token_hash, url_of
from webapp.clients.models import PersonalLink
from webapp.clients.rules import spell_token
from webapp.db import Base, transaction

_TABLE = Base.metadata.tables[PersonalLink.__tablename__]
_INSERT = insert(_TABLE).inline()


def make_link(purpose: str, client_id: int, *, now: datetime, expires_at: datetime | None = None, channel: str = "",
              source: str = "") -> str:
    """A new link; gives its token, which is kept nowhere. Call inside the transaction of what it is made for.

    `channel` is the one it goes out by, `source` what it stands in. Raises ValueError for an unknown purpose.
    """
    token = spell_token(secrets.randbits(128))
    keep_link(token_hash(token), purpose, client_id, expires_at=expires_at, channel=channel, source=source, now=now)
    return token


def keep_link(hashed: str, purpose: str, client_id: int, *, now: datetime, expires_at: datetime | None = None,
              channel: str = "", source: str = "") -> None:
    """Let the token with this hash be a link: it was given out before anybody knew whose it will be.

    Raises ValueError for an unknown purpose.
    """
    if purpose not in PLACES:
        raise ValueError(purpose)
    with transaction() as session:
        # One per letter: an entity would cost more than the rest of the letter.
        session.connection().execute(_INSERT, {
            "token_hash": hashed, "purpose": purpose, "client_id": client_id, "channel": channel,
            "source": source, "created_at": now, "expires_at": expires_at, "revoked_at": None, "used_at": None})


def letters_url(client_id: int, *, source: str, now: datetime, channel: str = "email") -> str:
    """The address at which this client chooses letters, for the foot of one e-mail. It never ends."""
    return url_of(LETTERS, make_link(LETTERS, client_id, channel=channel, source=source, now=now))


def use_link(link: PersonalLink, *, now: datetime) -> None:
    """Note that something was done through it; for use inside the transaction of what was done."""
    with transaction() as session:
        session.execute(update(PersonalLink).where(PersonalLink.id == link.id).values(used_at=now))


def revoke_links(client_id: int, purpose: str, *, now: datetime) -> int:
    """End all links of the client for this purpose; gives how many were open."""
    with transaction() as session:
        ended = session.execute(update(PersonalLink).where(
            PersonalLink.client_id == client_id, PersonalLink.purpose == purpose,
            PersonalLink.revoked_at.is_(None)).values(revoked_at=now))
        return int(ended.rowcount)  # type: ignore[attr-defined]
