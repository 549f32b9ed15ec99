"""The journal of a client: writing down a contact that happened."""

import hashlib
from typing import Any

from flask import Blueprint, Flask, abort, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from webapp.batches.actions.once import once
from webapp.clients.models import Client, client_for
from webapp.db import db
from webapp.kit import clock
from webapp.post.forecast import add_forecast
from webapp.staff.audit import actor_of
from webapp.touches.actions import journal
from webapp.touches.forms import QUICK, ContactForm, QuickContactForm
from webapp.touches.models import Occasion
from webapp.touches.store import planned_sms
from webapp.web.guard import DESK, allow
from webapp.web.page import page, see_other

bp = Blueprint("touches", __name__)
blueprints = [bp]


def register(app: Flask) -> None:
    """Give the client's page the forms of a contact, and the pages of sending the SMS that are still to come."""
    app.jinja_env.globals["contact_forms"] = contact_forms
    add_forecast(app, planned_sms)


def contact_forms(client: Client) -> dict[str, Any]:
    """What `touches/_contact.html` needs on the page of a client: both forms, empty."""
    return _context(client, QuickContactForm(formdata=None, prefix="quick-"), ContactForm(formdata=None),
                    _occasions(client))


@bp.route("/clients/<int:client_id>/contacts-log", methods=["GET", "POST"])
@allow(*DESK)
def contact(client_id: int) -> BaseResponse:
    """«Записать контакт»: a usual one by its button, any other by how, who began, what was said, what should follow."""
    client = client_for(client_id, current_user) or abort(404)
    occasions = _occasions(client)
    pressed = request.form.get("quick")
    quick = QuickContactForm(formdata=request.form if pressed else None, prefix="quick-")
    form = ContactForm(formdata=None) if pressed else ContactForm()
    context = _context(client, quick, form, occasions)
    done = _record_quick(client, quick, pressed) if pressed else form.submitted() and _record(client, form, occasions)
    if done:
        return see_other(url_for("client_page.show", client_id=client.id), _("Written down."))
    wrong = quick if pressed else form
    return page("touches/contact.html", **context, form=wrong, is_open=not pressed,
                status=422 if wrong.errors else 200)


def _context(client: Client, quick: QuickContactForm, form: ContactForm, occasions: list[Occasion]) -> dict[str, Any]:
    form.occasion.choices = [("", _("No particular one")), *((str(row.id), _label(row)) for row in occasions)]
    return {"client": client, "quick_form": quick, "long_form": form, "has_trips": bool(occasions), "kinds": QUICK}


def _record_quick(client: Client, form: QuickContactForm, pressed: str) -> bool:
    kind = next((kind for kind in QUICK if kind[0] == pressed), None) or abort(400)
    if not form.submitted():
        return False
    _code, _words, channel, direction, result = kind
    _write_once(client, form.form_key.data, channel=channel, direction=direction, result=result,
                note=form.note.data or "")
    return True


def _record(client: Client, form: ContactForm, occasions: list[Occasion]) -> bool:
    occasion = next((row for row in occasions if str(row.id) == form.occasion.data), None)
    try:
        _write_once(
            client, form.form_key.data, channel=form.channel.data, direction=form.direction.data,
            result=form.result.data or "", note=form.note.data or "", occasion=occasion, next_on=form.next_on.data,
            next_note=form.next_note.data or "")
    except ValueError:
        form.next_on.errors = [*form.next_on.errors, _("This day has passed. Choose today or later.")]
        return False
    return True


def _write_once(client: Client, key: str | None, **contact: Any) -> None:
    """A second click writes nothing more; another button on the same page, seen again with Back, is another contact."""
    actor, now = actor_of(current_user), clock.now()
    said = {name: value.id if isinstance(value, Occasion) else value for name, value in contact.items()}
    purpose = f"contact:{hashlib.sha256(repr((client.id, said)).encode()).hexdigest()[:16]}"
    once(key or "", purpose, lambda: journal.record_contact(client, actor=actor, now=now, **contact).id,
         content=purpose, actor=actor, now=now)


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
