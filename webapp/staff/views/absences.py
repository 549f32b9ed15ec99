"""Who is away, from when to when, and who works instead."""

from datetime import timedelta

from flask import Response, abort, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from webapp.db import db
from webapp.staff import actions, lists
from webapp.staff.forms.people import AbsenceForm
from webapp.staff.login import person
from webapp.staff.models import User
from webapp.staff.rules import BadInput
from webapp.staff.views.blueprint import bp, me, moment
from webapp.staff.views.people import today
from webapp.web.guard import allow
from webapp.web.page import is_partial, page, see_other

_LOOK_BACK = timedelta(days=30)


@bp.get("/admin/absences")
@allow("director", "admin")
def absences() -> Response:
    """The list and the form for the next one."""
    return _list_page(_form(formdata=None))


@bp.post("/admin/absences")
@allow("director", "admin")
def add_absence() -> BaseResponse:
    """Somebody will be away."""
    form = _form()
    people = {str(user.id): user for user in _people()}
    if form.submitted() and form.first_day.data and form.last_day.data:
        try:
            actions.record_absence(
                people[form.user.data], people[form.substitute.data], first_day=form.first_day.data,
                last_day=form.last_day.data, note=form.note.data or "", actor=me(), today=today(), now=moment())
        except BadInput as error:
            form.take(error)
        else:
            return see_other(url_for("staff.absences"), _("Saved. %(name)s works instead.",
                                                          name=people[form.substitute.data].name))
    return _list_page(form, 422)


@bp.post("/admin/absences/<int:absence_id>/end")
@allow("director", "admin")
def end_absence(absence_id: int) -> BaseResponse:
    """Back earlier, or not leaving after all."""
    day = today()
    row = next((row for row in lists.absences_seen_by(person(), day) if row.id == absence_id), None)
    if row is None:
        abort(404)
    actions.end_absence(row, actor=me(), today=day, now=moment())
    if is_partial():
        return page("staff/_absences.html", rows=lists.absences_seen_by(person(), day - _LOOK_BACK), today=day)
    return see_other(url_for("staff.absences"), _("%(name)s works again from today on.", name=row.user.name))


def _people() -> list[User]:
    return list(db.session.scalars(lists.people_seen_by(person()).where(User.dismissed_at.is_(None))))


def _form(**options: None) -> AbsenceForm:
    form = AbsenceForm(**options)
    form.offer(_people())
    return form


def _list_page(form: AbsenceForm, status: int = 200) -> Response:
    day = today()
    return page("staff/absences.html", status=status, form=form, today=day,
                rows=lists.absences_seen_by(person(), day - _LOOK_BACK))
