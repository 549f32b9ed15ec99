"""How sending is set: the mode with its confirmation, the mail server and its last fault, a test e-mail to oneself."""

from typing import Any

from flask import Blueprint, Response, abort, current_app, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from webapp.config import Settings
from webapp.db import db
from webapp.kit import clock
from webapp.post import actions, incoming, queries, wording
from webapp.post.actions.modes import figures_of, present_mode
from webapp.post.channels import provider_for
from webapp.post.inbox import inbox_now
from webapp.post.mode_words import MODE_WORDS
from webapp.post.place import HELD_BECAUSE
from webapp.post.relay import mail_words
from webapp.post.rules import CHANNELS, MODES
from webapp.post.sender import has_relay, mail_sender
from webapp.post.spending import has_budget
from webapp.staff.audit import actor_of
from webapp.staff.models import Office, scoped, setting
from webapp.staff.rules import ADMIN
from webapp.web.guard import allow
from webapp.web.page import page, row_id, see_other

bp = Blueprint("sending", __name__, url_prefix="/admin/sending")
HERE = "here"
"""The category of a message that is shown beside the button that caused it, not above the page."""


@bp.get("")
@allow("director", "admin")
def index() -> Response:
    """The present mode, the ways out, the last test e-mails."""
    inbox = inbox_now(settings_now())
    state = incoming.state_of(inbox) if inbox else None
    return page("post/sending.html", "post/_tests.html", inbox=inbox,
                inbox_fails=state is not None and state.failing_since is not None,
                mode=present_mode(), modes=MODE_WORDS, ways=_ways(),
                tests=queries.latest_tests(current_user), may_edit=ADMIN in current_user.hats, zone=own_zone(),
                has_sms_money=not sms_to_files() or has_budget())


@bp.get("/mode")
@allow("admin")
def confirm_mode() -> Response:
    """What the change would do, with its numbers, before it is done."""
    return _confirmation(_wished(request.args), 200)


@bp.post("/mode")
@allow("admin")
def change_mode() -> Response | BaseResponse:
    """Change the mode; asked again when more would leave than was confirmed."""
    wished = _wished(request.form)
    if wished == "live" and (not has_relay() or setting("demo")):
        return _confirmation(wished, 422)
    try:
        actions.set_mode(wished, actor=actor_of(current_user), now=clock.now(),
                         confirmed=request.form.get("confirmed", 0, type=row_id))
    except actions.Changed:
        return _confirmation(wished, 409)
    return see_other(url_for("sending.index"), _("Done. The mode is now: %(mode)s.", mode=MODE_WORDS[wished][0]))


@bp.post("/test")
@allow("admin")
def test() -> BaseResponse:
    """A test e-mail to the person who presses the button."""
    return see_other(url_for("sending.index") + "#tests", letter_to_myself(), HERE)


def letter_to_myself() -> str:
    """Put a test e-mail to the signed-in person into the outbox; gives the sentence about it."""
    office = own_office()
    actions.send_test(
        address=current_user.email, office_id=office.id, zone=office.timezone, sender=mail_sender("", office),
        subject=_("[Test] Snova can send letters"), actor=actor_of(current_user), now=clock.now(),
        text=_("If you can read this, the mail server is set up right."))
    if present_mode() == "trial":
        return _("Trial mode: the test letter is written into the outbox, it does not leave.")
    return _("The test letter is on its way to %(address)s.", address=current_user.email)


def own_office() -> Office:
    """The office a person without customers writes from: the first of the own ones, else the first of all."""
    own = db.session.scalars(scoped(select(Office), Office.id, current_user).order_by(Office.id)).first()
    return own or db.session.scalars(select(Office).order_by(Office.id)).first() or abort(404)


def _confirmation(wished: str, status: int) -> Response:
    return page("post/confirm_mode.html", status=status, wished=wished, words=MODE_WORDS[wished],
                before=MODE_WORDS[present_mode()][0], mode=present_mode(), figures=figures_of(clock.now()),
                no_relay=wished == "live" and not has_relay(), is_demo=wished == "live" and bool(setting("demo")),
                sms_to_files=wished == "live" and sms_to_files(),
                is_copy=wished == "live" and bool(setting(HELD_BECAUSE)))


def sms_to_files() -> bool:
    """True when SMS reach nobody even in live mode."""
    return provider_for("sms", "live", settings_now()).name == "sms_file"


def settings_now() -> Settings:
    """The settings of this process."""
    settings: Settings = current_app.extensions["snova.settings"]
    return settings


def _wished(words: Any) -> str:
    wished = str(words.get("to", ""))
    return wished if wished in MODES else abort(404)


def _ways() -> list[dict[str, Any]]:
    """The ways out in live mode: who carries e-mail and SMS, and what was last wrong with them."""
    settings, ways = settings_now(), []
    mail = mail_words(settings)
    for channel in CHANNELS:
        provider = provider_for(channel, "live", settings)
        row = queries.provider_row(provider.name)
        host = f"{mail['MAIL_SERVER']}:{mail.get('MAIL_PORT') or 25}" if mail.get("MAIL_SERVER") else ""
        ways.append({
            "channel": channel, "to_files": provider.name == wording.SMS_FILE,
            "since": row.failing_since if row else None,
            "name": host if channel == "email" else wording.SMS_PROVIDERS.get(provider.name[4:], provider.name[4:]),
            "fault": wording.provider_fault(row.last_error) if row and row.last_error else "",
            "fault_at": row.last_error_at if row else None})
    return ways


def own_zone() -> str:
    """The time zone in which this person reads moments of sending."""
    return current_user.offices[0].timezone if current_user.offices else "Europe/Moscow"
