"""What is left before an agency works by itself: the steps of the first set-up, colleagues, and sending."""

from collections.abc import Iterator

from flask import Flask, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from sqlalchemy import func, select

from webapp.db import db
from webapp.desk.setup_rules import OPEN, SKIPPED, left
from webapp.desk.setup_state import setup_states
from webapp.desk.setup_views import TITLES
from webapp.post.actions.modes import present_mode
from webapp.staff.log_words import add_log_words
from webapp.staff.models import User
from webapp.staff.rules import ADMIN
from webapp.web.nav import FirstStep, Unfinished, add_first_steps, add_unfinished


def register(app: Flask) -> None:
    """Offer the list to the empty board, and what is left of it to the line above every page."""
    add_first_steps(app, _left)
    add_unfinished(app, _unfinished)
    add_log_words("agency", _l("Agency"), {
        "setup-done": _l("Settled a step of the first set-up"),
        "setup-skipped": _l("Skipped a step of the first set-up"),
        "demo-removed": _l("Removed the demo agency"),
        "service-call-on": _l("Switched the call after the sale on"),
        "service-call-off": _l("Switched the call after the sale off")})


def _left() -> Iterator[FirstStep]:
    if not current_user.hats & {"director", ADMIN}:
        return
    may_edit = ADMIN in current_user.hats
    for step, state in setup_states().items():
        words = _("%(step)s (skipped)", step=TITLES[step]) if state == SKIPPED else str(TITLES[step])
        yield FirstStep(words, url_for(f"setup.{step}") if may_edit else url_for("setup.index"), state not in (
            OPEN, SKIPPED))
    people = db.session.scalar(select(func.count()).select_from(User)) or 0
    yield FirstStep(_("Add colleagues"), url_for("staff.users"), people > 1)
    yield FirstStep(_("Switch sending on"), url_for("sending.index"), present_mode() == "live")


def _unfinished() -> Unfinished | None:
    found = setup_states()
    open_steps = left(found)
    if not open_steps:
        return None
    return Unfinished(url_for("setup.index"), _("Set-up: %(num)d of %(all)d steps left", num=open_steps,
                                                all=len(found)))
