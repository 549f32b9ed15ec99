"""What an empty agency still has to do before the board works by itself."""

from collections.abc import Iterator

from flask import Flask, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import func, select

from webapp.db import db
from webapp.post.actions.modes import present_mode
from webapp.post.sender import has_relay
from webapp.staff.models import User
from webapp.staff.rules import ADMIN
from webapp.trips.models import Trip
from webapp.web.nav import FirstStep, add_first_steps


def register(app: Flask) -> None:
    """Offer the list to the empty board."""
    add_first_steps(app, _left)


def _left() -> Iterator[FirstStep]:
    if not current_user.hats & {"director", ADMIN}:
        return
    people = db.session.scalar(select(func.count()).select_from(User)) or 0
    yield FirstStep(_("Add colleagues"), url_for("staff.users"), people > 1)
    yield FirstStep(_("Set up the mail server"), url_for("sending.mail"), has_relay())
    if "director" in current_user.hats:
        yield FirstStep(_("Load the check-list"), url_for("imports.start"),
                        db.session.scalar(select(Trip.id).limit(1)) is not None)
    yield FirstStep(_("Switch sending on"), url_for("sending.index"), present_mode() == "live")
