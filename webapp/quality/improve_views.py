"""What is done about a weak indicator: planned on the page of the table, closed there or from the list for today."""

from typing import Any

from flask import Response, abort, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from webapp.batches.actions import KeyTaken, once
from webapp.db import db
from webapp.quality import history
from webapp.quality.actions.improving import Measure, close, plan
from webapp.quality.blueprint import Scope, bp, me, moment, today_in
from webapp.quality.forms import ClosureForm, MeasureForm
from webapp.quality.models import Assessment, Improvement
from webapp.quality.table_views import table_page
from webapp.quality.words import refused
from webapp.staff.lists import colleagues
from webapp.staff.rules import DIRECTOR, BadInput, NotAllowed
from webapp.web.guard import DESK, allow
from webapp.web.page import page, safe_next, see_other


@bp.post("/assessments/<int:assessment_id>/improvements")
@allow(DIRECTOR)
def improve(assessment_id: int) -> Response | BaseResponse:
    """What, by whom, by when."""
    row = history.assessment_for(assessment_id, current_user) or abort(404)
    form = MeasureForm(today=today_in(row.office))
    form.offer({person.id: person.name for person in colleagues(row.office)})
    if not form.submitted() or form.due_on.data is None:
        return _table_of(row, form)
    measure = Measure(form.name_key.data or "", form.what.data or "", int(form.who.data), form.due_on.data)

    def make() -> int:
        return plan(row, measure, actor=me(), today=today_in(row.office), now=moment()).id
    try:
        once(form.form_key.data or "", "improvement", make, content=(row.id, measure), actor=me(), now=moment())
    except KeyTaken:
        form.sent_before()
        return _table_of(row, form, 409)
    except BadInput as error:
        form.say(error.field if error.field in form else "", refused(error))
        return _table_of(row, form)
    return see_other(url_for("quality.index", office=row.office_id, competitor=row.competitor_id) + "#doing",
                     _("Planned. It will stand on the list for today when its day comes."))


@bp.get("/improvements/<int:improvement_id>")
@allow(*DESK)
def improvement(improvement_id: int) -> Response:
    """One of them, for whoever does it."""
    return _page(_seen(improvement_id), ClosureForm(formdata=None))


@bp.post("/improvements/<int:improvement_id>")
@allow(*DESK)
def finish(improvement_id: int) -> Response | BaseResponse:
    """It is done."""
    row, form = _seen(improvement_id), ClosureForm()
    if not form.submitted():
        return _page(row, form, 422)
    try:
        close(row.id, result=form.result.data or "", actor=me(), now=moment())
    except (LookupError, NotAllowed):
        abort(404)
    except BadInput as error:
        form.say("result", refused(error))
        return _page(row, form, 422)
    return see_other(safe_next(request.form.get("back"), url_for("today.today")), _("Done and written down."))


def _seen(improvement_id: int) -> Improvement:
    """Directors see those of their offices, everybody else their own."""
    row: Any = db.session.get(Improvement, improvement_id)
    if row is None or not me().may_see(row.office_id) or not (DIRECTOR in current_user.hats
                                                              or row.who_id == current_user.id):
        abort(404)
    found: Improvement = row
    return found


def _page(row: Improvement, form: ClosureForm, status: int = 200) -> Response:
    return page("quality/improvement.html", status=status, row=row, form=form, zone=row.office.timezone,
                back=safe_next(request.values.get("back"), ""))


def _table_of(row: Assessment, form: MeasureForm, status: int = 422) -> Response:
    """The table again, with the form as it was filled in."""
    here = Scope([row.office], [row.office], today_in(row.office))
    rows = history.line_of(row.office_id, row.competitor_id)
    return table_page(rows[-1], here, rows=rows, competitors=history.competitors_of([row.office_id]),
                      competitor=row.competitor, form=form, status=status)
