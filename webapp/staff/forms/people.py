"""Forms of admins and directors about people: the person, an absence."""

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField, SelectField, SelectMultipleField, StringField
from wtforms.validators import Optional
from wtforms.widgets import CheckboxInput, ListWidget

from webapp.staff import words
from webapp.staff.actions.people import Person
from webapp.staff.forms.base import StaffForm, options
from webapp.staff.models import Office, User
from webapp.web.forms import AtMost, DayField, Filled


class UserForm(StaffForm):
    """A person who works here."""

    name = StringField(_l("Name and surname"), [Filled(_l("Please write the name."))],
                       render_kw={"autocomplete": "off"})
    email = StringField(_l("E-mail"), [Filled(_l("Please write the e-mail."))],
                        description=_l("The person signs in with it."),
                        render_kw={"autocomplete": "off", "type": "email"})
    phone = StringField(_l("Phone"), [Optional()], render_kw={"autocomplete": "off", "type": "tel"})
    role = RadioField(_l("Role"), [Filled(_l("Please choose a role."))], choices=options(words.ROLES))
    offices = SelectMultipleField(_l("Offices"), [Optional()], validate_choice=False,
                                  widget=ListWidget(prefix_label=False), option_widget=CheckboxInput(),
                                  description=_l("The person sees clients and trips of these offices only."))
    is_admin = BooleanField(_l("Administrator as well"),
                            description=_l("For a director who also sets up letters, plans, people and offices."))
    is_network = BooleanField(_l("Looks after all offices"), description=_l("For a director of the whole network."))

    def offer(self, offices: list[Office]) -> None:
        """Offices to choose from."""
        self.offices.choices = options({office.code: office_label(office) for office in offices})
        if len(offices) == 1 and not self.is_submitted():
            self.offices.data = [offices[0].code]

    def show(self, user: User) -> None:
        """Fill in what is known of `user`."""
        self.offices.data = [office.code for office in user.offices]

    @property
    def person(self) -> Person:
        """What was filled in."""
        return Person(email=self.email.data or "", name=self.name.data or "", role=self.role.data,
                      office_codes=tuple(self.offices.data or ()), phone=self.phone.data or "",
                      is_admin=self.is_admin.data, is_network=self.is_network.data)


class AbsenceForm(StaffForm):
    """Who is away, when, and who works instead."""

    user = SelectField(_l("Who is away"), [Filled(_l("Please choose a person."))], coerce=str)
    substitute = SelectField(_l("Who works instead"), [Filled(_l("Please choose a person."))], coerce=str)
    first_day = DayField(_l("First day away"), [Filled(_l("Please give the first day."))])
    last_day = DayField(_l("Last day away"), [Filled(_l("Please give the last day."))])
    note = StringField(_l("Note"), [AtMost(300), Optional()])

    def offer(self, people: list[User]) -> None:
        """People to choose from, with their offices."""
        named = {str(user.id): " – ".join(filter(None, [user.name, ", ".join(o.name for o in user.offices)]))
                 for user in people}
        for field in (self.user, self.substitute):
            field.choices = options({"": gettext("Choose a person"), **named})


def office_label(office: Office) -> str:
    """An office in a list of choices; a closed one says so."""
    return gettext("%(name)s (closed)", name=office.name) if office.closed_on else office.name
