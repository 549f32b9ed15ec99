"""Forms of people who are not signed in yet."""

from flask_babel import lazy_gettext as _l
from wtforms import PasswordField, StringField

from webapp.staff.forms.base import StaffForm, again, new_password
from webapp.web.forms import Filled


class LoginForm(StaffForm):
    """E-mail and password."""

    email = StringField(_l("E-mail"), [Filled(_l("Please write your e-mail."))],
                        render_kw={"autocomplete": "username", "type": "email", "autofocus": True})
    password = PasswordField(_l("Password"), [Filled(_l("Please write your password."))],
                             render_kw={"autocomplete": "current-password"})


class CodeForm(StaffForm):
    """The code from the phone, or a recovery code."""

    code = StringField(_l("Code"), [Filled(_l("Please write the code."))],
                       render_kw={"autocomplete": "one-time-code", "autofocus": True, "spellcheck": "false"})


class WelcomeForm(StaffForm):
    """The first person of an empty agency. `code` proves that it is whoever started the program."""

    code = StringField(_l("Code of the first start"), [Filled(_l("Please write the code."))],
                       description=_l("It stands in the window in which the program was started, in the address "
                                      "after “Open this page”."),
                       render_kw={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"})
    agency = StringField(_l("Name of the agency"), [Filled(_l("Please write what your agency is called."))],
                         description=_l("Clients read it in letters and on their pages."),
                         render_kw={"autocomplete": "organization"})
    name = StringField(_l("Your name and surname"), [Filled(_l("Please write your name."))],
                       render_kw={"autocomplete": "name"})
    email = StringField(_l("Your e-mail"), [Filled(_l("Please write your e-mail."))],
                        description=_l("You will sign in with it."),
                        render_kw={"autocomplete": "username", "type": "email"})
    password = new_password(_l("Password"))
    again = again()


class NewPasswordForm(StaffForm):
    """A password set through an invitation."""

    password = new_password(_l("Password"))
    again = again()
