"""The question for a balance without a personal link: card or phone, a code by SMS, the same answer to everybody."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Flask, Response, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response as BaseResponse

from webapp.clients.visitors import add_visitor_link, agency_contacts, plain_page
from webapp.club.actions import asking
from webapp.club.actions.asking import BadCode, TooOften
from webapp.club.asking_forms import SENTENCES, AskForm, CodeForm
from webapp.club.asking_rules import LASTS, Asked
from webapp.club.balance import has_cards
from webapp.club.models import BalanceAsk
from webapp.club.number_rules import display
from webapp.kit import clock, phones
from webapp.web.guard import open_to_all
from webapp.web.i18n import LANGUAGES, follow_browser, page_language
from webapp.web.page import see_other

bp = Blueprint("balance_asking", __name__, url_prefix="/balance")
MINUTES = int(LASTS.total_seconds() // 60)


def register(app: Flask) -> None:
    """Forms without cookies: there is nothing another site could misuse. Pages for visitors lead here."""
    app.extensions["csrf"].exempt(bp)
    follow_browser(app, bp.name)
    add_visitor_link(app, "balance_asking.show", _l("Check your points"), when=has_cards)


@bp.get("")
@open_to_all
def show() -> Response:
    """The question; the square code of a card brings its number along."""
    return _ask_page(AskForm(formdata=None, data={"asked": request.args.get("card", "")[:40]}))


@bp.post("")
@open_to_all
def ask() -> Response | BaseResponse:
    """Note the wish. Nobody is looked up here: who it is, the worker finds out."""
    form = AskForm()
    asked = form.read()
    if asked is None:
        return _ask_page(form, 422)
    if form.website.data:
        return see_other(_at("balance_asking.show"))
    return _asked(lambda: asking.ask(asked, address=_address(), language=page_language(), now=clock.now()))


@bp.get("/<token>")
@open_to_all
def code(token: str) -> Response:
    """The field for the code."""
    return _code_page(token, CodeForm(formdata=None))


@bp.post("/<token>")
@open_to_all
def enter(token: str) -> Response | BaseResponse:
    """Try the code; the right one opens the page of the card."""
    form = CodeForm()
    if not form.submitted():
        return _code_page(token, form, 422)
    try:
        link = asking.try_code(token, form.code.data or "", now=clock.now())
    except TooOften:
        return _too_often()
    except BadCode as error:
        if error.code == "over":
            return _over()
        form.say("code", SENTENCES[error.code])
        return _code_page(token, form, 422)
    return see_other(url_for("balance.show", token=link))


@bp.post("/<token>/again")
@open_to_all
def again(token: str) -> Response | BaseResponse:
    """One more code for the same wish."""
    return _asked(lambda: asking.ask_again(token, address=_address(), language=page_language(), now=clock.now()),
                  again=1)


def _asked(wish: Callable[[], str], **more: int) -> Response | BaseResponse:
    try:
        token = wish()
    except TooOften:
        return _too_often()
    except BadCode:
        return _over()
    return see_other(_at("balance_asking.code", token=token, **more))


def _at(endpoint: str, **values: Any) -> str:
    """An address of these pages that keeps the language a visitor chose in the address."""
    lang = request.args.get("lang")
    return url_for(endpoint, lang=lang if lang in LANGUAGES else None, **values)


def _address() -> str:
    return request.remote_addr or ""


def _ask_page(form: AskForm, status: int = 200) -> Response:
    return _page("club/balance_ask.html", status, form=form)


def _code_page(token: str, form: CodeForm, status: int = 200) -> Response:
    row = asking.asked_by(token)
    if row is None or not _is_open(row):
        return _over()
    asked = Asked(row.asked)
    return _page("club/balance_code.html", status, form=form, token=token, asked=asked, minutes=MINUTES,
                 shown=phones.display(asked.text) if asked.is_phone else display(asked.text),
                 is_again=request.args.get("again") == "1")


def _is_open(row: BalanceAsk) -> bool:
    return bool(row.asked) and row.used_at is None and row.expires_at > clock.now()


def _over() -> Response:
    return _page("club/balance_stop.html", 404, title=_("This code is over"),
                 text=_("A code lives ten minutes and opens the page once. Ask for a new one."), is_over=True)


def _too_often() -> Response:
    return _page("club/balance_stop.html", 429, title=_("Too many questions"), is_over=False, text=_(
        "From your network codes were asked for too often. Try again in an hour, or call us."))


def _page(template: str, status: int, **context: Any) -> Response:
    phone, email = agency_contacts()
    return plain_page(template, status, phone=phone, email=email, at=_at, **context)
