"""The forms of a client, new or known. They hand over clean data and never touch the database."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    HiddenField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional
from wtforms.widgets import CheckboxInput, ListWidget

from webapp.clients import labels, rules
from webapp.clients.rules import ClientFacts
from webapp.kit import emails as kit_emails
from webapp.kit import money
from webapp.kit import phones as kit_phones
from webapp.web.forms import AtMost, BaseForm, DayField

SHORT, _LONG = AtMost(120), AtMost(4000)


def choices(named: Mapping[Any, Any]) -> list[SelectChoice]:
    """{code: label} as the options of a field."""
    return [SelectChoice(str(code), label) for code, label in named.items()]


class ChecksField(SelectMultipleField):
    """Several choices as check boxes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class ClientForm(BaseForm):
    """What is known about a client. `today` tells two-digit years of birth and ages of children."""

    last_name = StringField(_l("Surname"), [SHORT])
    first_name = StringField(_l("First name"), [SHORT, Optional()])
    middle_name = StringField(_l("Patronymic"), [SHORT, Optional()])
    greeting = StringField(_l("How to address"), [SHORT, Optional()],
                           description=_l("As letters begin: “Anna”, “Anna Sergeevna”. Empty: the first name."))
    gender = SelectField(_l("Gender"), [Optional()], choices=choices(labels.GENDERS), default="")
    birthday = DayField(_l("Birthday"), [Optional()], earliest=1900, description=_l("For example, 21.07.1985"))
    city = StringField(_l("City"), [SHORT, Optional()])
    timezone = SelectField(_l("Time zone"), [Optional()], validate_choice=False, description=_l(
        "Letters and SMS come at the client’s own daytime."))
    language = SelectField(_l("Language of letters"), choices=choices(labels.LANGUAGES), default="ru")
    passport_until = DayField(_l("Passport valid until"), [Optional()])
    source = StringField(_l("Where the client came from"), [SHORT, Optional()])
    note = TextAreaField(_l("Note"), [_LONG, Optional()])
    rest = ChecksField(_l("Likes"), [Optional()], choices=choices(labels.REST))
    hotel = SelectField(_l("Hotel"), [Optional()], choices=choices(labels.HOTELS), default="")
    meals = SelectField(_l("Meals"), [Optional()], choices=choices(labels.MEALS), default="")
    seat = SelectField(_l("Seat on the plane"), [Optional()], choices=choices(labels.SEATS), default="")
    budget = StringField(_l("Budget of a trip, ₽"), [SHORT, Optional()])
    children = StringField(_l("Ages of the children"), [SHORT, Optional()], description=_l("For example, 5, 9"))
    allergies = StringField(_l("Allergies"), [AtMost(400), Optional()])
    wishes = TextAreaField(_l("Habits and wishes"), [_LONG, Optional()])
    write_nothing = BooleanField(_l("Write nothing to this client"), description=_l(
        "For hard times: mourning, illness. No letters and no SMS leave until the tick is taken off."))
    seen = HiddenField()

    def __init__(self, *args: Any, today: date, zones: Mapping[str, Mapping[str, Any]], **kwargs: Any) -> None:
        self.today = today
        super().__init__(*args, **kwargs)
        self.timezone.choices = [SelectChoice(code, label, optgroup=group)
                                 for group, named in zones.items() for code, label in named.items()]

    def validate_last_name(self, field: StringField) -> None:
        """Surname or first name, one of them; none of the three parts may be only signs."""
        if not rules.name_key(field.data or "", self.first_name.data or "", self.middle_name.data or ""):
            raise ValidationError(gettext("Write the surname or the first name."))

    def validate_birthday(self, field: DayField) -> None:
        """In the past; «21.07.85» means 1985."""
        if field.data and field.data > self.today and not re.search(r"\d{4}", field.typed):
            field.data = field.data.replace(year=field.data.year - 100)
        if field.data and field.data > self.today:
            raise ValidationError(gettext("This birthday is still to come. Check the year."))

    def validate_children(self, field: StringField) -> None:
        """Numbers up to 30."""
        try:
            rules.born_from_ages(field.data or "", self.today)
        except ValueError:
            raise ValidationError(gettext("Write the ages with commas: 5, 9.")) from None

    def validate_budget(self, field: StringField) -> None:
        """A sum of rubles."""
        try:
            money.read_kopecks(field.data)
        except money.BadMoney:
            raise ValidationError(gettext("Write a sum in rubles, like 250 000.")) from None

    def validate_timezone(self, field: SelectField) -> None:
        """A zone of the list, or the one the client has already."""
        if field.data and field.data not in {choice.value for choice in field.choices}:
            raise ValidationError(gettext("Choose a time zone from the list."))

    def facts(self) -> ClientFacts:
        """Clean facts of a valid form."""
        values: dict[str, Any] = {name: getattr(self, name).data or "" for name in rules.FACT_NAMES
                                  if name != "preferences"}
        values |= {"birthday": self.birthday.data, "passport_until": self.passport_until.data,
                   "write_nothing": bool(self.write_nothing.data), "preferences": self._preferences()}
        return ClientFacts(**values)

    def _preferences(self) -> dict[str, Any]:
        return rules.preferences(
            rest=list(self.rest.data or []), hotel=self.hotel.data, meals=self.meals.data, seat=self.seat.data,
            budget=money.read_kopecks(self.budget.data), allergies=self.allergies.data, wishes=self.wishes.data,
            children=rules.born_from_ages(self.children.data or "", self.today))


class NewClientForm(ClientForm):
    """A new client: the facts, and phones and e-mails, several in one line if need be."""

    phones = StringField(_l("Phone"), [AtMost(200), Optional()],
                         description=_l("In any spelling. Several: separate them with commas."))
    emails = StringField(_l("E-mail"), [AtMost(300), Optional()])
    office = SelectField(_l("Office"), coerce=int)
    sure = HiddenField()

    def offer_offices(self, named: Mapping[int, str]) -> None:
        """Let the person choose among these; the first where nothing was chosen."""
        self.office.choices = choices(named)
        self.office.data = self.office.data if self.office.data is not None else next(iter(named))

    def validate_phones(self, field: StringField) -> None:
        """At least one number in what was typed."""
        if field.data and not kit_phones.find(field.data):
            raise ValidationError(gettext("This is not a phone number. Write it like +7 916 123-45-67."))

    def validate_emails(self, field: StringField) -> None:
        """Every address must be one."""
        found = kit_emails.find(field.data or "")
        if found.bad:
            raise ValidationError(labels.bad_email(found.bad[0]))

    @property
    def e164s(self) -> list[str]:
        """The numbers typed, in E.164."""
        return [phone.e164 for phone in kit_phones.find(self.phones.data or "")]

    @property
    def raw_phones(self) -> list[str]:
        """The numbers as typed."""
        return [phone.raw for phone in kit_phones.find(self.phones.data or "")]

    @property
    def addresses(self) -> list[str]:
        """The addresses in normal form."""
        return [email.address for email in kit_emails.find(self.emails.data or "").emails]
