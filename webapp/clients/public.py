"""The page on which a client agrees to what the agency asks, sees what is in force, and takes it back."""

from typing import Any

from flask import Blueprint, Flask, Response, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response as BaseResponse

from webapp.clients import actions
from webapp.clients.consent_page import documents_for, reached
from webapp.clients.links import CONSENT
from webapp.clients.models import Client, PersonalLink
from webapp.clients.rules import CHANNELS, DATA
from webapp.clients.visitors import behind_link, guard_links, spoken_to, visitor_page
from webapp.db import db
from webapp.kit import clock
from webapp.kit.days import local_day, zone
from webapp.web.page import see_other

bp = Blueprint("agreeing", __name__, url_prefix="/consent/<token>")
blueprints = [bp]
BOXES: dict[str, Any] = {DATA: _l("I agree that my personal data are kept"), "email": _l("Agree: by e-mail"),
                         "sms": _l("Agree: in SMS"), "call": _l("Agree: by phone")}
GIVEN: dict[str, Any] = {DATA: _l("Personal data"), "email": _l("News by e-mail"), "sms": _l("News in SMS"),
                         "call": _l("Calls with news and offers")}


def register(app: Flask) -> None:
    """The token in the address is the proof; guessing it has a limit."""
    guard_links(app, bp)


@bp.get("")
@behind_link(CONSENT)
def show(token: str, link: PersonalLink) -> Response:
    """Both texts, boxes for what is not agreed to yet, and what is in force."""
    return _consent_page(token, link)


@bp.post("")
@behind_link(CONSENT)
def agree(token: str, link: PersonalLink) -> Response | BaseResponse:
    """Give the consents whose boxes are ticked."""
    codes = [code for code in request.form.getlist("agree") if code in BOXES]
    if not codes:
        return _consent_page(token, link, is_empty=True)
    actions.agree(link, codes, address=request.remote_addr or "", now=clock.now())
    return see_other(url_for("agreeing.show", token=token, saved=1))


@bp.post("/withdrawal")
@behind_link(CONSENT)
def take_back(token: str, link: PersonalLink) -> Response | BaseResponse:
    """Take back one consent."""
    code = request.form.get("code", "")
    if code in (DATA, *CHANNELS):
        actions.take_back(link, code, address=request.remote_addr or "", now=clock.now())
        return see_other(url_for("agreeing.show", token=token, back=code))
    return see_other(url_for("agreeing.show", token=token))


def _consent_page(token: str, link: PersonalLink, *, is_empty: bool = False) -> Response:
    client = db.session.get_one(Client, link.client_id)
    with spoken_to(client):
        documents = documents_for(client)
        given = [box for document in documents for box in document.boxes if box.since]
        back = request.args.get("back", "")
        gone = back if back in BOXES and back not in {box.code for box in given} and not is_empty else ""
        return visitor_page(
            "clients/consent.html", client, 422 if is_empty else 200, token=token, documents=documents, given=given,
            is_open=len(given) < len(BOXES), boxes=BOXES, names=GIVEN,
            gone=gone, reached=reached(client),
            since={box.code: local_day(box.since, zone(client.zone)) for box in given if box.since},
            error=_("Tick what you agree to. If you agree to nothing, simply close the page.") if is_empty else "",
            is_saved=request.args.get("saved") == "1" and not is_empty)
