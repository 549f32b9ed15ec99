"""Pages of clients for staff: search, adding, editing, and the short list other forms choose from."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from flask import Blueprint, Flask, Response, abort, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from webapp.clients import actions, contact_views, labels, rules, text_views
from webapp.clients.contact_views import client_or_404, page_of
from webapp.clients.forms import ClientForm, NewClientForm
from webapp.clients.lookup import hidden, known_elsewhere
from webapp.clients.models import Client, holders
from webapp.clients.picking import purpose_of
from webapp.clients.search import MOST, Found, find_clients, recent_clients
from webapp.clients.sources import source_kept, source_words
from webapp.db import db
from webapp.kit import clock, names, phones
from webapp.kit.days import zone
from webapp.staff import zones
from webapp.staff.audit import actor_of
from webapp.staff.models import Office, scoped
from webapp.web.guard import DESK, allow
from webapp.web.nav import Section, add_section, stand_in
from webapp.web.page import is_partial, page, part, row_id, safe_next, see_other

bp = Blueprint("clients", __name__, url_prefix="/clients")
blueprints = [bp, contact_views.bp, text_views.bp]
PAGE, PICKS = 50, 5


def register(app: Flask) -> None:
    """Put the section into the bar; give templates the words of this room."""
    add_section(app, Section("clients.index", _l("Clients"), 20, frozenset(DESK), "/clients"))
    text_views.register(app)
    app.jinja_env.filters["phone"] = phones.display
    app.jinja_env.globals["client_words"] = labels


@bp.get("")
@allow(*DESK)
def index() -> Response:
    """Search by name, phone, e-mail; before anything is typed, the clients added last."""
    typed = request.args.get("q", "").strip()
    count = min(max(request.args.get("n", PAGE, type=row_id), PAGE), MOST)
    found = find_clients(typed, current_user, count) if typed else recent_clients(current_user, count)
    context: dict[str, Any] = {
        "typed": typed, "found": found, "found_words": _said(typed, found), "many_offices": _many_offices(),
        "more": count + PAGE if found.next_offset and count < MOST else None,
        "elsewhere": known_elsewhere(typed, current_user) if typed else []}
    if is_partial():
        return part("clients/_found.html", "clients/_status.html", **context)
    return page("clients/index.html", **context)


@bp.get("/pick")
@allow(*DESK)
def pick() -> Response:
    """Up to five clients to choose one from: a part of other forms, or a page that goes on to `next`, or `back`."""
    typed = request.args.get("q", "").strip()
    found = find_clients(typed, current_user, PICKS) if typed else Found()
    next_url = safe_next(request.args.get("next"), "/trips/new")
    purpose = purpose_of(next_url)
    if purpose:
        stand_in(next_url)
    return page("clients/pick.html", "clients/_pick.html", typed=typed, found=found, purpose=purpose, next_url=next_url,
                back_url=safe_next(request.args.get("back"), url_for("clients.index")))


@bp.route("/new", methods=["GET", "POST"])
@allow(*DESK)
def new() -> Response | BaseResponse:
    """A new client; somebody with the same phone or e-mail is shown before, and may be added all the same."""
    offices = list(db.session.scalars(scoped(db.select(Office), Office.id, current_user).order_by(Office.id)))
    if not offices:
        abort(404)
    form = NewClientForm(today=clock.today(zone(offices[0].timezone)), zones=zones_to_choose(clock.now()),
                         data=None if request.form else _taken_over())
    form.offer_offices({office.id: office.name for office in offices})
    if not form.submitted():
        return page("clients/new.html", status=_status(form), form=form, next_url=_next(), same=[], same_elsewhere=[])
    same = holders(form.e164s, form.addresses)
    if same and form.sure.data != "1":
        own, others = _split(same)
        form.sure.data = "1"
        return page("clients/new.html", status=422, form=form, next_url=_next(), same=own, same_elsewhere=others)
    client = actions.add_client(form.facts(), office_id=form.office.data, phones=form.raw_phones, emails=form.addresses,
                                actor=actor_of(current_user), now=clock.now())
    return see_other(_onward(client), _("Added: %(name)s", name=client.full_name))


@bp.route("/<int:client_id>/edit", methods=["GET", "POST"])
@allow(*DESK)
def edit(client_id: int) -> Response | BaseResponse:
    """Everything known about a client in one form; a change somebody made meanwhile is never overwritten."""
    client = client_or_404(client_id)
    today = clock.today(zone(client.zone))
    form = ClientForm(today=today, zones=zones_to_choose(clock.now(), client.timezone),
                      data=None if request.form else _shown(client, today))
    changed = []
    if form.submitted():
        try:
            actions.edit_client(client, _typed(form, client), seen=form.seen.data, actor=actor_of(current_user),
                                now=clock.now())
            return see_other(page_of(client), _("Saved."))
        except rules.ChangedMeanwhile:
            db.session.refresh(client)
            changed = _differences(_typed(form, client), client, today)
            if not changed:
                return see_other(page_of(client), _("Saved."))
            form.seen.data = rules.fingerprint(rules.facts_of(client))
    return page("clients/edit.html", status=409 if changed else _status(form), form=form, client=client,
                changed=changed)


def zones_to_choose(now: datetime, own: str = "") -> dict[str, dict[str, Any]]:
    """Zones of Russia and its neighbours in groups, and the client's own when it is another."""
    other = {own: own} if own and own not in zones.RUSSIAN and own not in zones.NEAR else {}
    return {_("Usual"): {"": _("As the office"), **other},
            _("Russia"): {code: zones.label(code, now) for code in zones.RUSSIAN},
            _("Neighbours"): {code: zones.label(code, now) for code in zones.NEAR}}


