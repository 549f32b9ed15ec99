"""A copy of the database sends nothing until an administrator goes live there (`quality.md` promise 13)."""

from datetime import datetime

from flask import current_app

from webapp.db import db, transaction
from webapp.post.actions.modes import hold_copy, settle_here
from webapp.post.place import COPIED, PLACE, is_elsewhere, note_seen
from webapp.staff.models import setting


def may_leave_from_here(now: datetime) -> bool:
    """Asked before a batch is claimed in live mode. False when this is a copy: sending is held from now on then."""
    settings = current_app.extensions["snova.settings"]
    place = setting(PLACE)
    if place is None:
        # An agency that went live before marks were kept.
        with transaction() as session:
            settle_here(session)
        return True
    with db.engine.connect() as connection:
        if not is_elsewhere(connection, settings, place):
            return True
    hold_copy(COPIED, now=now)
    return False


def remember_here() -> None:
    """After a batch: how far the history of messages goes now."""
    place = setting(PLACE)
    if place is not None:
        with db.engine.connect() as connection:
            note_seen(connection, current_app.extensions["snova.settings"], place)
