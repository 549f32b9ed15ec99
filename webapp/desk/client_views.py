"""The client's page: contacts, trips, timeline, preferences, consents, and what is worth asking the client."""

from flask import Blueprint, Flask, Response, abort, request
from flask_login import current_user

from webapp.clients import labels
from webapp.clients.lookup import hidden, offer_facts
from webapp.clients.models import Client, client_for, consents_of, holders
from webapp.desk import client_page
from webapp.desk.timeline import ICONS, SHOWN, about_words, step_title, timeline_of
from webapp.kit import clock
from webapp.kit.days import zone
from webapp.staff.rules import DIRECTOR
from webapp.web.guard import DESK, allow
from webapp.web.page import page

bp = Blueprint("client_page", __name__)
WHOLE = 2_000


def register(app: Flask) -> None:
    """Tell the look-up over the whole network when somebody last spoke with a client (`domain.md` §10)."""
    offer_facts(app, client_page.last_contacts)


@bp.get("/clients/<int:client_id>")
@allow(*DESK)
def show(client_id: int) -> Response:
    """Everything about one client of the person's own offices."""
    client = client_for(client_id, current_user) or abort(404)
    today = clock.today(zone(client.office.timezone))
    trips = client_page.trips_of(client.id)
    coming = next((trip for trip in reversed(trips) if trip.cancelled_at is None and trip.departure_on >= today), None)
    return page(
        "desk/client.html", client=client, trips=trips, coming=coming, today=today, same=_same(client),
        timeline=timeline_of(client.id, WHOLE if request.args.get("all") else SHOWN), shown=SHOWN,
        plans=client_page.planned_of(client.id), step_title=step_title, about_words=about_words,
        line_icons=ICONS, states=labels.consent_states(consents_of(client.id)),
        facts=client_page.facts_of(client, today), likes=labels.preference_facts(client.preferences, today),
        missing=labels.missing_words(client_page.missing_of(client, coming)),
        notices=client_page.notices_of(client, today),
        may_handle_data=DIRECTOR in current_user.hats,
        may_assign=DIRECTOR in current_user.hats or client.manager_id is None)


def _same(client: Client) -> list[Client]:
    """Clients of the own offices who have the same phone or e-mail."""
    rows = holders([p.e164 for p in client.phones], [e.address for e in client.emails], besides=client.id)
    others = hidden(rows, current_user)
    return [row for row in rows if row not in others]
