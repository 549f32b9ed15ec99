"""The form for a new trip: the client, three dates, and a preview of everything that will follow."""

from typing import Any

from flask import Response, abort, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from webapp.batches.actions import KeyTaken, was_sent
from webapp.clients.lookup import hidden
from webapp.clients.models import Client, client_for, consents_of, holders
from webapp.clients.search import find_clients
from webapp.db import db
from webapp.staff import words
from webapp.staff.models import Office, User, scoped
from webapp.staff.rules import DIRECTOR, SERVICE, BadInput
from webapp.trips import actions
from webapp.trips.board import colleagues_of
from webapp.trips.board_html import span_words
from webapp.trips.forms import NewTripForm
from webapp.trips.models import Trip
from webapp.trips.preview import Preview, preview_of
from webapp.trips.reach import Reach, reach_of, reach_typed
from webapp.trips.views.trips_blueprint import bp, me, moment, today_in
from webapp.web.guard import DESK, allow
from webapp.web.page import page, part, row_id, see_other
from webapp.web.panels import panels

PICKS = 5


@bp.get("/trips/new")
@allow(*DESK)
def new() -> Response:
    """An empty form; `client` chooses one beforehand, `q` looks for one."""
    chosen = _asked_client()
    form = _form(chosen, None)
    form.q.data = request.args.get("q", "").strip()
    form.purchase_on.data = form.today
    return _page(form, chosen)


@bp.post("/trips/new")
@allow(*DESK)
def save() -> BaseResponse:
    """Save the trip; `do` may ask to look for a client, to choose another one, or to check the dates instead."""
    chosen = _chosen_client()
    form = _form(chosen, request.form)
    wish = request.form.get("do", "")
    if wish == "other":
        form.client.data, form.q.data = "", ""
        return _page(form, None)
    if wish == "find" or (not wish and form.q.data and not chosen and not form.is_new_client):
        return _page(form, chosen)
    if wish == "check":
        return _checked(form, chosen)
    if not form.submitted() or not _is_settled(form, chosen):
        return _page(form, chosen, 422)
    return _saved(form, chosen)


@bp.post("/trips/preview")
@allow(*DESK)
def preview() -> Response:
    """What will follow: a part 300 ms after typing, or the whole page for «Check the dates»."""
    chosen = _chosen_client()
    form = _form(chosen, request.form)
    if "HX-Request" in request.headers:
        form.validate()
        return part("trips/_preview.html", preview=_preview(form, chosen), form=form)
    return _checked(form, chosen)


def _checked(form: NewTripForm, chosen: Client | None) -> Response:
    """The whole page with the preview; only faults of the dates are shown, the rest may still be empty."""
    form.validate()
    form.forgive_the_rest()
    return _page(form, chosen, 422 if form.errors else 200)


def _saved(form: NewTripForm, chosen: Client | None) -> BaseResponse:
    client = chosen or actions.NewClient(form.facts, form.office.data, [p.raw for p in form.phones], form.addresses)
    seller = db.session.get_one(User, form.seller.data)
    try:
        trip, is_new = actions.sell_once(
            form.form_key.data or "", client, form.trip_data, seller=seller, actor=me(), now=moment(),
            news_text=form.news_text.data or "" if form.news.data else "")
    except KeyTaken as taken:
        form.form_key.renew()
        form.form_errors.append(_("This form was saved before with other facts: see the trip below. To change that "
                                  "trip, open it; to sell one more, save once more."))
        return _page(form, chosen, 409, saved=db.session.get(Trip, taken.result))
    except BadInput as error:
        form.form_errors.append(words.fault(error))
        return _page(form, chosen, 422)
    # Other rooms that had something to say of the client go on beside the route.
    url = url_for("trips.trip", trip_id=trip.id, _anchor="beside" if panels("new-trip", trip.client) else None)
    if not is_new:
        return see_other(url, _("This form was saved before: here is its trip."), "yellow")
    return see_other(url, _("Saved: %(name)s, %(where)s.", name=trip.client.full_name, where=trip.destination))


