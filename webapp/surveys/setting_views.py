"""Where the survey is: ours, or that of another service."""

from flask import Blueprint, Response, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from webapp.kit import clock
from webapp.staff.audit import actor_of
from webapp.staff.rules import ADMIN
from webapp.surveys.actions.settings import use_elsewhere
from webapp.surveys.links import elsewhere
from webapp.surveys.review_forms import ElsewhereForm
from webapp.web.guard import allow
from webapp.web.page import page, see_other

bp = Blueprint("survey_settings", __name__, url_prefix="/admin/surveys")


@bp.get("")
@allow("director", "admin")
def show() -> Response:
    """What letters lead to now."""
    return _page(ElsewhereForm(formdata=None, url=elsewhere()))


@bp.post("")
@allow("admin")
def save() -> Response | BaseResponse:
    """Use another survey, or ours again."""
    form = ElsewhereForm()
    if not form.submitted():
        return _page(form, 422)
    use_elsewhere(form.url.data or "", actor=actor_of(current_user), now=clock.now())
    if form.url.data:
        return see_other(url_for(".show"), _("Saved. Letters lead to the other survey."))
    return see_other(url_for(".show"), _("Saved. Letters lead to our own survey."))


def _page(form: ElsewhereForm, status: int = 200) -> Response:
    return page("surveys/settings.html", status=status, form=form, elsewhere=elsewhere(),
                may_edit=ADMIN in current_user.hats)
