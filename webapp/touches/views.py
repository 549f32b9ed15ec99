"""The journal of a client: writing down a contact that happened."""

from flask import Blueprint, abort, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from webapp.clients.models import Client, client_for
from webapp.db import db
from webapp.kit import clock
from webapp.staff.audit import actor_of
from webapp.touches.actions import journal
from webapp.touches.forms import ContactForm
from webapp.touches.models import Occasion
from webapp.web.guard import DESK, allow
from webapp.web.page import page, see_other

bp = Blueprint("touches", __name__)
blueprints = [bp]


@bp.route("/clients/<int:client_id>/contacts-log", methods=["GET", "POST"])
@allow(*DESK)
def contact(client_id: int) -> BaseResponse:
    """«Записать контакт»: how, who began, what was said, what should follow."""
    client = client_for(client_id, current_user) or abort(404)
    occasions = _occasions(client)
    form = ContactForm()
    form.occasion.choices = [("", _("No particular one")), *((str(row.id), _label(row)) for row in occasions)]
    if form.submitted() and _record(client, form, occasions):
        return see_other(url_for("client_page.show", client_id=client.id), _("Written down."))
    return page("touches/contact.html", form=form, client=client, has_trips=bool(occasions),
                status=422 if form.errors else 200)


def _record(client: Client, form: ContactForm, occasions: list[Occasion]) -> bool:
    occasion = next((row for row in occasions if str(row.id) == form.occasion.data), None)
    try:
        journal.record_contact(
            client, channel=form.channel.data, direction=form.direction.data, result=form.result.data or "",
            note=form.note.data or "", occasion=occasion, next_on=form.next_on.data,
            next_note=form.next_note.data or "", actor=actor_of(current_user), now=clock.now())
    except ValueError:
        form.next_on.errors = [*form.next_on.errors, _("This day has passed. Choose today or later.")]
        return False
    return True


def _occasions(client: Client) -> list[Occasion]:
    """What the contact may be about: the client's journeys that are not over, the newest first."""
    query = (select(Occasion).where(Occasion.client_id == client.id, Occasion.kind == "trip",
                                    Occasion.closed_at.is_(None), Occasion.cancelled_at.is_(None))
             .order_by(Occasion.id.desc()).limit(10))
    return list(db.session.scalars(query))


def _label(occasion: Occasion) -> str:
    days = [occasion.anchors.get(name, "") for name in ("departure", "return")]
    shown = " – ".join(".".join(reversed(day.split("-"))) for day in days if day)
    return ", ".join(filter(None, (str(occasion.facts.get("destination") or ""), shown)))
