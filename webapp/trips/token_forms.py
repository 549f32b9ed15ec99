"""The form of a new token of a booking system."""

from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField

from webapp.trips.actions.tokens import NAME_LENGTH
from webapp.web.forms import AtMost, BaseForm, Filled, KeyField


class TokenForm(BaseForm):
    """A new token: what it is for, and for which office."""

    form_key = KeyField()
    name = StringField(_l("What is it for"), [AtMost(NAME_LENGTH), Filled(_l("Please write what the token is for."))],
                       description=_l("For example, the name of the booking system or site."),
                       render_kw={"autocomplete": "off"})
    office = SelectField(_l("Office"), coerce=int, description=_l("It sees and makes trips of this office only."))
