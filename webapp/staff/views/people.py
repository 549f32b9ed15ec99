"""People of the agency: the list, one person, the new one, invitations, leaving and coming back."""

from datetime import date

from flask import Response, abort, current_app, request, session, url_for
from flask_babel import gettext as _
from sqlalchemy import exists
from werkzeug.wrappers import Response as BaseResponse

from webapp.db import db
from webapp.kit import days
from webapp.staff import actions, calendars, lists, words
from webapp.staff.forms.people import UserForm
from webapp.staff.login import person
from webapp.staff.models import User, UserOffice
from webapp.staff.rules import ADMIN, BadInput
from webapp.staff.sign_in_rules import INVITATION_LIMIT
from webapp.staff.views.blueprint import bp, me, moment
from webapp.web.guard import allow
from webapp.web.page import page, row_id, see_other

_LINK = "invitation"


@bp.get("/admin/users")
@allow("director", "admin")
def users() -> Response:
    """Who works here, with a search and a filter by office."""
    words_typed, office = request.args.get("q", "").strip(), request.args.get("office", type=row_id)
    gone = request.args.get("show") == "left"
    query = lists.people_seen_by(person())
    query = query.where(User.dismissed_at.is_not(None) if gone else User.dismissed_at.is_(None))
    if words_typed:
        query = query.where(lists.found_by(words_typed))
    if office:
        query = query.where(exists().where(UserOffice.user_id == User.id, UserOffice.office_id == office))
    people = list(db.session.scalars(query))
    away = lists.away_on(today())
    instead = calendars.at_work_instead(away)
    return page("staff/users.html", "staff/_users.html", people=people, roles=words.ROLES, gone=gone,
                q=words_typed, office_id=office, offices=lists.offices_seen_by(person()),
                away=away, names=lists.people_named(set(instead.values())), substitutes=instead,
                may_edit=ADMIN in person().hats)


@bp.route("/admin/users/new", methods=["GET", "POST"])
@allow("admin")
def new_user() -> BaseResponse:
    """Somebody new; an invitation link is made at once."""
    form = UserForm()
    form.offer([office for office in lists.offices_seen_by(person()) if not office.closed_on])
    if form.submitted():
        filled = form.person
        try:
            user = actions.add_user(
                email=filled.email, name=filled.name, role=filled.role, office_codes=filled.office_codes,
                phone=filled.phone, is_admin=filled.is_admin, is_network=filled.is_network, actor=me(), now=moment())
        except BadInput as error:
            form.take(error)
        else:
            _make_link(user)
            return see_other(url_for("staff.user", user_id=user.id), _("%(name)s is added.", name=user.name))
    return page("staff/user_new.html", status=422 if form.is_submitted() else 200, form=form)


@bp.get("/admin/users/<int:user_id>")
@allow("director", "admin")
def user(user_id: int) -> Response:
    """One person: for admins the form, for directors what stands in it."""
    shown = _seen(user_id)
    form = UserForm(obj=shown, formdata=None)
    form.show(shown)
    return _user_page(shown, form)


@bp.post("/admin/users/<int:user_id>")
@allow("director", "admin")
def save_user(user_id: int) -> BaseResponse:
    """Change a person."""
    shown, form = _seen(user_id), UserForm()
    _offer(form, shown)
    if form.submitted():
        try:
            actions.edit_user(shown, form.person, actor=me(), now=moment())
        except BadInput as error:
            form.take(error)
        else:
            return see_other(url_for("staff.user", user_id=user_id), _("Saved."))
    me().needs(ADMIN)
    return _user_page(shown, form, 422)


@bp.post("/admin/users/<int:user_id>/invitations")
@allow("director", "admin")
def invite(user_id: int) -> BaseResponse:
    """A new link with which the person sets a password."""
    _make_link(_seen(user_id))
    return see_other(url_for("staff.user", user_id=user_id))


@bp.post("/admin/users/<int:user_id>/dismissal")
@allow("director", "admin")
def dismiss(user_id: int) -> BaseResponse:
    """The person leaves."""
    leaver = _seen(user_id)
    actions.dismiss(leaver, actor=me(), now=moment())
    return see_other(url_for("staff.user", user_id=user_id),
                     _("%(name)s does not work here any more and is signed out everywhere.", name=leaver.name))


@bp.post("/admin/users/<int:user_id>/return")
@allow("director", "admin")
def take_back(user_id: int) -> BaseResponse:
    """The person works here again."""
    shown = _seen(user_id)
    actions.take_back(shown, actor=me(), now=moment())
    _make_link(shown)
    return see_other(url_for("staff.user", user_id=user_id), _("%(name)s works here again.", name=shown.name))


@bp.post("/admin/users/<int:user_id>/second-factor/end")
@allow("director", "admin")
def clear_factor(user_id: int) -> BaseResponse:
    """Phone and recovery codes are lost: sign in with the password alone again."""
    actions.clear_second_factor(_seen(user_id), actor=me(), now=moment())
    return see_other(url_for("staff.user", user_id=user_id), _("Signing in works without a code again."))


def today() -> date:
    """The signed-in person's own today."""
    return days.local_day(moment(), days.zone(person().zone))


def _seen(user_id: int) -> User:
    found = db.session.scalar(lists.people_seen_by(person()).where(User.id == user_id))
    if found is None:
        abort(404)
    return found


def _offer(form: UserForm, shown: User) -> None:
    mine = {office.id for office in shown.offices}
    form.offer([office for office in lists.offices_seen_by(person()) if not office.closed_on or office.id in mine])


def _user_page(shown: User, form: UserForm, status: int = 200) -> Response:
    _offer(form, shown)
    day = today()
    absences = [row for row in lists.absences_seen_by(person(), day) if shown.id in (row.user_id, row.substitute_id)]
    kept = session.get(_LINK) or {}
    link = session.pop(_LINK)["url"] if kept.get("user") == shown.id else ""
    return page("staff/user.html", status=status, form=form, user=shown, roles=words.ROLES, absences=absences,
                today=day, link=link, link_days=INVITATION_LIMIT.days, may_edit=ADMIN in person().hats,
                is_me=shown.id == person().id)


def _make_link(invited: User) -> None:
    """The link is shown on the next page, once; here only its hash stays."""
    token = actions.invite(invited, actor=me(), now=moment())
    session[_LINK] = {"user": invited.id, "url": _public(url_for("staff.invitation", token=token))}


def _public(path: str) -> str:
    """A link for people outside: from PUBLIC_URL, never from the Host header (`quality.md` §2)."""
    return str(current_app.extensions["snova.settings"].public_url) + path
