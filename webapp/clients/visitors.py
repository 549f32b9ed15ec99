"""What pages behind personal links share: the reader's language, the agency's contacts, the answer to a dead link."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Flask, Response, current_app, has_request_context, request, url_for
from flask_babel import force_locale
from sqlalchemy import select

from webapp.clients.links import find_link
from webapp.clients.models import Client, PersonalLink
from webapp.db import db
from webapp.kit import clock
from webapp.kit.phones import display
from webapp.staff.models import Office, setting
from webapp.web.guard import by_token
from webapp.web.i18n import LANGUAGES, follows_browser, page_language, speaker
from webapp.web.page import page

View = Callable[[str, PersonalLink], Any]
_LINKS = "snova.visitor_links"
GUESSES = "30 per minute"
_NOT_FOUND = 404
_LONGEST = 100
NAMES = {"ru": "Русский", "en": "English"}


def add_visitor_link(app: Flask, endpoint: str, label: Any, *, when: Callable[[], bool]) -> None:
    """A room puts a page that is open to everybody into the foot of pages for visitors, `when` it has a use."""
    app.extensions.setdefault(_LINKS, []).append((endpoint, label, when))


def guard_links(app: Flask, blueprint: Blueprint) -> None:
    """Pages whose address is the proof: no form token, and a limit on addresses that open nothing.

    Only misses count: mail providers send the one-click requests of all their readers from few machines.
    """
    app.extensions["csrf"].exempt(blueprint)
    for limiter in app.extensions.get("limiter", ()):
        limiter.limit(GUESSES, deduct_when=lambda response: response.status_code == _NOT_FOUND)(blueprint)


def carry_language(app: Flask, blueprint: Blueprint) -> None:
    """Links, forms and answers of these pages to one another keep the language that was chosen on them."""
    def keep(_endpoint: str, values: dict[str, Any]) -> None:
        if has_request_context() and chosen_language():
            values.setdefault("lang", chosen_language())
    app.url_default_functions[blueprint.name].append(keep)


def behind_link(purpose: str) -> Callable[[View], Callable[[str], Any]]:
    """A view whose token must be a link of this purpose; it gets the link as well. All others see `link_over`."""
    def declare(view: View) -> Callable[[str], Any]:
        @by_token
        @wraps(view)
        def found(token: str) -> Any:
            link = find_link(purpose, token, now=clock.now())
            return view(token, link) if link else link_over()
        return found
    return declare


@contextmanager
def spoken_to(client: Client) -> Iterator[None]:
    """Words are those of the client's language, whoever looks."""
    with force_locale(client.language):
        yield


@contextmanager
def spoken_to_reader(client: Client) -> Iterator[None]:
    """Words are those of the language chosen on the page, else of the client's."""
    with force_locale(chosen_language() or client.language):
        yield


def visitor_page(template: str, client: Client, status: int = 200, **context: Any) -> Response:
    """A page for one client, with the contacts of the client's office in its foot."""
    office = client.office
    return plain_page(template, status, phone=office.phone, email=office.email, client_agency=office.name, **context)


def plain_page(template: str, status: int = 200, *, phone: str = "", email: str = "", **context: Any) -> Response:
    """A page for visitors: it says how to reach the agency (by its own contacts unless others are given).

    A page that knows `reach` (`reach_by`) and `foot_links` itself saves the questions for them.
    """
    if "reach" not in context:
        context["reach"] = _reach(phone, email)
    if "foot_links" not in context:
        context["foot_links"] = [(endpoint, label) for endpoint, label, when
                                 in current_app.extensions.get(_LINKS, ()) if when()]
    context.setdefault("languages", language_switch() if follows_browser() else ())
    answer = page(template, status=status, _=speaker(page_language()), foot_lang=kept_language(), **context)
    if follows_browser():
        answer.vary.add("Accept-Language")
    # The address is a key: it goes to nobody as a referrer, and into no index.
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    return answer


def kept_language() -> str | None:
    """The language that links of this page carry on: the one chosen by `?lang=`, or that of the client."""
    if not follows_browser():
        return page_language()
    return chosen_language()


def chosen_language() -> str | None:
    """The language that somebody chose on the page itself, by `?lang=`."""
    chosen = request.args.get("lang")
    return chosen if chosen in LANGUAGES else None


def _where_it_began() -> str:
    """The page whose form was answered; behind a personal link the one of that link."""
    endpoint = f"{request.blueprint}.show"
    takes = {name for rule in current_app.url_map.iter_rules(endpoint) for name in rule.arguments}
    return url_for(endpoint, **{name: value for name, value in (request.view_args or {}).items() if name in takes})


def language_switch() -> list[tuple[str, str, str]]:
    """(code, name, address) of the languages of this page; the page itself, or where it began."""
    is_here = request.method == "GET" or current_app.url_map.bind("").test(request.path, "GET")
    path = "" if is_here else _where_it_began()
    more = {name: value[:_LONGEST] for name, value in request.args.items() if name != "lang"}
    return [(code, name, f"{path}?{urlencode({**more, 'lang': code})}") for code, name in NAMES.items()]


def reach_by(phone: str, email: str) -> dict[str, str]:
    """How visitors reach the agency, as the foot of their pages shows it."""
    return {"phone": phone, "shown": display(phone) if phone else "", "email": email}


def link_over() -> Response:
    """One answer for links that are unknown, over or taken back: nobody learns which."""
    phone, email = agency_contacts()
    return plain_page("clients/link_over.html", _NOT_FOUND, phone=phone, email=email)


def agency_contacts() -> tuple[str, str]:
    """Phone and e-mail of the agency, else of its first open office: for visitors of whom nothing is known."""
    agency = str(setting("agency_phone") or ""), str(setting("agency_email") or "")
    if any(agency):
        return agency
    office = db.session.scalars(select(Office).where(Office.closed_on.is_(None)).order_by(Office.id).limit(1)).first()
    return (office.phone, office.email) if office else agency


def _reach(phone: str, email: str) -> dict[str, str]:
    return reach_by(phone or str(setting("agency_phone") or ""), email or str(setting("agency_email") or ""))