def _said(typed: str, found: Found) -> str:
    if not typed:
        return _("Added last")
    if found.capped:
        return _("More than %(num)d found. Type more letters.", num=MOST)
    return ngettext("%(num)d client found", "%(num)d clients found", found.total)


def _status(form: Any) -> int:
    return 422 if form.errors else 200


def _many_offices() -> bool:
    return current_user.is_network or len(current_user.offices) > 1


def _taken_over() -> dict[str, Any]:
    """What was typed into the search goes to its place in the form of a new client."""
    typed = request.args.get("q", "").strip()
    if "@" in typed:
        return {"emails": typed}
    if phones.find(typed):
        return {"phones": typed}
    name = names.read_name(typed)
    return {"last_name": name.last, "first_name": name.first, "middle_name": name.middle}


def _next() -> str:
    return safe_next(request.values.get("next"), "")


def _onward(client: Client) -> str:
    """Back to the form that asked for a client, with the new one chosen; else to the client's page."""
    back = _next()
    return f"{back}{'&' if '?' in back else '?'}client={client.id}" if back else page_of(client)


def _split(same: list[Client]) -> tuple[list[Client], list[str]]:
    others = hidden(same, current_user)
    return [row for row in same if row not in others], [row.full_name for row in others]


def _shown(client: Client, today: date) -> dict[str, Any]:
    """The stored facts as the form shows them."""
    stored = dict(client.preferences)
    stored["children"] = rules.ages_from_born(stored.get("children", []), today)
    stored["budget"] = labels.plain_sum(stored.get("budget"))
    facts = rules.facts_of(client)
    return {**{name: getattr(facts, name) for name in rules.FACT_NAMES}, **stored, "source": source_words(facts.source),
            "seen": rules.fingerprint(facts)}


def _typed(form: ClientForm, client: Client) -> rules.ClientFacts:
    """What was typed; where the client came from keeps its code while its words stand there."""
    facts = form.facts()
    return replace(facts, source=source_kept(facts.source, client.source))


def _differences(typed: rules.ClientFacts, client: Client, today: date) -> list[dict[str, Any]]:
    """What stands now beside what was typed, for the fields in which they differ."""
    now, mine = labels.in_words(rules.facts_of(client), today), labels.in_words(typed, today)
    return [{"label": label, "old": now[label], "new": mine[label]} for label in mine if now[label] != mine[label]]
