"""A client's invitation of friends: its address, its code, and whose a code is. It is made in `actions.inviting`."""

from flask import current_app
from sqlalchemy import select

from webapp.clients.models import Client
from webapp.club.friend_rules import read_code
from webapp.club.models import FriendLink
from webapp.config import Settings
from webapp.db import db

EXAMPLE_CODE = "EXAMPLE8"
"""No code is spelt with L."""


def invite_url(client_id: int) -> str | None:
    """The address a client may hand on; None where there is no invitation, or it was closed."""
    code = code_of(client_id)
    return url_of(code) if code else None


def code_of(client_id: int) -> str:
    """The code to say on the phone, "" without an invitation that is open."""
    return db.session.scalar(select(FriendLink.code).where(FriendLink.client_id == client_id,
                                                           FriendLink.closed_at.is_(None))) or ""


def url_of(code: str) -> str:
    """The address of a code; the host is that of PUBLIC_URL, whatever the request said."""
    settings: Settings = current_app.extensions["snova.settings"]
    return f"{settings.public_url}/i/{code}"


def inviter_of(typed: str) -> Client | None:
    """Who invites by this code; None for a code that is unknown or closed, or of somebody who was erased.

    One look-up answers all of these alike.
    """
    code = read_code(typed)
    if not code:
        return None
    return db.session.scalar(select(Client).join(FriendLink, FriendLink.client_id == Client.id).where(
        FriendLink.code == code, FriendLink.closed_at.is_(None), Client.erased_at.is_(None)))
