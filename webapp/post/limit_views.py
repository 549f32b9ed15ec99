"""How often news may come to one client, and how long texts of letters are kept: set by administrators."""

from flask import Response, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse
from wtforms import IntegerField
from wtforms.validators import NumberRange

from webapp.kit import clock
from webapp.post.actions.retention import KEY, kept_months
from webapp.post.rules import Cap
from webapp.post.sending_views import bp
from webapp.staff.actions import change_settings
from webapp.staff.audit import actor_of
from webapp.staff.models import setting
from webapp.staff.rules import ADMIN
from webapp.web.forms import BaseForm, Filled
from webapp.web.guard import allow
from webapp.web.page import page, see_other

MOST = 50


class LimitsForm(BaseForm):
    """So many news a day and a week at most; so many months texts are kept."""

    day = IntegerField(_l("News and offers in a day, at most"), [
        Filled(_l("Write a number.")), NumberRange(1, MOST, _l("From 1 to 50."))])
    months = IntegerField(_l("Keep texts of letters, months"), [
        Filled(_l("Write a number.")), NumberRange(0, 240, _l("From 0 to 240; 0 keeps them for ever."))],
        description=_l("0 keeps them for ever. Afterwards only that a letter was sent stays, with its subject."))
    week = IntegerField(_l("In a week, at most"), [
        Filled(_l("Write a number.")), NumberRange(1, MOST, _l("From 1 to 50."))])


@bp.get("/limits")
@allow("director", "admin")
def limits() -> Response:
    """The limits in force."""
    return _limits_page(LimitsForm(formdata=None, data=_present()))


@bp.post("/limits")
@allow("admin")
def save_limits() -> Response | BaseResponse:
    """Change them; they hold for the next letter that leaves."""
    form = LimitsForm()
    if not form.submitted():
        return _limits_page(form, 422)
    cap = {"day": form.day.data, "week": form.week.data}
    change_settings({"marketing_cap": cap, KEY: form.months.data}, actor=actor_of(current_user), now=clock.now())
    return see_other(url_for("sending.limits"), _("Saved."))


def _present() -> dict[str, int]:
    kept, usual = setting("marketing_cap") or {}, Cap()
    return {"day": int(kept.get("day", usual.day)), "week": int(kept.get("week", usual.week)),
            "months": kept_months()}


def _limits_page(form: LimitsForm, status: int = 200) -> Response:
    return page("post/limits.html", status=status, form=form, present=_present(), may_edit=ADMIN in current_user.hats)
