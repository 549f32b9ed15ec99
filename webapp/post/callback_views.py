"""Reports of SMS providers: public addresses, each report with its own proof; a wrong one changes nothing."""

import json
import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Blueprint, Flask, Response, request
from werkzeug.exceptions import HTTPException

from webapp.kit import clock
from webapp.post import actions
from webapp.post.channels.gateway import ABSENT, Report, number
from webapp.post.channels.sms_smsaero import report_of as smsaero_report
from webapp.post.channels.sms_smsc import is_signed as is_smsc_signed
from webapp.post.channels.sms_smsc import report_of as smsc_report
from webapp.post.channels.sms_smsru import is_signed as is_smsru_signed
from webapp.post.channels.sms_smsru import report_of as smsru_report
from webapp.post.sending_views import settings_now
from webapp.post.sms_account import report_word, sms_provider, sms_words
from webapp.post.sms_account_rules import SMSAERO, SMSC, SMSRU
from webapp.web.guard import by_token

bp = Blueprint("sms_reports", __name__, url_prefix="/callbacks/sms")
LARGEST = 128 * 1024
MOST = 200
RATE = "1200 per minute"
FRESH = timedelta(days=5)
_ENTRY = re.compile(r"data(\[\d{0,4}\])?")


def register(app: Flask) -> None:
    """The proof is in the report itself: no form token; and the door has a rate."""
    app.extensions["csrf"].exempt(bp)
    for limiter in app.extensions.get("limiter", ()):
        limiter.limit(RATE)(bp)


@bp.post(f"/{SMSRU}")
@by_token
def smsru() -> Response:
    """SMS.ru: up to a hundred entries, signed together with the api_id; it wants to read "100"."""
    form = _form(SMSRU)
    entries = [value for name, value in form if _ENTRY.fullmatch(name)]
    signature = next((value for name, value in form if name == "hash"), "")
    if not 0 < len(entries) <= MOST or not is_smsru_signed(sms_words(settings_now()).get("SMS_PASSWORD", ""), entries,
                                                           signature):
        return _answer("no", 403)
    now = clock.now()
    for entry in entries:
        kind, ref, status, at = (*entry.split("\n"), "", "", "", "")[:4]
        found = smsru_report(number(status))
        if kind.strip() == "sms_status" and found and _is_fresh(at, now):
            _note_by_ref(f"sms_{SMSRU}", ref.strip(), found, now)
    return _answer("100")


@bp.post(f"/{SMSC}")
@by_token
def smsc() -> Response:
    """SMSC: one message, signed with the word set in its cabinet."""
    words = dict(reversed(_form(SMSC)))
    given = {name: words.get(name, "") for name in ("id", "phone", "status", "sha1", "md5")}
    if not is_smsc_signed(report_word(settings_now()), number_=given["id"], phone=given["phone"],
                          status=given["status"], sha1=given["sha1"], md5=given["md5"]):
        return _answer("no", 403)
    found = smsc_report(number(given["status"]), number(words.get("err", "")))
    if found and found is not ABSENT:
        actions.reported(f"sms_{SMSC}", given["id"], found, now=clock.now(), phone=given["phone"].removeprefix("+"))
    return _answer("OK")


@bp.post(f"/{SMSAERO}/<own_id>")
@by_token
def smsaero(own_id: str) -> Response:
    """SMS Aero: unsigned, but sent to an address that only it knows, one for each message; JSON or a form."""
    words = _json_or_form()
    found = smsaero_report(number(words.get("status")))
    ref = number(words.get("id"))
    if found is None:
        return _answer("no", 403)
    actions.reported(f"sms_{SMSAERO}", own_id, found, now=clock.now(), ref="" if ref is None else str(ref))
    # The same answer whether the address is known or not.
    return _answer("OK")


@bp.errorhandler(HTTPException)
def on_error(error: HTTPException) -> Response:
    """No page for machines."""
    return _answer("no", error.code or 500)


def _form(provider: str) -> list[tuple[str, str]]:
    """The fields in their order; none while another provider is in force."""
    request.max_content_length, request.max_form_parts = LARGEST, MOST + 50
    if sms_provider(settings_now()) != provider:
        return []
    return list(_plain(request.form.items(multi=True)))


def _json_or_form() -> dict[str, Any]:
    request.max_content_length, request.max_form_parts = LARGEST, MOST
    if not request.is_json:
        return dict(_plain(request.form.items()))
    try:
        found = json.loads(request.get_data())
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _plain(fields: Iterable[tuple[str, str]]) -> Iterable[tuple[str, str]]:
    return ((name, value) for name, value in fields if "\0" not in value)


def _is_fresh(stamp: str, now: datetime) -> bool:
    """Old reports are not believed when they are played back; one from the future is a wrong clock or a forgery."""
    seconds = number(stamp.strip())
    if seconds is None or not 0 < seconds < 2**33:
        return False
    return -timedelta(hours=1) < now - datetime.fromtimestamp(seconds, UTC) < FRESH


def _note_by_ref(provider: str, ref: str, found: Report, now: datetime) -> None:
    if found is not ABSENT and 0 < len(ref) <= 64:
        actions.reported_by_ref(provider, ref, found, now=now)


def _answer(word: str, status: int = 200) -> Response:
    return Response(word, status, mimetype="text/plain")
