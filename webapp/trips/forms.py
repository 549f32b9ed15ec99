"""Forms about trips: dates and facts, the client typed beside them, cancelling. They never touch the database."""

import re
from datetime import date
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Field, HiddenField, SelectField, StringField, TextAreaField, ValidationError
from wtforms.validators import Optional

from webapp.clients import labels
from webapp.clients.rules import ClientFacts, name_key
from webapp.kit import emails as kit_emails
from webapp.kit import money
from webapp.kit import phones as kit_phones
from webapp.kit.dates import A_YEAR
from webapp.trips.actions import TripData
from webapp.trips.models import Trip
from webapp.web.examples import lazy_day
from webapp.web.forms import AtMost, BaseForm, ClockField, DayField, Filled, KeyField
from webapp.web.i18n import day_long

_SHORT = AtMost(120)
_LONG = AtMost(4000)
MOST_PEOPLE = 60
_DATE = {"autocomplete": "off", "inputmode": "numeric"}
_CLOCK = {"placeholder": "09:30", "autocomplete": "off", "inputmode": "numeric"}


class TripForm(BaseForm):
    """Dates and facts of a trip. `today` is the office's."""

    purchase_on = DayField(_l("Bought on"), [Filled(_l("Write the day of purchase."))],
                           back=A_YEAR, render_kw={**_DATE, "placeholder": lazy_day(0)})
    departure_on = DayField(_l("Departure"), [Filled(_l("Write the day of departure."))],
                            render_kw={**_DATE, "placeholder": lazy_day(14)})
    return_on = DayField(_l("Return"), [Filled(_l("Write the day of return."))],
                         render_kw={**_DATE, "placeholder": lazy_day(21)})
    departure_time = ClockField(_l("Departs at"), [Optional()], render_kw=_CLOCK)
    landing_time = ClockField(_l("Lands at home at"), [Optional()], render_kw=_CLOCK)
    destination = StringField(_l("Where to"), [_SHORT, Filled(_l("Write where the client travels."))],
                              render_kw={"placeholder": _l("Turkey, Sochi")})
    operator = StringField(_l("Tour operator"), [_SHORT, Optional()])
    booking_number = StringField(_l("Booking number"), [_SHORT, Optional()])
    price = StringField(_l("Price, ₽"), [_SHORT, Optional()], render_kw={"inputmode": "decimal"})
    companions = TextAreaField(_l("Who travels along"), [_LONG, Optional()],
                               description=_l("One person per line, or with commas"))
    addons = TextAreaField(_l("Bought as well"), [_LONG, Optional()],
                           description=_l("Insurance, transfer, excursions: one per line, or with commas"))
    note = TextAreaField(_l("Note for colleagues"), [_LONG, Optional()])

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        self.today = today
        super().__init__(*args, **kwargs)

    def validate_purchase_on(self, field: DayField) -> None:
        """Not after today: a purchase that will be is none yet."""
        if field.data and field.data > self.today:
            raise ValidationError(gettext("The day of purchase is still to come. Today is %(today)s.",
                                          today=day_long(self.today)))

    def validate_departure_on(self, field: DayField) -> None:
        """Not before the purchase."""
        bought = self.purchase_on.data
        if field.data and bought and field.data < bought:
            raise ValidationError(gettext("The departure on %(departure)s is before the purchase on %(purchase)s.",
                                          departure=day_long(field.data), purchase=day_long(bought)))

    def validate_return_on(self, field: DayField) -> None:
        """Not before the departure; the sentence names both dates (`ux.md` §8, 19)."""
        leaves = self.departure_on.data
        if field.data and leaves and field.data < leaves:
            raise ValidationError(gettext("The return on %(back)s is before the departure on %(departure)s.",
                                          back=day_long(field.data), departure=day_long(leaves)))

    def validate_price(self, field: StringField) -> None:
        """A sum of rubles."""
        try:
            money.read_kopecks(field.data)
        except money.BadMoney:
            raise ValidationError(gettext("Write a sum in rubles, like 250 000.")) from None

    def validate_companions(self, field: TextAreaField) -> None:
        """A list of names, not a novel."""
        _check_list(field.data)

    def validate_addons(self, field: TextAreaField) -> None:
        """A list of things, not a novel."""
        _check_list(field.data)

    @property
    def trip_data(self) -> TripData:
        """Clean data of a valid form; while only the dates can be relied on, a price that is no sum is left out."""
        assert self.purchase_on.data and self.departure_on.data and self.return_on.data
        return TripData(
            self.purchase_on.data, self.departure_on.data, self.return_on.data,
            destination=self.destination.data or "", operator=self.operator.data or "",
            booking_number=self.booking_number.data or "", price_kopecks=_kopecks(self.price.data),
            departure_time=self.departure_time.data, landing_time=self.landing_time.data,
            companions=split_list(self.companions.data), addons=split_list(self.addons.data),
            note=self.note.data or "")

    @property
    def dates_can_be(self) -> bool:
        """True when what the plan counts from is there and possible, whatever else is missing or wrong."""
        bought, leaves, back = self.purchase_on.data, self.departure_on.data, self.return_on.data
        if not (bought and leaves and back) or self.departure_time.process_errors or self.landing_time.process_errors:
            return False
        return bought <= min(leaves, self.today) and leaves <= back

    @property
    def date_faults(self) -> list[str]:
        """What is wrong with the dates typed so far; says nothing about empty fields. Call after `validate`."""
        typed = [field for field in self.date_fields if field.raw_data and field.raw_data[0]]
        return [str(text) for field in typed for text in field.errors]

    @property
    def date_fields(self) -> list[Field]:
        """What the plan counts from."""
        return [self.purchase_on, self.departure_on, self.return_on, self.departure_time, self.landing_time]

    def forgive_the_rest(self) -> None:
        """Keep faults of the dates only: the rest may still be empty while dates are checked."""
        for field in self:
            if field not in self.date_fields:
                field.errors = []


