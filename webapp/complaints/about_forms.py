"""The form that puts right what a complaint is about, and how a contact and the trips to choose from are read."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import Optional

from webapp.complaints.form_parts import StepForm, options
from webapp.kit import emails, phones
from webapp.trips.models import Trip
from webapp.web.forms import AtMost, Filled
from webapp.web.i18n import day_short


class ChangeForm(StepForm):
    """Another trip, tour operator or contact."""

    trip = SelectField(_l("About which trip"), coerce=int)
    operator = StringField(_l("Tour operator"), [Optional(), AtMost(200)],
                           description=_l("Leave it empty for the one of the trip."))
    contact = StringField(_l("Where to answer, if not to the client’s own contacts"), [Optional(), AtMost(200)],
                          description=_l("E-mail or phone."))


class KnownForm(StepForm):
    """What a manager knows of a complaint about an own client; customer service reads it as an internal note."""

    text = TextAreaField(_l("What you know about it"), [Filled(_l("Write a few words.")), AtMost(10_000)],
                         render_kw={"rows": 3}, description=_l(
                             "Customer service reads it, the client does not. It does not stay on this page."))


def offer_trips(form: Any, trips: Iterable[Trip]) -> None:
    """Trips to choose from, in the given order, or none in particular."""
    form.trip.choices = options([(0, _("No particular trip")), *((trip.id, _words(trip)) for trip in trips)])


def likeliest(trips: Iterable[Trip], today: date) -> list[Trip]:
    """Trips in the order in which people complain of them: under way or just back first, those to come at the end."""
    listed = list(trips)
    begun = sorted((trip for trip in listed if trip.departure_on <= today), key=lambda trip: trip.departure_on)
    ahead = sorted((trip for trip in listed if trip.departure_on > today), key=lambda trip: trip.departure_on)
    return [*reversed(begun), *ahead]


def read_contact(form: Any) -> tuple[str, str] | None:
    """(phone, e-mail) of what was typed, both "" for nothing; None after saying that it is neither."""
    typed = (form.contact.data or "").strip()
    email = emails.normalise(typed) if "@" in typed else None
    phone = phones.normalise(typed) if typed and "@" not in typed else None
    if typed and not (email or phone):
        form.say("contact", _("This is neither an e-mail nor a phone."))
        return None
    return phone or "", email or ""


def _words(trip: Trip) -> str:
    days = f"{day_short(trip.departure_on)} – {day_short(trip.return_on)}"
    return f"{trip.destination or _('Trip')}, {days}"
