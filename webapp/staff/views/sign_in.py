"""Signing in and out, the code after the password, the first person of an empty agency, the start page."""

from datetime import timedelta

from flask import Response, abort, current_app, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from webapp.config import Settings
from webapp.staff import actions, passwords, words
from webapp.staff.first_code import is_first_code
from webapp.staff.forms.sign_in import CodeForm, LoginForm, WelcomeForm
from webapp.staff.lists import nobody_yet, user_by_email
from webapp.staff.login import begin_second_step, second_step, sign_in, sign_out
from webapp.staff.models import User
from webapp.staff.rules import ADMIN, SERVICE, BadInput
from webapp.staff.views.blueprint import address, bp, moment
from webapp.web.guard import STAFF, allow, open_to_all
from webapp.web.i18n import page_language
from webapp.web.page import page, safe_next, see_other


@bp.get("/")
@allow(*STAFF)
def home() -> BaseResponse:
    """Everybody's first page: the people for an administrator who does nothing else, the list for today on a phone,
    where the board would scroll sideways (`ux.md` §2), complaints for customer service, else the board."""
    if current_user.hats == {ADMIN}:
        return redirect("/admin/users", 302)
    if "Mobile" in request.headers.get("User-Agent", ""):
        return redirect("/today", 302)
    return redirect("/complaints" if SERVICE in current_user.hats else "/board", 302)


@bp.route("/login", methods=["GET", "POST"])
@open_to_all
def login() -> BaseResponse:
    """E-mail and password."""
    next_url = safe_next(request.args.get("next"), "/")
    if current_user.is_authenticated:
        return redirect(next_url, 302)
    if nobody_yet():
        return redirect(url_for("staff.welcome"), 302)
    form = LoginForm()
    if not form.submitted():
        return _login_page(form, 422 if form.is_submitted() else 200)
    now = moment()
    wait = actions.begin_try(form.email.data or "", address(), now=now)
    if wait:
        return _wait(form, wait)
    user = user_by_email(form.email.data or "")
    kept = user.password_hash if user and user.works_here else ""
    if not passwords.matches(kept, form.password.data or "") or user is None:
        form.complain(_("E-mail and password do not match. Check the keyboard layout and capital letters."))
        return _login_page(form, 422)
    actions.forgive_tries(form.email.data or "", address(), now=now)
    actions.strengthen(user, form.password.data or "")
    return finish(user, next_url)


@bp.route("/login/code", methods=["GET", "POST"])
@open_to_all
def code() -> BaseResponse:
    """The code from the phone, for people who switched that on."""
    now = moment()
    step = second_step(now)
    if step is None:
        return redirect(url_for("staff.login"), 302)
    user, next_url = step
    form = CodeForm()
    if not form.submitted():
        return page("staff/code.html", status=422 if form.is_submitted() else 200, form=form)
    wait = actions.begin_try(f"code of {user.id}", address(), now=now)
    if wait:
        return _wait(form, wait, "staff/code.html")
    typed = form.code.data or ""
    if not actions.use_second_factor(user, typed, now=now) and not actions.use_recovery_code(user, typed, now=now):
        form.take(BadInput("wrong-code", "code"))
        return page("staff/code.html", status=422, form=form)
    actions.forgive_tries(f"code of {user.id}", address(), now=now)
    sign_in(user, now=now)
    return see_other(next_url)


@bp.post("/logout")
@open_to_all
def logout() -> BaseResponse:
    """Sign this browser out."""
    sign_out(now=moment())
    return see_other(url_for("staff.login"), _("You are signed out."))


@bp.route("/welcome", methods=["GET", "POST"])
@open_to_all
def welcome() -> BaseResponse:
    """The very first person; gone as soon as there is anybody. The code is asked for, so that it is no stranger."""
    if not nobody_yet():
        abort(404)
    form = WelcomeForm(code=request.args.get("code", "")[:40])
    if form.submitted() and _knows_code(form):
        now = moment()
        try:
            user = actions.set_up_agency(
                agency=form.agency.data or "", name=form.name.data or "", email=form.email.data or "",
                password=form.password.data or "", language=page_language(), now=now)
        except BadInput as error:
            form.take(error)
        else:
            sign_in(user, now=now)
            return see_other("/setup", _("Welcome! The agency is there. Four steps more and it can work."))
    has_code = not form.code.errors and is_first_code(_settings(), form.code.data or "")
    return page("staff/welcome.html", status=422 if form.is_submitted() else 200, form=form, has_code=has_code)


def _knows_code(form: WelcomeForm) -> bool:
    # Eighty bits cannot be guessed: tries need not be counted, and no stranger can make the owner wait.
    if is_first_code(_settings(), form.code.data or ""):
        return True
    form.take(BadInput("wrong-first-code", "code"))
    return False


def _settings() -> Settings:
    settings: Settings = current_app.extensions["snova.settings"]
    return settings


def finish(user: User, next_url: str) -> BaseResponse:
    """The password was right: sign in, or ask for the code first."""
    now = moment()
    if user.has_second_factor:
        begin_second_step(user, next_url, now=now)
        return see_other(url_for("staff.code"))
    sign_in(user, now=now)
    return see_other(next_url)


def _login_page(form: LoginForm, status: int) -> Response:
    return page("staff/login.html", status=status, form=form)


def _wait(form: LoginForm | CodeForm, wait: timedelta, template: str = "staff/login.html") -> Response:
    form.complain(words.wait_sentence(wait))
    response = page(template, status=429, form=form)
    response.headers["Retry-After"] = str(int(wait.total_seconds()) + 1)
    return response
