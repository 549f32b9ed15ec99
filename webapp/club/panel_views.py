"""Cards on other pages: «Card and points» of a trip, the cards of a client."""

from typing import Any

from flask import Blueprint, Flask, Response, abort, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from markupsafe import Markup
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from webapp.batches.actions import KeyTaken, once
from webapp.clients.models import Client
from webapp.club import words
from webapp.club.actions.sales import recount as recount_bonus
from webapp.club.actions.sales import take_off, use_card
from webapp.club.burn_rules import last_usable
from webapp.club.ledger_rules import BadPosting
from webapp.club.lookup import Line, known_number, lines_of, presented_on
from webapp.club.models import BurnWarning, Card, terms
from webapp.club.trip_form import OTHER, TripCardForm
from webapp.club.trip_offer import candidates, if_cancelled, line_of, noted_of, offer_of
from webapp.db import db
from webapp.kit import clock
from webapp.staff.audit import actor_of
from webapp.staff.rules import Actor, BadInput
from webapp.touches.models import Touch
from webapp.trips.actions import may_change
from webapp.trips.models import Trip
from webapp.web.guard import DESK, allow
from webapp.web.i18n import today_here
from webapp.web.page import is_partial, page, part, row_id, safe_next, see_other
from webapp.web.panels import add_panel

bp = Blueprint("trip_bonus", __name__, url_prefix="/trips/<int:trip_id>/bonus")


def register(app: Flask) -> None:
    """Put the panels into their places."""
    add_panel(app, "trip", _on_trip, order=20)
    add_panel(app, "new-trip", _on_new_trip, order=20)
    add_panel(app, "trip-cancel", _on_cancelling, order=20)
    add_panel(app, "client", _on_client, order=20)
    add_panel(app, "step", _at_warning, order=20)


@bp.get("")
@allow(*DESK)
def show(trip_id: int) -> Response:
    """Card and points of a trip on a page of their own."""
    trip = _trip(trip_id)
    return page("club/trip_bonus.html", trip=trip, **_context(trip))


@bp.post("")
@allow(*DESK)
def apply(trip_id: int) -> Response | BaseResponse:
    """Count what is to be paid (`do` is count or all), or note the card and spend the points."""
    trip = _trip(trip_id)
    form = TripCardForm()
    lines = candidates(trip)
    form.offer_cards(lines, trip.client_id)
    good = form.submitted()
    line = _chosen(form, lines)
    wish = request.form.get("do", "")
    if wish == "all" and line is not None:
        form.bonus_spend.typed, form.bonus_spend.errors = "", []
        form.bonus_spend.data = offer_of(trip, line, 0, bool(form.bonus_discount.data)).most
    if wish != "apply" or not good or line is None or form.errors:
        if line is not None and not form.errors:
            _check_spend(form, trip, line)
        return _answer(trip, form, 422 if form.errors or form.form_errors else 200, line=line)
    return _applied(trip, form, line)


@bp.post("/removal")
@allow(*DESK)
def remove(trip_id: int) -> BaseResponse:
    """Take the card off: points spent come back, nothing is pending any more."""
    trip = _trip(trip_id)
    try:
        turn = request.form.get("turn", type=row_id)
        if turn is None:
            # Nobody has seen what is to be taken off: the form of our page always says which.
            raise BadInput("changed")
        take_off(trip.id, key=f"{trip.id}:{turn}", turn=turn, actor=me(), now=clock.now())
    except (BadInput, BadPosting) as error:
        return see_other(_url(trip), _refused(error), "yellow")
    return see_other(_url(trip), _("The card is off the trip, the points are back on it."))


@bp.post("/recount")
@allow(*DESK)
def recount(trip_id: int) -> BaseResponse:
    """The discount follows the present price."""
    trip = _trip(trip_id)
    try:
        recount_bonus(trip.id, actor=me(), now=clock.now())
    except (BadInput, BadPosting) as error:
        return see_other(_url(trip), _refused(error), "yellow")
    return see_other(_url(trip), _("Counted anew by the present price."))


def me() -> Actor:
    """The signed-in person as an author of changes."""
    return actor_of(current_user)


def _applied(trip: Trip, form: TripCardForm, line: Line) -> Response | BaseResponse:
    spend, with_discount = form.bonus_spend.data or 0, bool(form.bonus_discount.data)
    try:
        _id, is_new = once(form.bonus_key.data or "", "trip-bonus", lambda: use_card(
            trip.id, line.card.id, spend=spend, with_discount=with_discount,
            key=f"{current_user.id}:{form.bonus_key.data}", actor=me(), now=clock.now()).id,
            content=(trip.id, line.card.id, spend, with_discount), actor=me(), now=clock.now())
    except KeyTaken:
        form.bonus_key.renew()
        form.say("", _("This form was sent before with other numbers. See what is noted now."))
        return _answer(trip, form, 409, line=line)
    except BadInput as error:
        if error.code == "too-many":
            # The share of the price may be more than there is on the card: the smaller number is the useful one.
            _check_spend(form, trip, line)
        else:
            form.say("", words.fault(error))
        return _answer(trip, form, 422, line=line)
    except BadPosting as error:
        form.say("bonus_spend", _refused(error))
        return _answer(trip, form, 422, line=line)
    said = _("The card is noted at the trip.") if is_new else _(
        "This form was sent before: see below what is noted now.")
    if is_partial():
        # Led to its own address with another anchor, a browser would not load the page anew.
        db.session.expire_all()
        return part("club/_trip_panel.html", "club/_said.html", trip=trip, said=said, **_context(trip))
    return see_other(_url(trip), said)


