"""A person's own page: profile, password, look, language, ending sessions."""

from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from webapp.staff import actions, words
from webapp.staff.forms.own import FactorOffForm, PasswordForm, ProfileForm
from webapp.staff.login import THEMES, person, sign_in
from webapp.staff.rules import BadInput, may_have_second_factor
from webapp.staff.views.blueprint import address, bp, moment
from webapp.web.guard import STAFF, allow, open_to_all
from webapp.web.i18n import LANGUAGES
from webapp.web.page import page, safe_next, see_other

_YEAR = 365 * 24 * 3600


@bp.get("/me")
@allow(*STAFF)
def profile() -> Response:
    """Everything a person sets for themselves."""
    return profile_page()


@bp.post("/me")
@allow(*STAFF)
def save_profile() -> BaseResponse:
    """Name, phone, language, theme, keys."""
    form = ProfileForm()
    if form.submitted():
        try:
            actions.edit_profile(person(), name=form.name.data or "", phone=form.phone.data or "",
                                 language=form.language.data, theme=form.theme.data, keys_on=form.keys_on.data,
                                 now=moment())
        except BadInput as error:
            form.take(error)
        else:
            return _remember(see_other(url_for("staff.profile"), _("Saved.")), lang=form.language.data,
                             theme=form.theme.data)
    return profile_page(profile_form=form)


@bp.post("/me/password")
@allow(*STAFF)
def save_password() -> BaseResponse:
    """Another password: every session ends, and this browser gets a new one."""
    form = PasswordForm(prefix="password-")
    user, now = person(), moment()
    if form.submitted() and _may_try(form, user.email):
        try:
            actions.change_password(user, current=form.current.data or "", new=form.password.data or "", now=now)
        except BadInput as error:
            form.take(error)
        else:
            actions.forgive_tries(user.email, address(), now=now)
            sign_in(user, now=now)
            return see_other(url_for("staff.profile"), _("The password is changed. All other devices are signed out."))
    return profile_page(password_form=form)


@bp.post("/me/sessions/end")
@allow(*STAFF)
def end_sessions() -> BaseResponse:
    """Sign out on all devices, this one too."""
    actions.sign_out_everywhere(person(), now=moment())
    return see_other(url_for("staff.login"), _("You are signed out on all devices."))


@bp.post("/me/theme")
@open_to_all
def set_theme() -> BaseResponse:
    """Light, dark or auto; for visitors a cookie keeps it."""
    theme = request.form.get("theme", "")
    theme = theme if theme in THEMES else "auto"
    if current_user.is_authenticated:
        actions.set_theme(person(), theme)
    return _remember(see_other(_back()), theme=theme)


@bp.post("/me/language")
@open_to_all
def set_language() -> BaseResponse:
    """Russian or English; for visitors a cookie keeps it."""
    language = request.form.get("language", "")
    if language not in LANGUAGES:
        return see_other(_back())
    if current_user.is_authenticated:
        actions.set_language(person(), language)
    return _remember(see_other(_back()), lang=language)


def profile_page(**forms: Any) -> Response:
    """The page with one of its forms as it was sent; that one decides the status and the title."""
    sent = next(iter(forms.values()), None)
    user = person()
    show = {"profile_form": ProfileForm(obj=user, formdata=None),
            "password_form": PasswordForm(prefix="password-", formdata=None),
            "factor_form": FactorOffForm(prefix="factor-", formdata=None), **forms}
    return page("staff/me.html", status=422 if sent else 200, form=sent, user=user, roles=words.ROLES,
                may_have_factor=may_have_second_factor(user.hats), **show)


def _may_try(form: PasswordForm, account: str) -> bool:
    wait = actions.begin_try(account, address(), now=moment())
    if wait:
        form.complain(words.wait_sentence(wait))
    return not wait


def _back() -> str:
    return safe_next(request.form.get("next"), "/")


def _remember(response: BaseResponse, **cookies: str) -> BaseResponse:
    for name, value in cookies.items():
        response.set_cookie(name, value, max_age=_YEAR, httponly=True, samesite="Lax", secure=request.is_secure)
    return response
