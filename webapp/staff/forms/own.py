"""Forms on a person's own profile page."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, PasswordField, RadioField, StringField
from wtforms.validators import Optional

from webapp.staff import words
from webapp.staff.forms.base import StaffForm, again, new_password, options
from webapp.web.forms import Filled


class ProfileForm(StaffForm):
    """Name, phone, language, theme, keys."""

    name = StringField(_l("Name and surname"), [Filled(_l("Please write your name."))],
                       description=_l("Colleagues and clients read it."), render_kw={"autocomplete": "name"})
    phone = StringField(_l("Phone"), [Optional()], render_kw={"autocomplete": "tel", "type": "tel"})
    language = RadioField(_l("Language"), choices=options(words.LANGUAGES))
    theme = RadioField(_l("Theme"), choices=options(words.THEMES))
    keys_on = BooleanField(_l("Keyboard shortcuts on the board"))


class PasswordForm(StaffForm):
    """One's own password, changed."""

    current = PasswordField(_l("Present password"), [Filled(_l("Please write your present password."))],
                            render_kw={"autocomplete": "current-password"})
    password = new_password()
    again = again()


class FactorOffForm(StaffForm):
    """The second factor, switched off."""

    password = PasswordField(_l("Present password"), [Filled(_l("Please write your present password."))],
                             render_kw={"autocomplete": "current-password"})