def _refused(error: BadInput | BadPosting) -> str:
    """Points of a trip follow from its price: nobody has typed a number of them that could be wrong."""
    if isinstance(error, BadPosting) and error.code == "bad-amount":
        return _("Points cannot be counted with such a price. Look at the price of the trip.")
    return words.fault(error)


def _chosen(form: TripCardForm, lines: list[Line]) -> Line | None:
    """The chosen card, or the one whose number was typed; says beside the field why there is none."""
    if form.bonus_card.data != OTHER:
        return next(line for line in lines if str(line.card.id) == form.bonus_card.data)
    if form.bonus_number.errors:
        return None
    number = form.bonus_number.data
    known = known_number(number) if number else None
    if known is None:
        form.say("bonus_number", _("Type or scan the number on the card."))
    elif known.card is None:
        form.say("bonus_number", _("Nobody has this card yet. Sell it first, then it can be used.") if known.is_blank
                 else _("There is no card with this number."))
    elif known.is_old:
        form.say("bonus_number", _("This number is void: the card got a new one."))
    elif not known.card.is_open:
        form.say("bonus_number", _("This card is blocked. Unblock it first."))
    else:
        return line_of(known.card)
    return None


def _check_spend(form: TripCardForm, trip: Trip, line: Line) -> None:
    """Whatever is more than may be spent is told while it is only counted."""
    most = offer_of(trip, line, 0, bool(form.bonus_discount.data)).most
    if (form.bonus_spend.data or 0) <= most:
        return
    if most == line.balance:
        form.say("bonus_spend", _("There are only %(points)s on the card.", points=words.points(most)))
    else:
        form.say("bonus_spend", _("Points pay up to %(share)s of the price: at most %(value)s on this trip.",
                                  share=words.percent(terms().share_bp), value=words.plain(most)))


def _answer(trip: Trip, form: TripCardForm, status: int, *, line: Line | None) -> Response:
    context = _context(trip, form, line)
    if is_partial():
        return part("club/_trip_panel.html", status=status, trip=trip, **context)
    return page("club/trip_bonus.html", status=status, trip=trip, **context)


def _on_trip(trip: Trip) -> Markup:
    return Markup(render_template("club/_trip_panel.html", trip=trip, **_context(trip)))  # noqa: S704 - our own template


def _on_new_trip(client: Client) -> Markup | None:
    lines = lines_of([client.id]).get(client.id, [])
    if not lines:
        return None
    return Markup(render_template("club/_new_trip.html", lines=lines, words=words, terms=terms()))  # noqa: S704 - ours


def _on_cancelling(trip: Trip) -> Markup | None:
    outcome = if_cancelled(trip)
    if outcome is None:
        return None
    return Markup(render_template("club/_trip_cancel.html", outcome=outcome, words=words))  # noqa: S704 - ours


def _context(trip: Trip, form: TripCardForm | None = None, line: Line | None = None) -> dict[str, Any]:
    noted = noted_of(trip)
    own = lines_of([trip.client_id]).get(trip.client_id, []) if noted is None else []
    context: dict[str, Any] = {
        "noted": noted, "is_presented": noted is not None and bool(presented_on(today_here(), [noted.row.card_id])),
        "words": words, "terms": terms(), "form": None, "offer": None, "no_card": False,
        "own": own, "blocked": [line for line in own if not line.card.is_open],
        "sell_url": url_for("cards.new", client=trip.client_id, back=_url(trip)),
        "may_change": may_change(trip, actor=me(), now=clock.now())}
    if noted is not None or trip.cancelled_at is not None or not trip.price_kopecks or not context["may_change"]:
        return context
    if form is None:
        lines = candidates(trip)
        form = TripCardForm(None)
        form.bonus_discount.data = True
        form.offer_cards(lines, trip.client_id)
        line = lines[0] if lines else None
    context["form"], context["no_card"] = form, len(form.bonus_card.choices) == 1
    context["line"] = line
    if line is not None:
        context["offer"] = offer_of(trip, line, form.bonus_spend.data or 0, bool(form.bonus_discount.data))
    return context


def _on_client(client: Client) -> Markup:
    lines = lines_of([client.id]).get(client.id, [])
    return Markup(render_template(  # noqa: S704 - our own template
        "club/_client_panel.html", client=client, lines=lines, words=words, last_usable=last_usable,
        presented=presented_on(today_here(), [line.card.id for line in lines]),
        here=url_for("clients.index") + f"/{client.id}"))


def _at_warning(touch: Touch) -> Markup | None:
    """In a call before a burn: the card it is about, for whoever may use cards."""
    if touch.occasion_id is None or not current_user.hats & set(DESK):
        return None
    card_id = db.session.scalar(select(BurnWarning.card_id).where(BurnWarning.occasion_id == touch.occasion_id))
    card = db.session.get(Card, card_id) if card_id else None
    if card is None or card.merged_into_id is not None:
        return None
    here = url_for("steps.step", touch_id=touch.id, back=safe_next(request.args.get("back"), "") or None)
    return Markup(render_template("club/_burn_card.html", line=line_of(card), words=words,  # noqa: S704 - our own
                                  is_presented=bool(presented_on(today_here(), [card.id])),
                                  last_usable=last_usable, here=here))


def _trip(trip_id: int) -> Trip:
    trip = db.session.get(Trip, trip_id)
    if trip is None or not me().may_see(trip.office_id):
        abort(404)
    return trip


def _url(trip: Trip) -> str:
    return f"{url_for('trips.trip', trip_id=trip.id)}#trip-bonus"
