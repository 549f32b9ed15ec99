"""The audit log: who changed what, newest first, by person, subject and days."""

from datetime import timedelta
from urllib.parse import urlencode

from flask import Response, request
from flask_babel import gettext as _
from sqlalchemy import Select, select

from webapp.db import db
from webapp.kit import clock, days
from webapp.kit.dates import A_YEAR
from webapp.staff import lists, log_words
from webapp.staff.login import person
from webapp.staff.models import AuditEntry, User
from webapp.staff.views.blueprint import bp
from webapp.web.examples import example_day
from webapp.web.forms import parse_day
from webapp.web.guard import allow
from webapp.web.page import page, row_id

PER_PAGE = 50
_JOBS = "jobs"


@bp.get("/admin/log")
@allow("director", "admin")
def log() -> Response:
    """Fifty lines and the way to older ones."""
    wished = {key: value for key in ("who", "subject", "since", "until")
              if (value := request.args.get(key, "").strip())}
    query, problem = _filtered(lists.log_of(person()), wished)
    before = request.args.get("before", type=row_id)
    if before:
        query = query.where(AuditEntry.id < before)
    entries = list(db.session.scalars(query.limit(PER_PAGE + 1)))
    older = ""
    if len(entries) > PER_PAGE:
        entries = entries[:PER_PAGE]
        older = "?" + urlencode({**wished, "before": entries[-1].id})
    return page("staff/log.html", "staff/_log.html", lines=log_words.read(entries), older=older, wished=wished,
                newest=not before, people=_people(), jobs=_JOBS, zone=person().zone, problem=problem,
                subjects=sorted(((name, log_words.subject_label(name)) for name in lists.subjects_logged()),
                                key=lambda pair: pair[1]))


def _filtered(query: Select[AuditEntry], wished: dict[str, str]) -> tuple[Select[AuditEntry], str]:
    """The query narrowed by the filter, and a sentence about a date that could not be read."""
    problem = ""
    who = wished.get("who", "")
    if who == _JOBS:
        query = query.where(AuditEntry.user_id.is_(None))
    elif who:
        query = query.where(AuditEntry.user_id == (int(who) if who.isdecimal() and len(who) < 10 else -1))
    if "subject" in wished:
        query = query.where(AuditEntry.subject == wished["subject"])
    zone = days.zone(person().zone)
    for key in ("since", "until"):
        day = parse_day(wished.get(key, ""), clock.today(zone), back=A_YEAR)
        if day and key == "since":
            query = query.where(AuditEntry.at >= days.end_of_day(day - timedelta(days=1), zone))
        elif day:
            query = query.where(AuditEntry.at < days.end_of_day(day, zone))
        elif wished.get(key):
            problem = _("“%(text)s” is not a date. Write it like %(day)s.", text=wished[key], day=example_day(0))
    return query, problem


def _people() -> list[tuple[int, str]]:
    rows = lists.people_seen_by(person()).with_only_columns(User.id, User.name)
    return [(row.id, row.name) for row in db.session.execute(select(rows.subquery()))]
