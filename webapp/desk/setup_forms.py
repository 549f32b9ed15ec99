"""The forms of the first set-up: the agency and its office, who signs letters, how to begin."""

from collections.abc import Mapping
from datetime import datetime

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField, StringField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional

from webapp.kit import emails
from webapp.letters.identities import Fields, managers_like
from webapp.staff import words
from webapp.staff.rules import BadInput
from webapp.staff.zones import choices
from webapp.web.forms import AtMost, BaseForm, Filled

DEMO, SHEET, EMPTY = "demo", "sheet", "empty"
_LINE = AtMost(200)


class AgencyForm(BaseForm):
    """What clients read of the agency, and where its first office is."""

    agency_name = StringField(_l("Name of the agency"), [_LINE, Filled(_l("Please write what your agency is called."))],
                              description=_l("Clients read it in letters and on their pages."),
                              render_kw={"autocomplete": "organization"})
    office_name = StringField(_l("Name of the main office"), [_LINE, Filled(_l("Please write the name."))],
                              description=_l("Colleagues see it; you can add other offices later."))
    city = StringField(_l("City"), [Optional(), _LINE], render_kw={"autocomplete": "address-level2"})
    address = StringField(_l("Street and house"), [Optional(), _LINE],
                          description=_l("It stands under letters, so that clients find you."))
    timezone = SelectField(_l("Time zone"), validate_choice=False,
                           description=_l("Letters and SMS leave by this clock."))
    agency_phone = StringField(_l("Phone for clients"), [Optional(), _LINE],
                               render_kw={"type": "tel", "autocomplete": "tel"})
    agency_email = StringField(_l("E-mail for clients"), [Optional(), _LINE], render_kw={"type": "email"})
    agency_site = StringField(_l("Web site"), [Optional(), _LINE], render_kw={"inputmode": "url"})

    def offer(self, now: datetime) -> "AgencyForm":
        """Zones to choose from, with how far each is from UTC at `now`."""
        self.timezone.choices = {group: [SelectChoice(*pair) for pair in zones.items()]
                                 for group, zones in choices(now).items()}
        return self

    def take(self, error: BadInput) -> None:
        """Put the sentence for `error` beside its field."""
        name = {"name": "office_name", "phone": "agency_phone", "email": "agency_email",
                "zone": "timezone"}.get(error.field, error.field)
        field = self._fields.get(name) or self.agency_name
        field.errors = [*field.errors, words.fault(error)]


class SignersForm(BaseForm):
    """The two people who sign letters. On paper: neither needs to work here."""

    director_name = StringField(_l("Name and surname"), [_LINE, Filled(_l("Please write the name."))])
    director_role = StringField(_l("What stands under the name"), [Optional(), _LINE])
    director_email = StringField(_l("Where answers go"), [Optional(), _LINE], render_kw={"type": "email"})
    quality_name = StringField(_l("Name and surname"), [_LINE, Filled(_l("Please write the name."))])
    quality_role = StringField(_l("What stands under the name"), [Optional(), _LINE])
    quality_email = StringField(_l("Where answers go"), [Optional(), _LINE], render_kw={"type": "email"})

    def validate_director_email(self, field: StringField) -> None:
        """An address, or nothing."""
        _address(field)

    def validate_quality_email(self, field: StringField) -> None:
        """An address, and never that of a seller: what clients write about lost sales is not for them."""
        _address(field)
        if managers_like(Fields(email=field.data or "")):
            raise ValidationError(str(_l("This is a seller's address. Answers of clients who bought elsewhere must "
                                         "not go to whoever lost the sale.")))

    def validate_quality_name(self, field: StringField) -> None:
        """Not a seller's name either."""
        if managers_like(Fields(name=field.data or "")):
            raise ValidationError(str(_l("A seller is called so. Who asks why a client was lost must be somebody "
                                         "else.")))

    def people(self) -> dict[str, Mapping[str, str]]:
        """Name, role and address by the code of the identity."""
        return {code: {part: self[f"{code}_{part}"].data or "" for part in ("name", "role", "email")}
                for code in ("director", "quality")}


class BeginForm(BaseForm):
    """How to begin."""

    way = RadioField(_l("What would you like to begin with?"), validate_choice=False, choices=[
        SelectChoice(DEMO, _l("Look around in a demo agency first: nothing is sent, one button removes it")),
        SelectChoice(SHEET, _l("Bring the check-list we already keep in Excel or Google Sheets")),
        SelectChoice(EMPTY, _l("Begin empty: we enter the next sale ourselves"))])

    def validate_way(self, field: RadioField) -> None:
        """One of the three."""
        if field.data not in (DEMO, SHEET, EMPTY):
            raise ValidationError(str(_l("Please choose one of the three.")))


def _address(field: StringField) -> None:
    if field.data and emails.normalise(field.data) is None:
        raise ValidationError(str(_l("Write the whole address, like mail@agency.ru.")))
