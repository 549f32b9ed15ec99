"""Settings of the agency as a whole."""

from flask import Response, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from webapp.kit import phones
from webapp.staff import actions, words
from webapp.staff.forms.settings import SettingsForm
from webapp.staff.login import person
from webapp.staff.models import setting
from webapp.staff.rules import ADMIN, BadInput
from webapp.staff.views.blueprint import bp, me, moment
from webapp.web.guard import allow
from webapp.web.page import page, see_other

_KEYS = ("agency_name", "language", "agency_phone", "agency_email", "agency_site")


@bp.get("/admin/settings")
@allow("director", "admin")
def settings() -> Response:
    """What clients read of the agency: admins edit, directors read."""
    return _settings_page(SettingsForm(data=_present(), formdata=None))


@bp.post("/admin/settings")
@allow("director", "admin")
def save_settings() -> BaseResponse:
    """Change them."""
    form = SettingsForm()
    if form.submitted():
        try:
            actions.edit_agency(**{key: form[key].data or "" for key in _KEYS}, actor=me(), now=moment())
        except BadInput as error:
            form.take(error)
        else:
            return see_other(url_for("staff.settings"), _("Saved."))
    me().needs(ADMIN)
    return _settings_page(form, 422)


def _present() -> dict[str, str]:
    return {key: setting(key, "") or ("ru" if key == "language" else "") for key in _KEYS}


def _settings_page(form: SettingsForm, status: int = 200) -> Response:
    present = _present()
    return page("staff/settings.html", status=status, form=form, present=present, languages=words.LANGUAGES,
                phone=phones.display(present["agency_phone"]), may_edit=ADMIN in person().hats)
