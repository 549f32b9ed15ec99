"""Pages of what a level gives: one more, other words, another place, removed."""

from flask import Response, abort, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from webapp.batches.actions import KeyTaken
from webapp.club import level_words
from webapp.club.actions import level_terms
from webapp.club.level_forms import PrivilegeForm
from webapp.club.level_views import bp
from webapp.club.models import Level, Privilege
from webapp.db import db
from webapp.kit import clock
from webapp.staff.audit import actor_of
from webapp.web.guard import allow
from webapp.web.page import page, see_other


@bp.get("/<code>/new")
@allow("admin")
def new(code: str) -> Response:
    """The form of a privilege more."""
    return _privilege_page(PrivilegeForm(formdata=None), _level(code))


@bp.post("/<code>/new")
@allow("admin")
def add(code: str) -> Response | BaseResponse:
    """The level gives something more; the same form sent twice adds it once."""
    level, form = _level(code), PrivilegeForm()
    if not form.submitted():
        return _privilege_page(form, level, status=422)
    try:
        level_terms.add_privilege(level.code, form.words, key=form.form_key.data or "", actor=actor_of(current_user),
                                  now=clock.now())
    except level_terms.TooManyPrivileges:
        form.say("", _("A level has at most %(most)s privileges: nobody reads more. Remove one first.",
                       most=level_terms.MOST_PRIVILEGES))
        return _privilege_page(form, level, status=422)
    except KeyTaken:
        form.form_key.renew()
        form.say("", _("This form was sent before with other words. Look whether they stand there already."))
        return _privilege_page(form, level, status=422)
    return _back(_("Added."), level.code)


@bp.get("/privileges/<int:privilege_id>")
@allow("admin")
def edit(privilege_id: int) -> Response:
    """The form of one privilege."""
    row = _privilege(privilege_id)
    form = PrivilegeForm(formdata=None)
    form.show(row)
    return _privilege_page(form, _level(row.level_code), row)


@bp.post("/privileges/<int:privilege_id>")
@allow("admin")
def save(privilege_id: int) -> Response | BaseResponse:
    """Other words, another worth."""
    row, form = _privilege(privilege_id), PrivilegeForm()
    if not form.submitted():
        return _privilege_page(form, _level(row.level_code), row, 422)
    level_terms.change_privilege(row.id, form.words, actor=actor_of(current_user), now=clock.now())
    return _back(_("Saved."), row.level_code)


@bp.post("/privileges/<int:privilege_id>/place")
@allow("admin")
def move(privilege_id: int) -> BaseResponse:
    """One place up or down."""
    row = _privilege(privilege_id)
    by = {"up": -1, "down": 1}.get(request.form.get("by", "")) or abort(400)
    level_terms.move_privilege(row.id, by, actor=actor_of(current_user), now=clock.now())
    return _back("", row.level_code)


@bp.post("/privileges/<int:privilege_id>/removal")
@allow("admin")
def remove(privilege_id: int) -> BaseResponse:
    """The level gives it no longer; what is gone already stays gone."""
    row = db.session.get(Privilege, privilege_id)
    if row is not None:
        level_terms.remove_privilege(row.id, actor=actor_of(current_user), now=clock.now())
    return _back(_("Removed."), row.level_code if row else "")


def _privilege_page(form: PrivilegeForm, level: Level, row: Privilege | None = None,
                    status: int = 200) -> Response:
    return page("club/privilege.html", status=status, form=form, level=level, row=row, name_of=level_words.name_of)


def _level(code: str) -> Level:
    return db.session.get(Level, code) or abort(404)


def _privilege(privilege_id: int) -> Privilege:
    return db.session.get(Privilege, privilege_id) or abort(404)


def _back(message: str, code: str) -> BaseResponse:
    return see_other(url_for("levels.index", _anchor=f"level-{code}" if code else None), message)
