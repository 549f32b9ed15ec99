"""«A survey waits for you» on the page of a card. Nothing that goes on from there says whose card it is."""

from flask import Blueprint, Flask, render_template, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response as BaseResponse

from webapp.clients.models import PersonalLink
from webapp.clients.visitors import behind_link, carry_language, guard_links
from webapp.club.balance import Held, cards_behind
from webapp.club.card_links import CARD
from webapp.kit import clock
from webapp.surveys.actions.asking import open_from_card
from webapp.surveys.asking import due_trip
from webapp.web.page import see_other
from webapp.web.panels import add_panel

bp = Blueprint("survey_card", __name__, url_prefix="/b/<token>")
POSTS = "30 per hour"


def register(app: Flask) -> None:
    """Stand on the page of the card, and open the survey from there."""
    guard_links(app, bp)
    carry_language(app, bp)
    for limiter in app.extensions.get("limiter", ()):
        limiter.limit(POSTS, methods=["POST"])(bp)
    add_panel(app, "balance", _on_balance)


@bp.post("/survey")
@behind_link(CARD)
def go(token: str, link: PersonalLink) -> BaseResponse:
    """Make the link to the survey, which looking never does, and go there; back where nothing is asked any more."""
    cards, now = cards_behind(link), clock.now()
    token_of_survey = open_from_card(cards[0].client_id, now=now) if cards else ""
    if not token_of_survey:
        return see_other(url_for("balance.show", token=token))
    return see_other(url_for("survey.show", token=token_of_survey))


def _on_balance(shown: tuple[Held, str]) -> Markup | None:
    card, token = shown
    if due_trip(card.client_id, now=clock.now()) is None:
        return None
    return Markup(render_template("surveys/_on_balance.html", token=token))  # noqa: S704 - a template of ours