class NewTripForm(TripForm):
    """A trip with its client: one of those we know, or a new one typed here."""

    form_key = KeyField()
    q = StringField(_l("Find the client"), [_SHORT, Optional()])
    client = HiddenField()
    last_name = StringField(_l("Surname"), [_SHORT], render_kw={"autocomplete": "off"})
    first_name = StringField(_l("First name"), [_SHORT, Optional()], render_kw={"autocomplete": "off"})
    phone = StringField(_l("Phone"), [AtMost(200), Optional()], render_kw={"inputmode": "tel"})
    email = StringField(_l("E-mail"), [AtMost(300), Optional()], render_kw={"inputmode": "email"})
    office = SelectField(_l("Office"), coerce=int, validate_choice=False)
    sure = BooleanField(_l("This is another person: add a new client all the same"))
    seller = SelectField(_l("Who sold the trip"), coerce=int, validate_choice=False)
    news = BooleanField(_l("The client agreed in writing to letters and SMS with news and offers"))
    news_text = StringField(_l("Which text was signed"), [_SHORT],
                            description=_l("Name and date of the form, for example “Form of 01.09.2025”"))

    def validate_phone(self, field: StringField) -> None:
        """At least one number in what was typed."""
        if field.data and not kit_phones.find(field.data):
            raise ValidationError(gettext("This is not a phone number. Write it like +7 916 123-45-67."))

    def validate_email(self, field: StringField) -> None:
        """Every address must be one."""
        found = kit_emails.find(field.data or "")
        if found.bad:
            raise ValidationError(labels.bad_email(found.bad[0]))

    def validate_news_text(self, field: StringField) -> None:
        """A consent without a text is none (152-ФЗ)."""
        if self.news.data and not field.data:
            raise ValidationError(gettext("Write which text the client agreed to, for example “Form of 01.09.2025”."))

    def validate_last_name(self, field: StringField) -> None:
        """Either a known client or a new one, and a new one has a name."""
        if self.client_id and self.is_new_client:
            raise ValidationError(gettext("A client is chosen above and a new one is typed here. Keep one of them."))
        if self.is_new_client and not name_key(field.data or "", self.first_name.data or ""):
            raise ValidationError(gettext("Write the surname or the first name."))
        if not self.client_id and not self.is_new_client:
            raise ValidationError(gettext("Choose the client, or type a new one."))

    @property
    def client_id(self) -> int | None:
        """Id of the chosen client, when it can be one."""
        text = str(self.client.data or "")
        return int(text) if text.isdecimal() and len(text) < 10 else None

    @property
    def is_new_client(self) -> bool:
        """True when somebody began to type a new client."""
        return any(f.data for f in (self.last_name, self.first_name, self.phone, self.email))

    @property
    def facts(self) -> ClientFacts:
        """Name of the new client."""
        return ClientFacts(last_name=self.last_name.data or "", first_name=self.first_name.data or "")

    @property
    def phones(self) -> list[kit_phones.Phone]:
        """The numbers typed."""
        return list(kit_phones.find(self.phone.data or ""))

    @property
    def addresses(self) -> list[str]:
        """The addresses typed, in normal form."""
        return [email.address for email in kit_emails.find(self.email.data or "").emails]


class EditTripForm(TripForm):
    """Everything about a trip; `seen` is the state it was opened with, `shown` the difference somebody has read."""

    seen = HiddenField()
    shown = HiddenField()


class CancelForm(BaseForm):
    """Why the trip does not take place."""

    reason = StringField(_l("Why is the trip cancelled?"), [
        AtMost(300), Filled(_l("Write in a few words why, so that colleagues understand it later."))])


def stored(trip: Trip) -> dict[str, Any]:
    """A trip's facts as the form shows them."""
    price = trip.price_kopecks
    return {"purchase_on": trip.purchase_on, "departure_on": trip.departure_on, "return_on": trip.return_on,
            "departure_time": trip.departure_time, "landing_time": trip.landing_time, "destination": trip.destination,
            "operator": trip.operator, "booking_number": trip.booking_number, "price": labels.plain_sum(price),
            "companions": "\n".join(c.name for c in trip.companions), "addons": "\n".join(map(str, trip.addons)),
            "note": trip.note}


def split_list(text: str | None) -> tuple[str, ...]:
    """Names or things typed one per line or with commas."""
    return tuple(part for part in (bit.strip() for bit in re.split(r"[\n,;]", text or "")) if part)


def _kopecks(text: str | None) -> int | None:
    try:
        return money.read_kopecks(text)
    except money.BadMoney:
        return None


def _check_list(text: str | None) -> None:
    parts = split_list(text)
    if len(parts) > MOST_PEOPLE or any(len(part) > 200 for part in parts):
        raise ValidationError(gettext("Up to 60 lines of up to 200 characters, please."))