def _is_settled(form: NewTripForm, chosen: Client | None) -> bool:
    """The seller is one of the colleagues, and a new client is not somebody we know already."""
    if form.seller.data not in dict(form.seller.choices):
        form.seller.errors = [_("Choose who sold the trip.")]
    # Pressed twice: whom this very form has made is not somebody else.
    again = was_sent(form.form_key.data or "", "trip", actor=me())
    if chosen is None and not form.sure.data and not again and _known(form):
        form.phone.errors = [_("Somebody has this phone or e-mail already. Choose them below, or tick that this is "
                               "another person.")]
    return not form.errors


def _page(form: NewTripForm, chosen: Client | None, status: int = 200, *, saved: Trip | None = None) -> Response:
    typed = form.q.data or ""
    found = find_clients(typed, current_user, PICKS) if typed and chosen is None else None
    known = _known(form) if chosen is None and form.is_submitted() and form.is_new_client else []
    others = hidden(known, current_user)
    return page("trips/new.html", status=status, form=form, client=chosen, found=found, typed=typed, saved=saved,
                span=span_words,
                preview=_preview(form, chosen), same=[row for row in known if row not in others],
                elsewhere=[row.full_name for row in others])


def _preview(form: NewTripForm, chosen: Client | None) -> Preview | None:
    if not form.dates_can_be:
        return None
    office = chosen.office if chosen else db.session.get_one(Office, form.office.data)
    found = preview_of(form.trip_data, office, client_zone=chosen.timezone if chosen else "",
                       reach=_reach(form, chosen), now=moment())
    if chosen:
        found.warnings.extend(_twice(chosen, form))
    return found


def _reach(form: NewTripForm, chosen: Client | None) -> Reach | None:
    if chosen:
        return reach_of(chosen, consents_of(chosen.id).values(), news=bool(form.news.data))
    if form.is_new_client:
        return reach_typed([p.e164 for p in form.phones], form.addresses, news=bool(form.news.data))
    return None


def _twice(client: Client, form: NewTripForm) -> list[str]:
    """A trip of the client on the same days is most often the same trip."""
    same = db.session.scalars(select(Trip).where(
        Trip.client_id == client.id, Trip.cancelled_at.is_(None), Trip.departure_on <= form.return_on.data,
        Trip.return_on >= form.departure_on.data))
    return [_("The client has a trip on these days already: %(where)s, %(days)s.", where=trip.destination or "—",
              days=span_words(trip.departure_on, trip.return_on)) for trip in same]


def _form(chosen: Client | None, typed: Any) -> NewTripForm:
    offices = list(db.session.scalars(scoped(select(Office).where(Office.closed_on.is_(None)), Office.id, current_user)
                                      .order_by(Office.id)))
    if not offices:
        abort(404)
    asked = request.form.get("office", type=row_id)
    office = chosen.office if chosen else next((o for o in offices if o.id == asked), offices[0])
    form = NewTripForm(typed, today=today_in(office))
    form.office.choices = [(o.id, o.name) for o in offices]
    form.office.data = office.id
    may_choose = bool(current_user.hats & {SERVICE, DIRECTOR})
    others = colleagues_of([office.id]) if may_choose else []
    form.seller.choices = [(current_user.id, current_user.name),
                           *((i, name) for i, name in others if i != current_user.id)]
    if typed is None or not may_choose or not form.seller.data:
        form.seller.data = current_user.id
    form.client.data = str(chosen.id) if chosen else ""
    if request.form.get("same"):
        for field in (form.last_name, form.first_name, form.phone, form.email):
            field.data = ""
    return form


def _asked_client() -> Client | None:
    if "client" not in request.args:
        return None
    return _client(request.args["client"]) or abort(404)


def _chosen_client() -> Client | None:
    return _client(request.form.get("same") or request.form.get("client") or "")


def _client(text: str) -> Client | None:
    number = int(text) if text.isdecimal() and len(text) < 10 else 0
    return client_for(number, current_user) if number else None


def _known(form: NewTripForm) -> list[Client]:
    """Clients of the whole network with this phone or e-mail; none while nothing is typed."""
    return holders([p.e164 for p in form.phones], form.addresses)
