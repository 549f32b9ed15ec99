"""Analysis of complaints: causes, sources, managers, operators, time per step, month by month; also as a file."""

from collections.abc import Iterable, Sequence
from typing import Any

from babel.dates import format_date
from flask import Response, request
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from webapp.club.chart_rules import HIGH, WIDE, columns
from webapp.club.exporting import csv_file, rubles
from webapp.complaints import words
from webapp.complaints.analysis import Analysis, Group, analyse
from webapp.complaints.desk_blueprint import PEOPLE, bp
from webapp.kit.days import add_months
from webapp.kit.shares import per_cent
from webapp.web.guard import allow
from webapp.web.i18n import page_language, percent, today_here
from webapp.web.page import page, row_id

SPANS = (3, 6, 12, 24)
YEAR = 12
SLOTS, FEW = 7, 4
"""Bars are never wider than a part of the drawing; a few make a narrower one."""
NAMES: dict[str, Any] = {**words.SOURCES, "no-cause": _l("not found yet"), "nobody": _l("no manager"),
                         "no-operator": _l("no operator")}


@bp.get("/analysis")
@allow(*PEOPLE)
def analysis() -> Response:
    """The last months, a year unless told otherwise; `as=csv` gives a file."""
    asked = request.args.get("months", 12, type=row_id)
    span = asked if asked in SPANS else 12
    last = today_here().replace(day=1)
    found = analyse(current_user, add_months(last, 1 - span), last, NAMES, page_language())
    if request.args.get("as") == "csv":
        return csv_file("complaints.csv", _lines(found))
    lists = ((_("Root causes"), _("Root cause"), found.causes), (_("How they came"), _("How they came"), found.sources),
             (_("Managers"), _("Manager"), found.managers), (_("Tour operators"), _("Tour operator"), found.operators))
    return page("complaints/analysis.html", found=found, lists=lists, span=span, spans=SPANS, words=words, wide=WIDE,
                high=HIGH, month_words=_month, share=_share,
                by_month=columns([group.count for group in found.months.values()],
                                 [format_date(month, "LLL", locale=get_locale()).strip(".") for month in found.months]),
                is_year=span <= YEAR, **_pareto([bar.count for bar in found.pareto]))


def _pareto(counts: list[int]) -> dict[str, Any]:
    """Numbered columns and how wide their drawing is: one or two stand slim, where the whole width made them blocks."""
    room = max(SLOTS, len(counts))
    drawn = columns(counts + [0] * (room - len(counts)), [str(n) for n in range(1, room + 1)])[:len(counts)]
    is_few = len(counts) <= FEW
    return {"bars": drawn, "is_few": is_few, "bars_wide": WIDE * FEW // SLOTS if is_few else WIDE}


def _month(first: Any) -> str:
    return format_date(first, "LLLL y", locale=get_locale())


def _share(part: int, whole: int) -> str:
    return percent(per_cent(part, whole))


def _lines(found: Analysis) -> Iterable[Sequence[Any]]:
    yield (_("What"), _("Name"), _("Complaints"), _("Looked into"), _("How many justified"),
           _("Said about the decision"), _("How many satisfied"), _("Cost, ₽"))
    groups: tuple[tuple[str, Iterable[tuple[str, Group]]], ...] = (
        (_("In all"), [("", found.all)]),
        (_("Month"), [(f"{month:%m.%Y}", group) for month, group in found.months.items()]),
        (_("Root cause"), [(group.name, group) for group in found.causes]),
        (_("How they came"), [(group.name, group) for group in found.sources]),
        (_("Manager"), [(group.name, group) for group in found.managers]),
        (_("Tour operator"), [(group.name, group) for group in found.operators]))
    for what, rows in groups:
        for name, group in rows:
            yield (what, name, group.count, group.judged, group.justified, group.answered, group.satisfied,
                   rubles(group.cost))
