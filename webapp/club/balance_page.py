"""The balance page behind a personal link: what is on a card, until when, and what moves that day.

Looking only reads and extends nothing (`domain.md` §5.4). Nothing on it says whose card it is.
"""

from datetime import date, datetime
from typing import Any

from flask import Blueprint, Flask, Response, json, make_response, request, url_for
from flask_babel import force_locale
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from webapp.clients.models import PersonalLink
from webapp.clients.visitors import (
    behind_link,
    chosen_language,
    guard_links,
    language_switch,
    plain_page,
    reach_by,
)
from webapp.club import balance_words as words
from webapp.club.actions import inviting, sharing
from webapp.club.balance import RECENT, Held, Line, cards_behind, history, invitation_of, of_the_agency, pending
from webapp.club.card_links import CARD
from webapp.club.gifts import waiting_for
from webapp.club.ladder import ladder_of
from webapp.club.number_rules import display
from webapp.club.qr import card_address, drawing
from webapp.club.words import percent
from webapp.kit import clock
from webapp.kit.days import ONE_DAY, local_day, zone
from webapp.web.page import see_other

bp = Blueprint("balance", __name__, url_prefix="/b/<token>")
ICONS = ((192, "any"), (512, "any"), (512, "maskable"))
PAPER, SEA = "#f6f6f3", "#0a5566"


def register(app: Flask) -> None:
    """The token in the address is the proof; guessing it has a limit."""
    guard_links(app, bp)
    app.jinja_env.filters.update(spaced=words.spaced, card_number=display, share=percent)


@bp.get("")
@behind_link(CARD)
def show(token: str, link: PersonalLink) -> Response:
    """Balance, burn date and what moves it, levels, friends, history; in the client's language or the one chosen."""
    cards = cards_behind(link)
    with force_locale(chosen_language() or (cards[0].language if cards else None)):
        if not cards:
            return plain_page("club/balance_none.html")
        return _balance(token, link, cards, _chosen(cards), clock.now())


@bp.post("/invitation")
@behind_link(CARD)
def invite(token: str, link: PersonalLink) -> BaseResponse:
    """Make the invitation of friends; the same again gives the one that is there."""
    cards = cards_behind(link)
    if cards:
        inviting.invitation(_chosen(cards).client_id, now=clock.now())
    return see_other(url_for("balance.show", token=token, card=request.args.get("card"), lang=chosen_language(),
                             _anchor="friend"))


@bp.post("/link")
@behind_link(CARD)
def keep(token: str, link: PersonalLink) -> BaseResponse:
    """Send a link that stays by SMS to the owner's phone, once a day: this one closes within the hour."""
    cards, now = cards_behind(link), clock.now()
    if cards and _staying(link, _chosen(cards), now)["is_short"]:
        sharing.send_own_link(_chosen(cards).id, now=now)
    return see_other(url_for("balance.show", token=token, card=request.args.get("card"), lang=chosen_language(), sent=1,
                             _anchor="keep"))


@bp.get("/card.webmanifest")
@behind_link(CARD)
def manifest(token: str, link: PersonalLink) -> Response:
    """What a phone needs to keep the page on its screen like an app."""
    cards = cards_behind(link)
    agency = of_the_agency()[1]["agency_name"] or (cards[0].office if cards else "")
    here = url_for("balance.show", token=token)
    with force_locale(cards[0].language if cards else None):
        name = _("My card")
    facts = {"name": f"{name} – {agency}" if agency else name, "short_name": name, "id": here, "start_url": here,
             "scope": here, "display": "standalone", "background_color": PAPER, "theme_color": SEA,
             "icons": [{"src": url_for("static", filename=f"card-{size}.png"), "sizes": f"{size}x{size}",
                        "type": "image/png", "purpose": purpose} for size, purpose in ICONS]}
    answer = make_response(json.dumps(facts))
    answer.headers.update({"Content-Type": "application/manifest+json", "Referrer-Policy": "no-referrer",
                           "X-Robots-Tag": "noindex, nofollow"})
    return answer


def _chosen(cards: list[Held]) -> Held:
    """The card that `?card=2` means, counted as the page shows them; no number of a row is ever in an address."""
    wished = request.args.get("card", "1")
    place = int(wished) if wished.isdecimal() and len(wished) < 4 else 1
    return cards[place - 1] if 0 < place <= len(cards) else cards[0]


def _balance(token: str, link: PersonalLink, cards: list[Held], card: Held, now: datetime) -> Response:
    terms, agency = of_the_agency()
    today = local_day(now, zone(card.zone))
    is_all = request.args.get("all") == "1"
    lines = history(card, most=None if is_all else RECENT + 1)
    return plain_page(
        "club/balance.html", reach=reach_by(card.phone or agency["agency_phone"], card.email or agency["agency_email"]),
        foot_links=(), languages=language_switch(), lang=chosen_language(),
        agency_name=agency["agency_name"] or card.office, token=token, card=card, cards=cards,
        place=cards.index(card) + 1, terms=terms, words=words, pending=pending(card.id, today),
        ladder=ladder_of(card.client_id, today), gifts=waiting_for(card.client_id),
        invitation=invitation_of(card.client_id), lines=words.said(lines if is_all else lines[:RECENT]),
        burnt=_burnt(card, lines), has_more=not is_all and len(lines) > RECENT,
        code=drawing(card_address(card.number)) if card.number else "", **_staying(link, card, now),
        **_burning(card, today))


def _staying(link: PersonalLink, card: Held, now: datetime) -> dict[str, Any]:
    """Whether the page may be kept on a phone, or when it closes: a link for a code lasts an hour."""
    ends = link.expires_at
    if ends is None or ends - now >= ONE_DAY:
        return {"is_short": False}
    return {"is_short": True, "closes_at": ends.astimezone(zone(card.zone)), "is_sent": request.args.get("sent") == "1"}


def _burnt(card: Held, lines: list[Line]) -> Line | None:
    """The last line where the points burned and nothing came since: such a reader is no newcomer."""
    return lines[0] if lines and lines[0].kind == "burn" and not card.balance else None


def _burning(card: Held, today: date) -> dict[str, Any]:
    left = card.days_left(today)
    return {"left": left, "is_soon": card.is_soon(today), "is_over": left == 0}
