"""The page behind a client's invitation: who invites, what both get, and a form for whoever wants to be called.

It speaks the language the visitor reads. Nobody is looked up here, and the answer is always the same: a visitor never
learns whether a phone is known (`domain.md` §5.7).
"""

from flask import Blueprint, Flask, Response, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from webapp.clients import consent_texts as texts
from webapp.clients.models import Client
from webapp.clients.visitors import agency_contacts, guard_links, plain_page, visitor_page
from webapp.club.actions.knocking import knock
from webapp.club.friend_forms import InvitedForm
from webapp.club.friend_placeholders import points_in
from webapp.club.friends import Agreed, Coming
from webapp.club.inviting import inviter_of
from webapp.club.models import terms
from webapp.kit import clock
from webapp.staff.rules import BadInput
from webapp.web.guard import by_token
from webapp.web.i18n import LANGUAGES, follow_browser, page_language
from webapp.web.page import see_other

bp = Blueprint("invited", __name__, url_prefix="/i/<token>")
POSTS = "20 per hour"
_TOO_MANY, _NOT_FOUND = 429, 404


def register(app: Flask) -> None:
    """The code in the address is the proof; guessing it has a limit, and so has sending the form."""
    guard_links(app, bp)
    follow_browser(app, bp.name)
    for limiter in app.extensions.get("limiter", ()):
        limiter.limit(POSTS, methods=["POST"])(bp)


@bp.get("")
@by_token
def show(token: str) -> Response:
    """Who invites and what for; looking changes nothing."""
    inviter = inviter_of(token)
    if inviter is None:
        return _over()
    if request.args.get("sent") == "1":
        return visitor_page("club/invited_thanks.html", inviter, inviter=inviter)
    return _invitation(token, inviter, InvitedForm(formdata=None))


@bp.post("")
@by_token
def come(token: str) -> Response | BaseResponse:
    """Somebody wants to be called."""
    inviter = inviter_of(token)
    if inviter is None:
        return _over()
    form, language = InvitedForm(), page_language()
    thanks = see_other(url_for("invited.show", token=token, sent=1, lang=_lang()))
    if form.is_machine:
        return thanks
    if not form.submitted():
        return _invitation(token, inviter, form, 422)
    data, news = (texts.code_in_force(kind, language) for kind in (texts.DATA, texts.NEWS))
    coming = Coming(form.name.data or "", form.phone.e164, form.wish.data or "")
    agreed = Agreed(language, data, news, tuple(form.news), request.remote_addr or "")
    try:
        knock(inviter.id, coming, agreed, now=clock.now())
    except BadInput:
        return visitor_page("club/invited_call.html", inviter, _TOO_MANY)
    return thanks


def _invitation(token: str, inviter: Client, form: InvitedForm, status: int = 200) -> Response:
    language = page_language()
    consents = {kind: texts.text_in_force(kind, language) for kind in texts.KINDS}
    blocks = {kind: list(texts.blocks(text.body)) for kind, text in consents.items() if text}
    club = terms()
    return visitor_page(
        "club/invited.html", inviter, status, token=token, form=form, inviter=inviter, consents=consents,
        blocks=blocks, for_friend=_points(club.friend_points, language), lang=_lang(),
        for_inviter=_points(club.inviter_points, language))


def _points(number: int, language: str) -> str:
    return points_in(number, language) if number else ""


def _over() -> Response:
    """One answer for codes that are unknown, closed, or of nobody any more."""
    phone, email = agency_contacts()
    return plain_page("club/invited_over.html", _NOT_FOUND, phone=phone, email=email)


def _lang() -> str | None:
    """The language a visitor chose in the address: the form and its answer keep it."""
    lang = request.args.get("lang")
    return lang if lang in LANGUAGES else None
