"""The form about the agency as a whole."""

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, StringField
from wtforms.validators import Optional

from webapp.staff import words
from webapp.staff.forms.base import StaffForm, options
from webapp.web.forms import Filled


class SettingsForm(StaffForm):
    """What clients read of the agency, and the language it speaks."""

    agency_name = StringField(_l("Name of the agency"), [Filled(_l("Please write what your agency is called."))],
                              description=_l("Clients read it in letters and on their pages."))
    language = RadioField(_l("Language"), choices=options(words.LANGUAGES),
                          description=_l("For new people and for pages before signing in. Everybody can choose "
                                         "another one in the profile."))
    agency_phone = StringField(_l("Phone for clients"), [Optional()], render_kw={"type": "tel"})
    agency_email = StringField(_l("E-mail for clients"), [Optional()], render_kw={"type": "email"})
    agency_site = StringField(_l("Web site"), [Optional()], render_kw={"inputmode": "url"})
