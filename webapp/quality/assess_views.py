"""A new assessment and a correction: totals while typing where htmx is there, after saving everywhere."""

from dataclasses import replace
from datetime import date
from typing import Any

from flask import Response, abort, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from webapp.batches.actions import KeyTaken, once
from webapp.kit.text import match_key
from webapp.quality import history, words
from webapp.quality.actions.assessing import BadTable, CorrectedMeanwhile, assess, correct
from webapp.quality.blueprint import Scope, bp, me, moment, scope, tabs, today_in
from webapp.quality.forms import AssessForm, posted, shown
from webapp.quality.models import Assessment
from webapp.quality.starter import sample_indicators
from webapp.quality.table_rules import Indicator, faults_of, table_of
from webapp.staff.rules import DIRECTOR, BadInput
from webapp.web.guard import allow
from webapp.web.page import page, part, see_other


@bp.get("/new")
@allow(DIRECTOR)
def new() -> Response:
    """The form, begun with the indicators of the last assessment, or with samples."""
    here = scope()
    return assess_page(fresh_form(here, request.args.get("competitor", "").strip()[:80]), here)


@bp.post("/new")
@allow(DIRECTOR)
def save() -> Response | BaseResponse:
    """Keep it; other buttons add lines or make the weights 1 and keep nothing."""
    here = scope()
    form = posted(today=here.today)
    if request.form.get("do") == "last":
        form.take_last(_last(form, here))
        return assess_page(form, here)
    answer = _other_button(form)
    if answer:
        return assess_page(form, here, status=answer)
    if not _is_good(form):
        return assess_page(form, here, status=422)
    day, competitor = _day(form), form["competitor"].data or ""
    indicators = form.indicators

    def make() -> int:
        return assess(here.office, competitor, day, indicators, actor=me(), today=here.today, now=moment()).id
    try:
        made, _is_new = once(form.form_key.data or "", "quality", make, actor=me(), now=moment(),
                             content=(here.office.id, competitor, day, indicators))
    except KeyTaken:
        form.sent_before()
        return assess_page(form, here, status=409)
    except BadTable as error:
        form.complain(error.faults)
        return assess_page(form, here, status=422)
    except BadInput as error:
        form.take(error)
        return assess_page(form, here, status=422, standing=int(error.value) if error.code == "day-taken" else None)
    row = history.assessment_for(made, current_user) or abort(404)
    return see_other(url_for("quality.index", office=row.office_id, competitor=row.competitor_id),
                     _("Saved: total %(total)s.", total=words.num(history.table_for(row).total, words.TOTAL)))


@bp.post("/totals")
@allow(DIRECTOR)
def totals() -> Response:
    """What the table makes so far; reads only."""
    return _totals(posted(today=scope().today))


@bp.get("/assessments/<int:assessment_id>/correction")
@allow(DIRECTOR)
def correction(assessment_id: int) -> Response:
    """The assessment as a form."""
    row = history.assessment_for(assessment_id, current_user) or abort(404)
    return _correct_page(shown([line.indicator for line in row.lines], correcting=True), row)


@bp.post("/assessments/<int:assessment_id>/correction")
@allow(DIRECTOR)
def save_correction(assessment_id: int) -> Response | BaseResponse:
    """Keep another version; the old one stays to be read."""
    row = history.assessment_for(assessment_id, current_user) or abort(404)
    form = posted(correcting=True, today=today_in(row.office))
    answer = _other_button(form)
    if answer:
        return _correct_page(form, row, answer)
    if not _is_good(form):
        return _correct_page(form, row, 422)
    try:
        made = _corrected(row, form)
    except BadTable as error:
        form.complain(error.faults)
        return _correct_page(form, row, 422)
    except CorrectedMeanwhile:
        newest = history.versions_of(row)[0]
        return see_other(url_for("quality.assessment", assessment_id=newest.id),
                         _("%(name)s has corrected this assessment meanwhile. This is the newest version.",
                           name=newest.author), "yellow")
    said = _("Nothing was changed.") if made == row.id else _("Corrected. The version before stays below.")
    return see_other(url_for("quality.assessment", assessment_id=made), said)


def fresh_form(here: Scope, competitor: str = "") -> AssessForm:
    """The form of the next assessment of an office: what is measured is known, the values are to be found out anew."""
    indicators = history.last_indicators(here.office.id, match_key(competitor)) or sample_indicators()
    return shown([replace(one, theirs=None, ours=None) for one in indicators], competitor=competitor, day=here.today)


def assess_page(form: AssessForm, here: Scope, *, is_first: bool = False, status: int = 200,
                standing: int | None = None) -> Response:
    """The form with its totals so far. `standing` is what has this day already."""
    known = history.competitors_of([office.id for office in here.offices])
    return page("quality/assess.html", status=status, form=form, here=here, tabs=tabs("quality.index"),
                is_first=is_first, standing=standing, competitors=known, last=_last(form, here), **_context(form))


def _last(form: AssessForm, here: Scope) -> dict[int, Indicator]:
    """By line what the assessment before says of the same indicator: shown beside the empty fields."""
    rows = history.last_indicators(here.office.id, match_key(form["competitor"].data or ""))
    before = {one.key: one for one in rows}
    keys = {place: match_key(fields["name"].data or "") for place, fields in enumerate(form.lines)}
    return {place: before[key] for place, key in keys.items() if key in before}


def _correct_page(form: AssessForm, row: Assessment, status: int = 200) -> Response:
    return page("quality/correction.html", status=status, form=form, row=row, tabs=tabs("quality.index"),
                **_context(form))


def _other_button(form: AssessForm) -> int:
    """The status of an answer to a button that keeps nothing; 0 for the one that saves."""
    what = request.form.get("do", "")
    if what == "more":
        return 200
    if what != "whole":
        return 0
    form.validate()
    if any(form[f"weight_{place}"].errors for place in form.places):
        return 422
    form.make_whole()
    # What else is missing is said when it is saved, not now.
    for field in form:
        field.errors = ()
    form.form_errors = []
    return 200


def _is_good(form: AssessForm) -> bool:
    good = form.submitted()
    faults = faults_of(form.indicators)
    form.complain(faults)
    return good and not faults


def _corrected(row: Assessment, form: AssessForm) -> int:
    """The id of the version this form makes; the same form pressed twice makes one, and nobody is told of a colleague.

    Raises BadTable, CorrectedMeanwhile.
    """
    reason, indicators = form["reason"].data or "", form.indicators

    def make() -> int:
        return correct(row, indicators, reason=reason, actor=me(), now=moment()).id
    try:
        return once(form.form_key.data or "", f"quality:{row.id}", make, content=(reason, indicators), actor=me(),
                    now=moment())[0]
    except KeyTaken:
        # Back in the browser, and other numbers: the version itself knows whether it may still be corrected.
        return make()


def _day(form: AssessForm) -> date:
    day: date = form["day"].data
    return day


def _context(form: AssessForm) -> dict[str, Any]:
    places = form.places
    table = table_of(form.indicators)
    return {"words": words, "table": table, "sums": dict(zip(places, table.lines, strict=True)),
            "waits": sum(line.weighted is None for line in table.lines)}


def _totals(form: AssessForm) -> Response:
    form.validate()
    return part("quality/_totals.html", "quality/_sums.html", form=form, **_context(form))
