"""The page on which the mailbox for answers and reports is set and tried out."""

from datetime import timedelta
from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from webapp.db import db
from webapp.kit import clock
from webapp.post import actions, incoming
from webapp.post.actions.modes import present_mode
from webapp.post.channels.smtp import provider_of
from webapp.post.channels.smtp_check import Fault
from webapp.post.forms import PROVIDERS
from webapp.post.imap_check import Seen, try_inbox
from webapp.post.inbox import inbox_now, is_operators_inbox, kept_inbox
from webapp.post.inbox_forms import InboxForm
from webapp.post.inbox_rules import Inbox
from webapp.post.inbox_words import inbox_fault, inbox_trouble
from webapp.post.relay import kept_relay, mail_words
from webapp.post.sender import has_relay
from webapp.post.sending_views import bp, own_zone, settings_now
from webapp.staff.audit import actor_of
from webapp.staff.models import Office
from webapp.staff.rules import ADMIN
from webapp.web.guard import allow
from webapp.web.page import page, see_other

LATELY = timedelta(days=30)


@bp.get("/answers")
@allow("director", "admin")
def answers() -> Response:
    """The mailbox in force: admins set it, directors read."""
    return _inbox_page(_filled())


@bp.post("/answers")
@allow("admin")
def save_answers() -> Response | BaseResponse:
    """Keep what was filled in; with the first button only if the mailbox opens."""
    settings = settings_now()
    if is_operators_inbox(settings):
        return _try_operators()
    form, kept = _with_offices(InboxForm()), kept_inbox(settings)
    inbox = form.inbox(kept, kept_relay(settings)) if form.submitted() else None
    if inbox is None:
        return _inbox_page(form, 422)
    said = _("Saved.")
    if request.form.get("then") != "save" and inbox.is_on:
        found = _tried(inbox)
        if isinstance(found, Fault):
            form.take(found, **_names(inbox))
            return _inbox_page(form, 422, server_said=found.text)
        said = _("The mailbox opens, the settings are saved.") + " " + _seen(found)
    actions.set_inbox(inbox, actor=actor_of(current_user), now=clock.now())
    return see_other(url_for("sending.answers"), said)


def _try_operators() -> Response | BaseResponse:
    inbox = inbox_now(settings_now())
    found = _tried(inbox) if inbox else Fault("no-such-server")
    if isinstance(found, Fault):
        words = _names(inbox) if inbox else {"server": "IMAP_URL", "port": "", "folder": "", "done": "", "tagged": ""}
        return _inbox_page(_filled(), 422, server_said=found.text, fault=inbox_fault(found.code, **words))
    return see_other(url_for("sending.answers"), _("The mailbox opens.") + " " + _seen(found))


def _tried(inbox: Inbox) -> Seen | Fault:
    settings = settings_now()
    relay = provider_of(mail_words(settings), settings) if has_relay() else None
    # The network may take its time: until then nothing of the database is held.
    db.session.rollback()
    return try_inbox(inbox, relay, settings.secret_key)


def _seen(found: Seen) -> str:
    return ngettext("There is %(num)d letter in it: it stays as it is.",
                    "There are %(num)d letters in it: they stay as they are.", found.letters) + " " + _(
        "Letters are read that come from now on.")


def _names(inbox: Inbox) -> dict[str, str]:
    local, _at, domain = inbox.mailbox.rpartition("@")
    return {"server": inbox.server, "port": str(inbox.port), "folder": inbox.folder, "done": inbox.done_folder,
            "tagged": f"{local}+…@{domain}"}


def _filled() -> InboxForm:
    form, settings = _with_offices(InboxForm(formdata=None)), settings_now()
    kept, relay = kept_inbox(settings), kept_relay(settings)
    if kept is not None:
        form.fill_in(kept)
    elif relay is not None and relay.preset in PROVIDERS:
        # Most agencies get their answers where their letters leave from.
        form.preset.data, form.login.data = relay.preset, relay.login
    return form


def _with_offices(form: InboxForm) -> InboxForm:
    rows = db.session.execute(select(Office.id, Office.name).order_by(Office.id)).all()
    form.office.choices = [(row.id, row.name) for row in rows]
    return form


def _inbox_page(form: InboxForm, status: int = 200, *, server_said: str = "", fault: str = "") -> Response:
    settings = settings_now()
    kept, inbox = kept_inbox(settings), inbox_now(settings)
    relay, state = kept_relay(settings), incoming.state_of(inbox) if inbox else None
    shown: dict[str, Any] = {
        "form": form, "server_said": server_said, "fault": fault, "inbox": inbox, "kept": kept, "state": state,
        "is_operators": is_operators_inbox(settings), "providers": PROVIDERS, "zone": own_zone(),
        "has_password": bool(kept and kept.password), "one_machine": settings.is_sqlite,
        "from_relay": bool(relay and relay.password), "may_edit": ADMIN in current_user.hats, "mode": present_mode(),
        "trouble": inbox_trouble(state.last_error) if state and state.failing_since else "",
        "figures": incoming.figures(clock.now() - LATELY)}
    return page("post/answers.html", status=status, **shown)
