"""Forms about offices: the office with its weekly hours, and a day that differs from them."""

from datetime import datetime
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional

from webapp.staff import zones
from webapp.staff.actions.offices import Place
from webapp.staff.forms.base import StaffForm, options
from webapp.staff.models import Office
from webapp.staff.rules import DEFAULT_HOURS, DEFAULT_ZONE, BadInput
from webapp.staff.week import day_name
from webapp.web.forms import AtMost, ClockField, DayField, Filled
from webapp.web.i18n import page_language


class OfficeForm(StaffForm):
    """An office. Hours are fields opens_0 … closes_6, Monday first; both empty mean closed."""

    code = StringField(_l("Code"), [Filled(_l("Please think of a code."))],
                       description=_l("A short word for links and imports, like “center”. It stays as it is."),
                       render_kw={"autocomplete": "off", "spellcheck": "false"})
    name = StringField(_l("Name of the office"), [Filled(_l("Please write the name."))],
                       description=_l("Clients read it in letters."), render_kw={"autocomplete": "off"})
    zone = SelectField(_l("Time zone"), description=_l("Calls and letters are planned by the clock of this place."))
    city = StringField(_l("City"), [Optional()])
    address = StringField(_l("Address"), [Optional()])
    phone = StringField(_l("Phone"), [Optional()], render_kw={"type": "tel"})
    email = StringField(_l("E-mail"), [Optional()], render_kw={"type": "email"})

    def offer(self, now: datetime) -> None:
        """Zones to choose from, and the names of the days."""
        self.zone.choices = [SelectChoice(zone, label, optgroup=group)
                             for group, labels in zones.choices(now).items() for zone, label in labels.items()]
        if not self.zone.data:
            self.zone.data = DEFAULT_ZONE
        for day, opens, closes in self.days():
            name = self.day_name(day)
            opens.label.text = gettext("%(day)s: opens", day=name)
            closes.label.text = gettext("%(day)s: closes", day=name)

    def show(self, office: Office | None) -> None:
        """Fill in the zone and the hours of `office`, or what a new one begins with."""
        self.zone.data = office.timezone if office else DEFAULT_ZONE
        hours = office.hours if office else DEFAULT_HOURS
        for day, opens, closes in self.days():
            pair = hours.get(str(day))
            opens.typed, closes.typed = pair or ("", "")

    def days(self) -> list[tuple[int, Any, Any]]:
        """(weekday, opens, closes) for every day of the week."""
        return [(day, self[f"opens_{day}"], self[f"closes_{day}"]) for day in range(7)]

    @staticmethod
    def day_name(day: int) -> str:
        """Name of a weekday in the language of the page."""
        return day_name(day, page_language())

    def validate(self, extra_validators: Any = None) -> bool:
        """A day with one time only is not understood."""
        good = bool(super().validate(extra_validators))
        for _day, opens, closes in self.days():
            if (opens.data is None) != (closes.data is None) and not opens.errors and not closes.errors:
                empty = opens if opens.data is None else closes
                empty.errors = [gettext("Give both times, or leave both empty.")]
                good = False
        return good

    def field_of(self, error: BadInput) -> str:
        """Hours are said beside the day they belong to."""
        if error.field == "hours":
            return "opens_0"
        return error.field.replace("hours-", "closes_")

    @property
    def place(self) -> Place:
        """What was filled in."""
        hours = {str(day): [opens.data.strftime("%H:%M"), closes.data.strftime("%H:%M")]
                 for day, opens, closes in self.days() if opens.data and closes.data}
        return Place(name=self.name.data or "", timezone=self.zone.data, city=self.city.data or "",
                     address=self.address.data or "", phone=self.phone.data or "", email=self.email.data or "",
                     hours=hours)


for _weekday in range(7):
    for _end in ("opens", "closes"):
        setattr(OfficeForm, f"{_end}_{_weekday}", ClockField(_end))


class DayOffForm(StaffForm):
    """A day that differs from the weekly hours."""

    day = DayField(_l("Day"), [Filled(_l("Please give the day."))])
    working = RadioField(_l("What kind of day"), default="0",
                         choices=options({"0": _l("day off"), "1": _l("working day")}))
    note = StringField(_l("Note"), [AtMost(300), Optional()])
