"""Checks of staff, for directors: what is due, a result written down, the history of a person, to print."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import Response, abort, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from webapp.batches.actions import KeyTaken, once
from webapp.db import db
from webapp.kit.days import add_months
from webapp.kit.text import match_key
from webapp.quality import checks, words
from webapp.quality.actions.checking import (
    TOPIC,
    Dropped,
    correct_check,
    drop_check,
    plan_checks,
    put_back,
    write_down,
)
from webapp.quality.blueprint import bp, me, moment, my_today, tabs
from webapp.quality.check_forms import CorrectForm, PlanForm, ResultForm
from webapp.quality.models import StaffCheck, StaffCheckDue
from webapp.quality.starter import sample_topics
from webapp.staff.models import User
from webapp.staff.rules import DIRECTOR, BadInput
from webapp.web.guard import allow
from webapp.web.page import page, row_id, see_other

NEXT_IN = 6
"""Months after which a check is repeated unless told otherwise."""


@bp.get("/staff")
@allow(DIRECTOR)
def staff() -> Response:
    """What is due, and what was found last of everybody."""
    return _list_page(PlanForm(formdata=None, data={"people": []}))


@bp.post("/staff")
@allow(DIRECTOR)
def plan() -> Response | BaseResponse:
    """Plan a check of one or several people."""
    people = _people()
    form = _offered(PlanForm(today=my_today()), people)
    if not form.submitted() or form.due_on.data is None:
        return _list_page(form, 422)
    chosen = [one for one in people.values() if str(one.id) in (form.people.data or ())]
    try:
        number = plan_checks(chosen, form.topic.data or "", form.due_on.data, actor=me(), today=my_today(),
                             now=moment())
    except BadInput as error:
        form.take(error)
        return _list_page(form, 422)
    return see_other(url_for("quality.staff"), words.planned(number))


@bp.get("/staff/new")
@allow(DIRECTOR)
def new_check() -> Response:
    """The form of a result; from a task it knows whom and what."""
    due = _due(request.args.get("due", type=row_id))
    asked = request.args.get("user", type=row_id)
    today = my_today()
    data = {"checked_on": today, "next_on": add_months(today, NEXT_IN), "topic": due.topic if due else "",
            "user": str(due.user_id if due else asked or "")}
    return _result_page(_offered(ResultForm(formdata=None, data=data), _people()))


@bp.post("/staff/new")
@allow(DIRECTOR)
def save_check() -> Response | BaseResponse:
    """Write it down; the task is done with it."""
    people = _people()
    form = _offered(ResultForm(today=my_today()), people)
    if not form.submitted():
        return _result_page(form, 422)
    person, outcome = people[int(form.user.data)], form.outcome

    def make() -> int:
        return write_down(person, outcome, actor=me(), today=my_today(), now=moment()).id
    try:
        once(form.form_key.data or "", "staff-check", make, content=(person.id, outcome), actor=me(), now=moment())
    except KeyTaken:
        form.sent_before()
        return _result_page(form, 409)
    except BadInput as error:
        form.take(error)
        return _result_page(form, 422)
    return see_other(url_for("quality.person", user_id=person.id), _("Written down."))


@bp.get("/staff/<int:user_id>")
@allow(DIRECTOR)
def person(user_id: int) -> Response:
    """Everything that was ever checked of somebody, corrected results too."""
    found = _people().get(user_id) or abort(404)
    rows = checks.history_of(user_id)
    return page("quality/person.html", tabs=tabs("quality.staff"), person=found, rows=rows, words=words,
                replaced={row.corrects_id for row in rows if row.corrects_id}, due=checks.due_of([user_id]),
                today=my_today(), zone=current_user.zone)


@bp.get("/staff/checks/<int:check_id>")
@allow(DIRECTOR)
def correct_form(check_id: int) -> Response:
    """A result as a form."""
    row = _check(check_id)
    data: dict[str, Any] = {"user": str(row.user_id), "topic": row.topic, "checked_on": row.checked_on,
                            "result": row.result, "note": row.note, "next_on": row.next_on}
    return _correct_page(_offered(CorrectForm(formdata=None, data=data), _people()), row)


@bp.post("/staff/checks/<int:check_id>")
@allow(DIRECTOR)
def save_correct(check_id: int) -> Response | BaseResponse:
    """Another version of the result; the old one stays."""
    row = _check(check_id)
    form = _offered(CorrectForm(today=my_today()), _people())
    form.user.data = str(row.user_id)
    if not form.submitted():
        return _correct_page(form, row, 422)
    try:
        correct_check(row, form.outcome, reason=form.reason.data or "", actor=me(), today=my_today(), now=moment())
    except BadInput as error:
        form.take(error)
        return _correct_page(form, row, 422)
    return see_other(url_for("quality.person", user_id=row.user_id), _("Corrected. The version before stays below."))


@bp.post("/staff/planned/<int:due_id>/removal")
@allow(DIRECTOR)
def drop(due_id: int) -> BaseResponse:
    """A planned check is not wanted any more."""
    try:
        off = drop_check(due_id, actor=me(), now=moment())
    except LookupError:
        abort(404)
    return see_other(url_for("quality.staff", off=off.user_id, topic=off.topic, due=off.due_on.isoformat()))


@bp.post("/staff/planned/return")
@allow(DIRECTOR)
def undo_drop() -> BaseResponse:
    """Put a check back that was taken off the list by mistake."""
    off = _off(request.form) or abort(404)
    put_back(_people()[off.user_id], off.topic, off.due_on, actor=me(), now=moment())
    return see_other(url_for("quality.staff"), _("The check is planned again."))


def _people() -> dict[int, User]:
    return {person.id: person for person in checks.people(current_user)}


def _offered(form: Any, people: dict[int, User]) -> Any:
    form.offer({user_id: person.name for user_id, person in people.items()})
    return form


def _due(due_id: int | None) -> StaffCheckDue | None:
    row = db.session.get(StaffCheckDue, due_id) if due_id else None
    return row if row is not None and row.user_id in _people() else None


def _check(check_id: int) -> StaffCheck:
    row: Any = db.session.get(StaffCheck, check_id)
    if row is None or row.user_id not in _people():
        abort(404)
    found: StaffCheck = row
    return found


def _topics() -> list[str]:
    used = checks.topics()
    return sorted({*used, *sample_topics()}) if len(used) < len(sample_topics()) else used


def _off(said: Mapping[str, str]) -> Dropped | None:
    """What was just taken off the list, from an address or a form; None where it makes no sense or is planned anew."""
    user_id, topic = said.get("off", ""), said.get("topic", "").strip()[:TOPIC]
    try:
        off = Dropped(int(user_id), topic, date.fromisoformat(said.get("due", "")))
    except ValueError:
        return None
    return off if off.user_id in _people() and topic else None


def _list_page(form: PlanForm, status: int = 200) -> Response:
    people, due = _people(), checks.due_of(_people())
    off = _off(request.args)
    if off and any((row.user_id, row.topic_key) == (off.user_id, match_key(off.topic)) for row in due):
        off = None
    return page("quality/staff.html", status=status, tabs=tabs("quality.staff"), form=_offered(form, people),
                people=list(people.values()), due=due, off=off,
                off_name=people[off.user_id].name if off else "", results=checks.last_results(people),
                topics=_topics(), words=words, today=my_today())


def _result_page(form: ResultForm, status: int = 200) -> Response:
    return page("quality/check.html", status=status, tabs=tabs("quality.staff"), form=form, topics=_topics(), row=None,
                url=url_for("quality.save_check"))


def _correct_page(form: CorrectForm, row: StaffCheck, status: int = 200) -> Response:
    return page("quality/check.html", status=status, tabs=tabs("quality.staff"), form=form, topics=_topics(), row=row,
                url=url_for("quality.save_correct", check_id=row.id))


def due_today(today: date) -> list[StaffCheckDue]:
    """The director's tasks of a day, overdue ones first."""
    return list(checks.due_of(_people(), today))
