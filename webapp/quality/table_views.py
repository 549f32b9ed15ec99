"""The service-quality table: how we stand beside a competitor, over time, and what is done about it."""

from collections.abc import Iterable, Sequence
from typing import Any

from flask import Response, abort, request
from flask_babel import gettext as _
from flask_login import current_user

from webapp.club.exporting import csv_file
from webapp.quality import history, outside, words
from webapp.quality.assess_views import assess_page, fresh_form
from webapp.quality.blueprint import READERS, Scope, bp, leads, scope, tabs
from webapp.quality.chart_rules import HIGH, LEFT, RIGHT, WIDE, curve
from webapp.quality.forms import ClosureForm, MeasureForm
from webapp.quality.models import Assessment, Competitor, Improvement
from webapp.quality.number_rules import WEIGHT_PARTS, from_parts
from webapp.staff.lists import colleagues
from webapp.web.addresses import kept_args
from webapp.web.guard import allow
from webapp.web.i18n import page_language
from webapp.web.page import page, row_id

MOST_WEAK = 3


@bp.get("")
@allow(*READERS)
def index() -> Response:
    """The last assessment beside a competitor; before there is any, the form with samples. `as=csv` gives a file."""
    here = scope()
    competitors = history.competitors_of([here.office.id])
    if not competitors:
        return assess_page(fresh_form(here), here, is_first=True) if leads() else page(
            "quality/nothing.html", tabs=tabs("quality.index"), here=here)
    asked = request.args.get("competitor", type=row_id)
    competitor = next((one for one in competitors if one.id == asked), competitors[0])
    rows = history.line_of(here.office.id, competitor.id)
    if request.args.get("as") == "csv":
        return csv_file("quality.csv", _cells(rows))
    return table_page(rows[-1], here, rows=rows, competitors=competitors, competitor=competitor)


@bp.get("/assessments/<int:assessment_id>")
@allow(*READERS)
def assessment(assessment_id: int) -> Response:
    """One assessment of any version, with the others of its day."""
    row = history.assessment_for(assessment_id, current_user) or abort(404)
    return page("quality/assessment.html", tabs=tabs("quality.index"), seen=history.seen(row), words=words,
                versions=history.versions_of(row), may_edit=leads(), zone=row.office.timezone)


def table_page(row: Assessment, here: Scope, *, rows: Sequence[Assessment], competitors: Sequence[Competitor],
               competitor: Competitor, form: MeasureForm | None = None, closure: ClosureForm | None = None,
               closing: int | None = None, status: int = 200) -> Response:
    """The page of one line of assessments, the newest of them in full."""
    seen = history.seen(row)
    done = history.improvements(here.office.id)
    weak = seen.table.weakest[:MOST_WEAK]
    values = [from_parts(one.total, WEIGHT_PARTS) for one in rows]
    return page(
        "quality/table.html", status=status, tabs=tabs("quality.index"), here=here, seen=seen, words=words, weak=weak,
        competitors=competitors, competitor=competitor, improvements=done, plans=_by_name(done),
        standing=words.standing(from_parts(row.total, WEIGHT_PARTS)), may_edit=leads(),
        form=form or closure, measures=_measure_forms(weak, here, form) if leads() else {}, closing=closing,
        closure=closure or ClosureForm(formdata=None),
        curve=curve([one.day for one in rows], values), rows=list(zip(rows, values, strict=True)),
        wide=WIDE, high=HIGH, left=LEFT, right=WIDE - RIGHT, again=kept_args("office", "competitor", **{"as": "csv"}),
        heard=outside.of_quarter(here.ids[:1], here.today, here.zone))


def _by_name(rows: Sequence[Improvement]) -> dict[str, list[Improvement]]:
    found: dict[str, list[Improvement]] = {}
    for row in rows:
        if row.closed_at is None:
            found.setdefault(row.name_key, []).append(row)
    return found


def _measure_forms(weak: Sequence[Any], here: Scope, sent: MeasureForm | None) -> dict[str, MeasureForm]:
    """A form for each weak indicator; ids differ, so that labels find their fields."""
    people = {person.id: person.name for person in colleagues(here.office)}
    forms = {}
    for place, line in enumerate(weak):
        key = line.indicator.key
        form = sent if sent is not None and sent.name_key.data == key else MeasureForm(
            formdata=None, data={"name_key": key}, today=here.today)
        form.offer(people)
        for field in form:
            field.id = f"{field.short_name}-{place}"
            field.label.field_id = field.id
        forms[key] = form
    return forms


def _cells(rows: Sequence[Assessment]) -> Iterable[Sequence[Any]]:
    yield (_("Day"), _("Competitor"), _("Version"), _("Indicator"), _("In what"), _("What is better"), _("Weight"),
           _("They"), _("We"), _("Relative"), _("Weighted"))
    for row in rows:
        table = history.table_for(row)
        start = (f"{row.day:%d.%m.%Y}", row.competitor.name, row.version)
        for line in table.lines:
            one = line.indicator
            yield (*start, one.name, one.unit, str(words.BETTER[one.better]), words.num(one.weight),
                   _cell(one.theirs), _cell(one.ours), words.relative(line.relative), words.weighted(line.weighted))
        yield (*start, _("In all"), "", "", words.num(table.weights), "", "", "", words.weighted(table.total))


def _cell(value: Any) -> str:
    """A number without spaces between thousands: table programs would take it for a text."""
    return words.num(value).replace("\u00a0" if page_language() == "ru" else ",", "")
