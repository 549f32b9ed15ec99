"""What pages behind personal links share: the reader's language, the agency's contacts, the answer to a dead link."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

from flask import Blueprint, Flask, Response
from flask_babel import force_locale
from sqlalchemy import select

from webapp.clients.links import find_link
from webapp.clients.models import Client, PersonalLink
from webapp.db import db
from webapp.kit import clock
from webapp.kit.phones import display
from webapp.staff.models import Office, setting
from webapp.web.guard import by_token
from webapp.web.page import page

View = Callable[[str, PersonalLink], Any]
GUESSES = "30 per minute"
_NOT_FOUND = 404


def guard_links(app: Flask, blueprint: Blueprint) -> None:
    """Pages whose address is the proof: no form token, and a limit on addresses that open nothing.

    Only misses count: mail providers send the one-click requests of all their readers from few machines.
    """
    app.extensions["csrf"].exempt(blueprint)
    for limiter in app.extensions.get("limiter", ()):
        limiter.limit(GUESSES, deduct_when=lambda response: response.status_code == _NOT_FOUND)(blueprint)


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


def visitor_page(template: str, client: Client, status: int = 200, **context: Any) -> Response:
    """A page for one client, with the contacts of the client's office in its foot."""
    office = client.office
    return _plain(template, status, reach=_reach(office.phone, office.email), client_agency=office.name, **context)


def link_over() -> Response:
    """One answer for links that are unknown, over or taken back: nobody learns which."""
    office = db.session.scalars(select(Office).where(Office.closed_on.is_(None)).order_by(Office.id).limit(1)).first()
    agency = str(setting("agency_phone") or ""), str(setting("agency_email") or "")
    phone, email = agency if any(agency) or office is None else (office.phone, office.email)
    return _plain("clients/link_over.html", _NOT_FOUND, reach=_reach(phone, email))


def _plain(template: str, status: int, **context: Any) -> Response:
    answer = page(template, status=status, **context)
    # The address is a key: it goes to nobody as a referrer, and into no index.
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    return answer


def _reach(phone: str = "", email: str = "") -> dict[str, str]:
    phone = phone or str(setting("agency_phone") or "")
    return {"phone": phone, "shown": display(phone) if phone else "",
            "email": email or str(setting("agency_email") or "")}
