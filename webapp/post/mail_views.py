"""The page on which the mail server is set, tried out and written through."""

from collections.abc import Mapping

from flask import Response, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from webapp.db import db
from webapp.kit import clock
from webapp.post import actions, queries
from webapp.post.actions.modes import present_mode
from webapp.post.channels.smtp import provider_of
from webapp.post.channels.smtp_check import Fault, try_out
from webapp.post.forms import PROVIDERS, MailForm
from webapp.post.relay import is_operators, kept_relay, mail_words
from webapp.post.sender import address_of
from webapp.post.sending_views import HERE, bp, letter_to_myself, own_office, own_zone, settings_now
from webapp.post.wording import relay_fault
from webapp.staff.audit import actor_of
from webapp.staff.rules import ADMIN
from webapp.web.guard import allow
from webapp.web.page import page, see_other


@bp.get("/mail")
@allow("director", "admin")
def mail() -> Response:
    """The mail server in force: admins set it, directors read."""
    form, kept = MailForm(formdata=None), kept_relay(settings_now())
    if kept is not None:
        form.fill_in(kept)
    return _mail_page(form)


@bp.post("/mail")
@allow("admin")
def save_mail() -> Response | BaseResponse:
    """Keep what was filled in; with the first button only if a connection and the login work, then write a letter."""
    if is_operators(settings_now()):
        return _try_operators()
    form, kept = MailForm(), kept_relay(settings_now())
    relay = form.relay(kept) if form.submitted() else None
    if relay is None:
        return _mail_page(form, 422)
    is_tried = request.form.get("then") != "save"
    if is_tried and (fault := _fault_of(relay.words())):
        form.take(fault, **_names(relay.words()))
        return _mail_page(form, 422, server_said=fault.text)
    actions.set_relay(relay, actor=actor_of(current_user), now=clock.now())
    if not is_tried:
        return see_other(url_for("sending.mail"), _("Saved."))
    return see_other(url_for("sending.mail") + "#tests", _("The login works, the settings are saved.") + " "
                     + letter_to_myself(), HERE)


def _try_operators() -> Response | BaseResponse:
    words = mail_words(settings_now())
    if fault := _fault_of(words):
        return _mail_page(MailForm(formdata=None), 422, server_said=fault.text,
                          fault=relay_fault(fault.code, **_names(words)))
    return see_other(url_for("sending.mail") + "#tests", _("The login works.") + " " + letter_to_myself(), HERE)


def _fault_of(words: Mapping[str, str]) -> Fault | None:
    """Try it out; in trial mode nobody is named as the reader, for nothing will leave."""
    names = _names(words)
    reader = "" if present_mode() == "trial" else names["reader"]
    provider = provider_of(words, settings_now())
    # The network may take its time: until then nothing of the database is held.
    db.session.rollback()
    return try_out(provider, names["sender"], reader)


def _names(words: Mapping[str, str]) -> dict[str, str]:
    return {"server": words.get("MAIL_SERVER", ""), "port": words.get("MAIL_PORT") or "25",
            "sender": address_of(words, own_office()), "reader": current_user.email}


def _mail_page(form: MailForm, status: int = 200, *, server_said: str = "", fault: str = "") -> Response:
    settings = settings_now()
    words, kept = mail_words(settings), kept_relay(settings)
    return page("post/mail.html", status=status, form=form, server_said=server_said, fault=fault, names=_names(words),
                login=words.get("MAIL_USERNAME", ""), is_operators=is_operators(settings), kept=kept,
                providers=PROVIDERS, has_password=bool(kept and kept.password), zone=own_zone(),
                one_machine=settings.is_sqlite, tests=queries.latest_tests(current_user),
                is_set=bool(words.get("MAIL_SERVER")), may_edit=ADMIN in current_user.hats, mode=present_mode())
