"""Control of a period: complaints and measures, surveys, checks of staff, and what was improved."""

from datetime import date, timedelta
from typing import Any

from flask import Response, request
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from sqlalchemy import select

from webapp.db import db
from webapp.kit.days import add_months, end_of_day
from webapp.quality import checks, outside, words
from webapp.quality.blueprint import READERS, Scope, bp, leads, scope, tabs
from webapp.quality.models import Improvement
from webapp.web.guard import allow
from webapp.web.page import page

SPANS: dict[str, Any] = {"month": _l("This month"), "last": _l("Last month"), "quarter": _l("Three months"),
                         "year": _l("Twelve months")}


@bp.get("/period")
@allow(*READERS)
def period() -> Response:
    """A month, a quarter or a year at one look, to print for a meeting."""
    here = scope()
    span = request.args.get("span", "quarter")
    span = span if span in SPANS else "quarter"
    first, last = span_of(span, here.today)
    ids = [person.id for person in checks.people(current_user)] if leads() else []
    return page("quality/period.html", tabs=tabs("quality.period"), here=here, span=span, spans=SPANS, first=first,
                last=last, heard=outside.between(here.ids, first, last, here.zone), leads=leads(),
                results=checks.results_of(ids, first, last) if ids else None, due=checks.due_of(ids, here.today),
                improved=_improved(here, first, last), words=words)


def span_of(span: str, today: date) -> tuple[date, date]:
    """First and last day."""
    month = today.replace(day=1)
    if span == "month":
        return month, today
    if span == "last":
        return add_months(month, -1), month - timedelta(days=1)
    return add_months(today, -3 if span == "quarter" else -12) + timedelta(days=1), today


def _improved(here: Scope, first: date, last: date) -> list[Improvement]:
    """What was brought to an end between these days, the newest first."""
    tz = here.zone
    rows = db.session.scalars(select(Improvement).where(
        Improvement.office_id.in_(here.ids), Improvement.closed_at >= end_of_day(first - timedelta(days=1), tz),
        Improvement.closed_at < end_of_day(last, tz)).order_by(Improvement.closed_at.desc()).limit(50))
    return list(rows)
