"""Personal links: how they look, and whose a token is. They are made and ended in `actions`."""

import hashlib
from datetime import datetime

from flask import current_app
from sqlalchemy import bindparam, or_, select

from webapp.clients.models import Client, PersonalLink
from webapp.config import Settings
from webapp.db import db

LETTERS, CONSENT = "letters", "consent"
PLACES = {LETTERS: "u", CONSENT: "consent"}
"""Purposes and where their pages live; a room further right adds its own."""
EXAMPLE_TOKEN = "ExampLeExampLeExampLeX"  # noqa: S105
ONE_CLICK = "/now"
_FIND = (select(PersonalLink.__table__).join(Client, Client.id == PersonalLink.client_id)
         .where(PersonalLink.token_hash == bindparam("token_hash"), PersonalLink.purpose == bindparam("purpose"),
                PersonalLink.revoked_at.is_(None), Client.erased_at.is_(None),
                or_(PersonalLink.expires_at.is_(None), PersonalLink.expires_at > bindparam("now"))))


def url_of(purpose: str, token: str) -> str:
    """The address a client gets; the host is that of PUBLIC_URL, whatever the request said."""
    settings: Settings = current_app.extensions["snova.settings"]
    return f"{settings.public_url}/{PLACES[purpose]}/{token}"


def example_url(purpose: str) -> str:
    """An address of the same length that opens nothing: for previews, which never make links."""
    return url_of(purpose, EXAMPLE_TOKEN)


def one_click(url: str) -> str:
    """The address for List-Unsubscribe: one POST there is enough (RFC 8058)."""
    return f"{url}{ONE_CLICK}" if url else ""


def token_hash(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def find_link(purpose: str, token: str, *, now: datetime) -> PersonalLink | None:
    """The link behind a token; None for one that is unknown, of another purpose, over, taken back, of nobody any more.

    One look-up by the hash answers all of these alike.
    """
    row = db.session.connection().execute(
        _FIND, {"token_hash": token_hash(token), "purpose": purpose, "now": now}).mappings().one_or_none()
    # A row to read: every page behind a link begins with it, and an entity of the session costs more than the rest.
    return PersonalLink(**row) if row else None
