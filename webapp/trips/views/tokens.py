"""Tokens of booking systems, for administrators: make one and see it once, see when it was used, revoke it."""

from flask import Blueprint, Response, abort, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.exc import NoResultFound
from werkzeug.wrappers import Response as BaseResponse
from wtforms.fields.choices import SelectChoice

from webapp.batches.actions import KeyTaken, once
from webapp.db import db
from webapp.kit import clock
from webapp.staff.audit import actor_of
from webapp.staff.lists import offices_seen_by
from webapp.staff.log_words import add_log_words
from webapp.staff.login import person
from webapp.staff.models import Office
from webapp.trips.actions import tokens as actions
from webapp.trips.models import ApiToken
from webapp.trips.token_forms import TokenForm
from webapp.web.guard import allow
from webapp.web.page import page, see_other

bp = Blueprint("tokens", __name__, url_prefix="/admin/tokens")


def names(ids: set[int]) -> dict[int, str]:
    """What tokens are called, for the log."""
    return {row.id: row.name for row in db.session.scalars(select(ApiToken).where(ApiToken.id.in_(ids)))}


add_log_words("token", _l("Tokens"),
              {"added": _l("New token: %(name)s"), "removed": _l("Token revoked: %(name)s")}, names)


@bp.get("")
@allow("admin")
def index() -> Response:
    """All tokens and the form for a new one."""
    return _page(_form())


@bp.post("")
@allow("admin")
def make() -> Response | BaseResponse:
    """Make a token; the answer is the only page that ever shows it."""
    form = _form()
    if not form.submitted():
        return _page(form, status=422)
    shown = {}

    def made() -> int:
        row, shown["secret"] = actions.make_token(form.name.data or "", office_id=form.office.data,
                                                  actor=actor_of(person()), now=clock.now())
        return row.id

    try:
        once(form.form_key.data or "", "token", made, content=(form.name.data, form.office.data),
             actor=actor_of(person()), now=clock.now())
    except KeyTaken:
        form.form_key.renew()
        form.form_errors.append(_("This form has made a token already. To make one more, press the button again."))
        return _page(form, status=409)
    if "secret" not in shown:
        return see_other(url_for("tokens.index"), _("This token was made already. It is shown only once."), "yellow")
    return _page(_form(fresh=True), secret=shown["secret"], name=form.name.data or "")


@bp.post("/<int:token_id>/revoke")
@allow("admin")
def revoke(token_id: int) -> BaseResponse:
    """The token works no longer."""
    try:
        actions.revoke_token(token_id, actor=actor_of(person()), now=clock.now())
    except NoResultFound:
        abort(404)
    return see_other(url_for("tokens.index"), _("The token works no longer."))


def _form(*, fresh: bool = False) -> TokenForm:
    form = TokenForm(formdata=None) if fresh else TokenForm()
    form.office.choices = [SelectChoice(office.id, office.name) for office in offices_seen_by(person())]
    return form


def _page(form: TokenForm, status: int = 200, secret: str = "", name: str = "") -> Response:
    rows = db.session.execute(select(ApiToken, Office.name).join(Office, Office.id == ApiToken.office_id).order_by(
        ApiToken.revoked_at.is_not(None), ApiToken.id.desc())).all()
    return page("trips/tokens.html", status=status, form=form, rows=rows, secret=secret, name=name, zone=person().zone)
