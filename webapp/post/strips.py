"""The lines above every staff page about sending: its mode unless live, and a relay that does not answer."""

from collections.abc import Iterator
from datetime import timedelta
from zoneinfo import ZoneInfo

from flask import current_app, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from webapp.kit import clock
from webapp.post import incoming, queries, rules
from webapp.post.actions.modes import present_mode
from webapp.post.channels import provider_for
from webapp.post.inbox import inbox_now
from webapp.post.inbox_words import inbox_trouble
from webapp.post.money_words import state_words
from webapp.post.place import COPIED, HELD_BECAUSE, RESTORED
from webapp.post.sender import has_relay
from webapp.post.spending import has_budget, purse_of
from webapp.post.wording import SMS_FILE
from webapp.staff.models import setting
from webapp.staff.rules import ADMIN
from webapp.web.nav import Strip, unfinished

_PATIENCE, _PATIENCE_READING = timedelta(minutes=5), timedelta(hours=3)


def sending_strips() -> Iterator[Strip]:
    """What staff must know about sending before they trust the page below."""
    mode = present_mode()
    if mode == "held":
        because = setting(HELD_BECAUSE)
        yield Strip("yellow" if because else "accent", "pause", _("Sending is on hold."), _why_held(because),
                    *_way_out_of_hold())
    elif mode == "trial":
        yield Strip("accent", "eye", _("Trial mode."), _("Nothing leaves: letters and SMS are only written to files."),
                    *_way_out_of_trial())
    else:
        yield from _silent_relay()
        if ADMIN in current_user.hats:
            yield from _unread_answers()
            yield from _not_trusted()
        yield from _sms_to_files()
        yield from _budget()


def _why_held(because: str | None) -> str:
    said = {RESTORED: _("This is a copy from a backup: nothing leaves until an administrator switches sending on."),
            COPIED: _("The data were copied here, or an older copy was put in their place: nothing leaves until an "
                      "administrator switches sending on.")}
    return said.get(because or "") or _("Letters and SMS are written and wait.")


def _way_out_of_hold() -> tuple[str, str]:
    if ADMIN not in current_user.hats:
        return url_for("post.index", show="held"), _("See what waits")
    if not setting(HELD_BECAUSE) and (left := unfinished()):
        return left.url, left.label
    # Without a mail server sending cannot be switched on anyway.
    if not has_relay():
        return url_for("sending.mail"), _("Set up the mail server")
    return url_for("sending.index"), _("Switch sending on")


def _way_out_of_trial() -> tuple[str, str]:
    if ADMIN in current_user.hats and setting("demo"):
        return "/setup/demo", _("Remove the demo agency")
    return url_for("post.index", show="sent"), _("Read them in the outbox")


def _sms_to_files() -> Iterator[Strip]:
    if provider_for("sms", "live", current_app.extensions["snova.settings"]).name != SMS_FILE:
        return
    may_change = ADMIN in current_user.hats
    yield Strip("yellow", "sms", _("SMS do not leave for clients yet:"),
                _("no SMS provider is connected, they are only written to files. Call instead."),
                url_for("sending.sms") if may_change else "", _("Connect a provider") if may_change else "")


def _budget() -> Iterator[Strip]:
    """What is nearly used up concerns those who set it; what stops reminders of trips concerns everybody."""
    if not has_budget():
        return
    purse = purse_of(clock.now())
    leads = bool(current_user.hats & {"director", ADMIN})
    if not purse.level or not (leads or purse.level == "closed"):
        return
    follows = {"near": _("News and offers by SMS stop at 100 %."),
               "full": _("News and offers by SMS wait for the next month; SMS about trips leave."),
               "closed": _("No SMS leave until the next month: call instead.")}[purse.level]
    where = url_for("sending.sms") + "#budget"
    yield Strip("yellow" if purse.level == "near" else "red", "sms", state_words(purse), follows,
                where if leads else "", _("SMS budget") if leads else "")


def _unread_answers() -> Iterator[Strip]:
    """The mailbox of answers does not open: clients write, and nobody sees it."""
    inbox, now = inbox_now(current_app.extensions["snova.settings"]), clock.now()
    state = incoming.state_of(inbox) if inbox else None
    if state is None or state.failing_since is None or now - state.failing_since < _PATIENCE_READING:
        return
    local = state.failing_since.astimezone(ZoneInfo(
        current_user.offices[0].timezone if current_user.offices else "Europe/Moscow"))
    yield Strip("red", "broken", _("Answers of clients have not been read since %(time)s:",
                                   time=local.strftime("%d.%m %H:%M")),
                inbox_trouble(state.last_error) + ".", url_for("sending.answers"), _("Look at the mailbox"))


def _not_trusted() -> Iterator[Strip]:
    refused = incoming.refused_lately(clock.now())
    if refused >= incoming.MANY_REFUSED:
        yield Strip("yellow", "warning", ngettext("%(num)d letter came back within a week as spam.",
                                                  "%(num)d letters came back within a week as spam.", refused),
                    _("Ask whoever runs your mail whether SPF, DKIM and DMARC are set."),
                    url_for("post.index", show="failed"), _("Which ones"))


def _silent_relay() -> Iterator[Strip]:
    settings = current_app.extensions["snova.settings"]
    names = [provider_for(channel, "live", settings).name for channel in rules.CHANNELS]
    now = clock.now()
    failing = queries.failing_providers(names)
    since = min((row.failing_since for row in failing if row.failing_since), default=now)
    if now - since < _PATIENCE:
        return
    local = since.astimezone(ZoneInfo(current_user.offices[0].timezone if current_user.offices else "Europe/Moscow"))
    when = local.strftime("%H:%M") if now - since < timedelta(hours=12) else local.strftime("%d.%m %H:%M")
    only_sms = all(row.name.startswith("sms_") for row in failing)
    yield Strip("red", "broken", _("SMS have not been leaving since %(time)s.", time=when) if only_sms
                else _("Letters have not been leaving since %(time)s.", time=when),
                _("Please call your administrator."))
