"""A card is sold or given: first the client, then price and number; the new card's page offers its QR to print."""

import re
from typing import Any

from flask import Response, abort, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from webapp.batches.actions import KeyTaken, once
from webapp.clients.models import Client, client_for
from webapp.clients.search import find_clients
from webapp.club import words
from webapp.club.actions.cards import issue_card
from webapp.club.cards_blueprint import bp, me, moment, offices_of_mine
from webapp.club.forms import SaleForm
from webapp.club.lookup import lines_of
from webapp.club.models import PLASTIC, number_of, terms
from webapp.club.trip_offer import noted_of
from webapp.db import db
from webapp.kit import money
from webapp.staff.lists import colleagues
from webapp.staff.models import Office
from webapp.staff.rules import DIRECTOR, SERVICE, BadInput
from webapp.trips.models import Trip
from webapp.web.guard import DESK, allow
from webapp.web.page import page, safe_next, see_other

PICKS = 5


@bp.get("/new")
@allow(*DESK)
def new() -> Response:
    """Choose the client; with `client` the form. `gift` makes it a present, `number` is the card in the hand."""
    typed = request.args.get("q", "").strip()
    if "client" not in request.args:
        found = find_clients(typed, current_user, PICKS) if typed else None
        # «Next» before anybody was chosen: said beside the field, the way back is the field itself.
        is_asked = request.args.get("do") == "next"
        return page("club/pick.html", status=422 if is_asked else 200, is_asked=is_asked, found=found, typed=typed,
                    is_gift=_is_gift(), back=_asked_back(),
                    number=request.args.get("number", ""), next_url=url_for(".new", **_carried()))
    client = _client(request.args["client"]) or abort(404)
    form = _form(client, None)
    form.price.data = "0" if _is_gift() else money.display(terms().price_kopecks).removesuffix("\u00a0₽")
    form.number.data = request.args.get("number", "")
    form.back.data = _asked_back()
    return _page(form, client)


@bp.post("/new")
@allow(*DESK)
def sell() -> Response | BaseResponse:
    """Sell or give it; the same form again gives the same card."""
    client = _client(request.form.get("client", "")) or abort(404)
    form = _form(client, request.form)
    if not form.submitted() or not _is_settled(form):
        return _page(form, client, 422)
    sale, office = form.sale, db.session.get_one(Office, form.office.data)
    try:
        card_id, is_new = once(form.form_key.data or "", "card",
                               lambda: issue_card(client, sale, office=office, actor=me(), now=moment()).id,
                               content=(client.id, office.id, sale), actor=me(), now=moment())
    except KeyTaken as taken:
        form.form_key.renew()
        form.say("", _("This form was saved before with other facts: see the card below."))
        return _page(form, client, 409, saved=number_of(taken.result))
    except BadInput as error:
        form.say("number" if error.field == "number" else "", words.fault(error))
        return _page(form, client, 422)
    number = number_of(card_id)
    url = safe_next(form.back.data, url_for(".show", number=number))
    if not is_new:
        return see_other(url, _("This form was saved before: here is its card."), "yellow")
    said = _("Card %(number)s is sold.") if sale.price_kopecks else _("Card %(number)s is given.")
    return see_other(url, said % {"number": words.number(number)} + _left_at_the_trip(url))


def _left_at_the_trip(url: str) -> str:
    """Sold from the page of a trip, a card is easily taken for one that is used there already."""
    found = re.fullmatch(r"/trips/(\d{1,9})#trip-bonus", url)
    trip = db.session.get(Trip, int(found[1])) if found else None
    if trip is None or not me().may_see(trip.office_id):
        return ""
    if trip.cancelled_at is not None or not trip.price_kopecks or noted_of(trip) is not None:
        return ""
    return " " + _("It is not noted at this trip yet: press “Note the card”.")


def _form(client: Client, typed: Any) -> SaleForm:
    offices = offices_of_mine()
    form = SaleForm(typed)
    form.client.data = str(client.id)
    form.office.choices = [(office.id, office.name) for office in offices]
    if form.office.data not in dict(form.office.choices):
        own = [office.id for office in offices if office.id == client.office_id]
        form.office.data = own[0] if own else offices[0].id
    office = next(office for office in offices if office.id == form.office.data)
    people = colleagues(office) if current_user.hats & {SERVICE, DIRECTOR} else []
    form.seller.choices = [(current_user.id, current_user.name),
                           *((one.id, one.name) for one in people if one.id != current_user.id)]
    if typed is None or not people or not form.seller.data:
        form.seller.data = current_user.id
    return form


def _is_settled(form: SaleForm) -> bool:
    if form.seller.data not in dict(form.seller.choices):
        form.say("seller", _("Choose who sold it."))
    return not form.errors


def _page(form: SaleForm, client: Client, status: int = 200, *, saved: str = "") -> Response:
    own = lines_of([client.id]).get(client.id, [])
    return page("club/sale.html", status=status, form=form, client=client, saved=saved, words=words,
                plastic=[line for line in own if line.card.kind == PLASTIC and line.card.is_open],
                virtual=[line for line in own if line.card.kind != PLASTIC and line.card.is_open],
                blocked=[line for line in own if not line.card.is_open])


def _client(text: str) -> Client | None:
    number = int(text) if text.isdecimal() and len(text) < 10 else 0
    return client_for(number, current_user) if number else None


def _is_gift() -> bool:
    return bool(request.args.get("gift"))


def _asked_back() -> str:
    return safe_next(request.args.get("back"), "")


def _carried() -> dict[str, Any]:
    """What a detour to a new client must not lose."""
    return {name: value for name in ("gift", "number", "back") if (value := request.args.get(name, ""))}
