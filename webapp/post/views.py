"""The outbox page: what waits, is on hold, was sent, did not leave; one message; and what people do about it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit
from zoneinfo import ZoneInfo

from flask import Blueprint, Flask, Response, abort, make_response, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from webapp.db import db
from webapp.kit import clock
from webapp.letters import file_words
from webapp.letters.files import bytes_of, from_text, with_pictures
from webapp.post import (
    actions,
    callback_views,
    inbox_views,
    limit_views,
    mail_views,
    money_views,
    money_words,
    queries,
    sms_views,
    stop_list_views,
    wording,
)
from webapp.post.actions.modes import present_mode
from webapp.post.mode_words import MODE_WORDS
from webapp.post.models import Message
from webapp.post.origins import closed_among, origins_of
from webapp.post.rules import UNDO_FOR, can_be_unfailed, send_again_from, told, without_links
from webapp.post.spending import sms_price
from webapp.post.strips import sending_strips
from webapp.staff.audit import actor_of
from webapp.staff.log_words import add_log_words
from webapp.staff.models import Office
from webapp.staff.rules import NotAllowed
from webapp.web.guard import DESK, STAFF, allow
from webapp.web.nav import AGENCY, MAIL, Section, add_section, add_strips
from webapp.web.page import is_partial, page, part, row_id, safe_next, see_other, to_save

bp = Blueprint("post", __name__, url_prefix="/outbox")
# The pages of mail and of SMS hang on the same blueprint.
blueprints = [bp, mail_views.bp, callback_views.bp, stop_list_views.bp]
assert mail_views.bp is sms_views.bp is money_views.bp is inbox_views.bp is limit_views.bp
PAGE, MOST, TRAY = 50, 500, 50
LETTER_CSP = ("default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'self'; "
              "base-uri 'none'; form-action 'none'; sandbox")


def register(app: Flask) -> None:
    """Put the outbox into the bar and the state of sending above every page."""
    add_section(app, Section("post.index", _l("Outbox"), 80, frozenset(STAFF), "/outbox", group=MAIL))
    add_section(app, Section("sending.index", _l("Sending"), 103, frozenset({"director", "admin"}), "/admin/sending",
                             group=AGENCY))
    add_strips(app, sending_strips)
    callback_views.register(app)
    stop_list_views.register(app)
    app.jinja_env.globals.update(outbox_words=wording, sms_money=money_words, month_of_sms=money_views.month_of_sms)
    add_log_words("message", _l("Messages"), {
        "retry": _l("Tried a message again: %(name)s"), "cancelled": _l("Cancelled a message: %(name)s"),
        "count-as-sent": _l("Counted as sent: %(name)s"),
        "count-as-failed": _l("Counted as not arrived: %(name)s"), "send-again": _l("Sent once more: %(name)s"),
        "decision-taken-back": _l("Took back a decision about a message: %(name)s")}, names=queries.titles)
    add_log_words("sending", _l("Sending"), {
        "mode": _l("Changed the mode of sending"), "held": _l("Stopped letters and SMS"),
        "released": _l("Lifted a stop"), "relay": _l("Changed the mail server"),
        "relay-password": _l("Changed the mail server and its password"), "sms": _l("Changed the SMS provider"),
        "sms-key": _l("Changed the SMS provider and its key"),
        "inbox": _l("Changed the mailbox of answers"),
        "inbox-password": _l("Changed the mailbox of answers and its password"),
        "sms-money": _l("Changed the price or the budget of SMS")}, fields={
        "inbox_server": _l("Server for incoming mail (IMAP)"), "inbox_login": _l("Login"),
        "inbox_address": _l("Address of the mailbox"), "inbox_folder": _l("Folder"),
        "inbox_done": _l("Folder for understood letters"), "inbox_plus": _l("An address for each letter"),
        "inbox_strangers": _l("Letters of people we do not know"), "inbox_on": _l("Read this mailbox"),
        "sms_price": _l("Price of one SMS"), "sms_month_money": _l("Money for SMS in a month"),
        "sms_month_number": _l("SMS in a month"), "sms_month_hard": _l("All SMS stop at"),
        "sms_provider": _l("SMS provider"), "sms_login": _l("Login of the SMS provider"),
        "sms_sender": _l("Name of the sender in SMS"),
        "group": _l("Trip"), "mode": _l("Mode of sending"), "reason": _l("Reason"), "mail_server": _l("Mail server"),
        "mail_encryption": _l("Encryption"), "mail_login": _l("Login"), "mail_sender": _l("Address of the sender"),
        "mail_sender_name": _l("Name of the sender")},
        values={"group": _group_words,
                "mode": lambda code: str(MODE_WORDS[code][0]).lower() if code in MODE_WORDS else code})
    add_log_words("address", _l("Addresses"), {
        "suppressed": _l("An address asked for no letters"), "lifted": _l("An address may be written to again")})


def _group_words(group: str) -> str:
    """The trip whose letters were stopped; its number for those who may not open it."""
    origin = origins_of([group]).get(group)
    return origin.label if origin else f"№ {group.rpartition(':')[2]}"


@bp.get("")
@allow(*STAFF)
def index() -> Response:
    """One filter of the outbox; above it the tray of messages that need a decision."""
    chosen = request.args.get("show", "")
    chosen = chosen if chosen in wording.FILTERS else "waiting"
    limit = min(max(request.args.get("n", PAGE, type=row_id), PAGE), MOST)
    client_id = request.args.get("client", type=row_id)
    now = clock.now()
    states = wording.FILTERS[chosen][1]
    found = queries.listed(current_user, states, client_id=client_id, limit=limit + 1)
    counted = queries.counts(current_user, now)
    tray = queries.undecided(current_user, TRAY) if chosen != "unknown" and counted["unknown"] else []
    closed = closed_among([*found, *tray])
    rows, tray = ([row for row in some if row.id not in closed] for some in (found[:limit], tray))
    done = _just_done([*rows, *tray])
    return page("post/outbox.html", "post/_list.html", chosen=chosen, rows=rows, tray=tray, done=done,
                more=limit + PAGE if len(found) > limit and limit < MOST else None, client_id=client_id,
                counted=counted, filters=_filters(chosen, counted, client_id), here=_here(),
                **_of_rows([*rows, *tray, *done], now))


@bp.get("/<int:message_id>")
@allow(*STAFF)
def message(message_id: int) -> Response:
    """One message with its text, its look and its whole history."""
    row, listed = _message_or_404(message_id), queries.one_row(current_user, message_id)
    return page("post/message.html", message=row, row=listed, told=_told(row), file_words=file_words,
                files=[it for it in from_text(row.files) if not it.cid], history=queries.history(row.id),
                resends=queries.resends(row), zone=db.session.get_one(Office, row.office_id).timezone, here=_here(),
                **_of_rows([listed], clock.now()))


@bp.get("/<int:message_id>/letter")
@allow(*STAFF)
def letter(message_id: int) -> Response:
    """The letter as its reader sees it, alone in a frame without scripts."""
    row = _message_or_404(message_id)
    if not row.html:
        abort(404)
    response = make_response(with_pictures(without_links(row.html), from_text(row.files)))
    response.headers["Content-Security-Policy"] = LETTER_CSP
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


@bp.get("/<int:message_id>/files/<sha>")
@allow(*STAFF)
def file(message_id: int, sha: str) -> Response:
    """A file that went along with it."""
    named = next((it for it in from_text(_message_or_404(message_id).files) if it.sha == sha), None) or abort(404)
    return to_save(bytes_of(named.sha) or abort(404), named.name, named.type)


@bp.post("/<int:message_id>/retry")
@allow(*STAFF)
def retry(message_id: int) -> Response | BaseResponse:
    """Try once more."""
    return _act(message_id, _("It will be tried again now."), lambda row, who: actions.retry(row, **who))


@bp.post("/<int:message_id>/cancellation")
@allow(*STAFF)
def cancel(message_id: int) -> Response | BaseResponse:
    """It does not leave."""
    return _act(message_id, _("Cancelled. It will not leave."), lambda row, who: actions.cancel(row, **who))


@bp.post("/<int:message_id>/decision")
@allow(*STAFF)
def decide(message_id: int) -> Response | BaseResponse:
    """Settle a message whose answer was lost."""
    _message_or_404(message_id)
    decision = request.form.get("decision", "")
    said = {"count_as_sent": _("Counted as sent."), "send_again": _("It will be sent once more."),
            "count_as_failed": _("Counted as not arrived. Somebody has to call.")}
    if decision not in said:
        abort(400)
    return _act(message_id, said[decision], lambda row, who: actions.decide_unknown(row, decision, **who))


@bp.post("/<int:message_id>/decision/undo")
@allow(*STAFF)
def undo_decision(message_id: int) -> Response | BaseResponse:
    """Take back what was decided about a message whose answer was lost."""
    return _act(message_id, _("Taken back: it waits for a decision again."),
                lambda row, who: actions.take_back(row, **who))


def _told(row: Message) -> str:
    """The text. In trial mode nothing leaves, so an administrator may read a code and try the page it is for."""
    may_read = present_mode() == "trial" and "admin" in current_user.hats
    return row.text if may_read else told(row.klass, row.text)


def _act(message_id: int, said: str, act: Any) -> Response | BaseResponse:
    """Do it, and answer with the row for htmx or a redirect back, where the row is shown with its undo."""
    row = _message_or_404(message_id)
    status, kind = 200, "green"
    try:
        act(row, {"actor": actor_of(current_user), "now": clock.now()})
    except actions.Locked as error:
        status, kind, said = 409, "yellow", _locked_words(error, row)
    except NotAllowed as error:
        status, kind, said = 409, "yellow", wording.refused_words(error.reason)
    if is_partial():
        listed = queries.one_row(current_user, message_id)
        return part("post/_row.html", status=status, m=listed, said=said, here=_back(), filters=_filters_behind(),
                    **_of_rows([listed], clock.now()))
    return see_other(_back_with(message_id), said, kind)


def _locked_words(error: actions.Locked, row: Message) -> str:
    zone = ZoneInfo(db.session.get_one(Office, row.office_id).timezone)
    return _("The answer may still come. You can send it again from %(time)s.",
             time=error.until.astimezone(zone).strftime("%H:%M"))


def _message_or_404(message_id: int) -> Message:
    row = queries.one_message(current_user, message_id)
    return abort(404) if row is None or closed_among([row]) else row


def _filters(chosen: str, counted: dict[str, int], client_id: int | None) -> list[dict[str, Any]]:
    return [{"url": url_for("post.index", show=name, client=client_id), "label": label, "current": name == chosen,
             "count": counted.get(name, 0)} for name, (label, _states) in wording.FILTERS.items()]


def _filters_behind() -> list[dict[str, Any]]:
    """The tabs of the list the person acted on, counted anew; none when it was another page."""
    parts = urlsplit(_back())
    if parts.path != url_for("post.index"):
        return []
    asked = dict(parse_qsl(parts.query))
    chosen, client = asked.get("show", ""), asked.get("client", "")
    return _filters(chosen if chosen in wording.FILTERS else "waiting", queries.counts(current_user, clock.now()),
                    int(client[:9]) if client.isdecimal() else None)


def _of_rows(rows: Sequence[Any], now: datetime) -> dict[str, Any]:
    """What rows need besides themselves: the trips behind them, and until when what can be done."""
    return {"now": now, "origins": origins_of(row.group_key for row in rows), "locked_until": send_again_from,
            "sms_price": sms_price() if any(row.channel == "sms" for row in rows) else 0,
            "undo_until": now - UNDO_FOR, "can_be_unfailed": can_be_unfailed,
            "sees_people": bool(current_user.hats & set(DESK))}


def _just_done(shown: Sequence[Any]) -> list[Any]:
    """The message somebody has just acted on without JavaScript, unless its row stands on the page anyway."""
    done = request.args.get("done", 0, type=row_id)
    row = queries.one_row(current_user, done) if done and done not in {row.id for row in shown} else None
    return [row] if row is not None and not closed_among([row]) else []


def _here() -> str:
    kept = [(name, value) for name, value in request.args.items(multi=True) if name != "done"]
    return f"{request.path}?{urlencode(kept)}" if kept else request.path


def _back_with(message_id: int) -> str:
    """Back to where the person was; on the list the message they acted on stays in sight."""
    parts = urlsplit(_back())
    if parts.path != url_for("post.index"):
        return _back()
    kept = [pair for pair in parse_qsl(parts.query) if pair[0] != "done"]
    return f"{parts.path}?{urlencode([*kept, ('done', message_id)])}#message-{message_id}"


def _back() -> str:
    return safe_next(request.form.get("back"), url_for("post.index"))
