"""Switching the code from the phone on and off."""

from flask import Response, abort, redirect, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from webapp.staff import actions, second_factor
from webapp.staff.forms.own import FactorOffForm
from webapp.staff.forms.sign_in import CodeForm
from webapp.staff.login import person
from webapp.staff.models import setting
from webapp.staff.rules import BadInput
from webapp.staff.views.blueprint import address, bp, moment
from webapp.staff.views.own import profile_page
from webapp.staff.words import wait_sentence
from webapp.web.guard import allow
from webapp.web.page import page, see_other

_NEW = "new_factor"


@bp.get("/me/second-factor")
@allow("director", "admin")
def factor() -> BaseResponse:
    """The picture to scan and the field for the first code."""
    if person().has_second_factor:
        return redirect(url_for("staff.profile"), 302)
    session[_NEW] = session.get(_NEW) or second_factor.new_secret()
    return _enrol(CodeForm(formdata=None), 200)


@bp.get("/me/second-factor/picture.svg")
@allow("director", "admin")
def factor_picture() -> Response:
    """The QR code of the secret that waits to be confirmed."""
    secret = session.get(_NEW)
    if not secret:
        abort(404)
    agency = str(setting("agency_name", "") or "Snova")
    svg = second_factor.picture(second_factor.link(secret, person().email, agency))
    return Response(svg, mimetype="image/svg+xml")


@bp.post("/me/second-factor")
@allow("director", "admin")
def start_factor() -> BaseResponse:
    """The first code proves the phone is ready; the answer shows the recovery codes, this once."""
    form = CodeForm()
    secret = session.get(_NEW)
    if not secret:
        return redirect(url_for("staff.factor"), 303)
    if not form.submitted():
        return _enrol(form, 422)
    try:
        codes = actions.start_second_factor(person(), secret, form.code.data or "", now=moment())
    except BadInput as error:
        form.take(error)
        return _enrol(form, 422)
    session.pop(_NEW)
    return page("staff/recovery_codes.html", codes=codes)


@bp.post("/me/second-factor/end")
@allow("director", "admin")
def stop_factor() -> BaseResponse:
    """Off again, with the password."""
    form = FactorOffForm(prefix="factor-")
    user, now = person(), moment()
    if form.submitted():
        wait = actions.begin_try(user.email, address(), now=now)
        try:
            if wait:
                form.complain(wait_sentence(wait))
            else:
                actions.stop_second_factor(user, password=form.password.data or "", now=now)
                actions.forgive_tries(user.email, address(), now=now)
                return see_other(url_for("staff.profile"), _("No code is asked for any more."))
        except BadInput as error:
            form.take(error)
    return profile_page(factor_form=form)


def _enrol(form: CodeForm, status: int) -> Response:
    return page("staff/second_factor.html", status=status, form=form, secret=session[_NEW])
