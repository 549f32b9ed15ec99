"""Current control: steps done in time, answers to clients, completeness of contacts; each number leads to its list."""

from collections.abc import Iterable, Sequence
from typing import Any

from flask import Response, abort, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from webapp.club.exporting import csv_file
from webapp.quality import contacts, words
from webapp.quality.blueprint import READERS, bp, moment, scope, tabs
from webapp.quality.feedback import feedback
from webapp.quality.punctual import Kept, kept, weeks_until
from webapp.quality.share_rules import HIGH, WIDE, columns
from webapp.staff.lists import people_named
from webapp.web.addresses import kept_args
from webapp.web.guard import allow
from webapp.web.page import page, row_id

WEEKS, STEP, MOST = 8, 50, 500
FACTS: dict[str, Any] = {
    "phone": _l("Phone that works"), "email": _l("E-mail that works"), "birthday": _l("Birthday"),
    "news": _l("Consent to news"), "next_trip": _l("Next trip: bought or planned"),
    "preferences": _l("Wishes and habits"), "passport": _l("Passport that is valid")}


@bp.get("/control")
@allow(*READERS)
def control() -> Response:
    """Eight weeks in three parts; `as=csv` gives the weeks as a file."""
    here = scope()
    weeks = weeks_until(here.today, WEEKS)
    asked = request.args.get("manager", type=row_id)
    found = kept(weeks, here.today, here.chosen, asked)
    if request.args.get("as") == "csv":
        return csv_file("in-time.csv", _cells(found, {office.id: office.name for office in here.offices}))
    now = moment()
    said = feedback(here.ids, now)
    shares = [found.weeks[monday].share for monday in weeks]
    return page(
        "quality/control.html", tabs=tabs("quality.control"), here=here, found=found, weeks=weeks, words=words,
        columns=columns(shares, [f"{monday:%d.%m}" for monday in weeks]), wide=WIDE, high=HIGH, heard=said, now=now,
        names=people_named({one.assignee_id for one in said.waiting if one.assignee_id}), facts=FACTS,
        known=contacts.completeness(here.ids, here.today), again=kept_args("office", "manager", **{"as": "csv"}),
        manager=found.names.get(asked, "") if asked else "", manager_id=asked, people=_people(found))


@bp.get("/contacts/<fact>")
@allow(*READERS)
def lacking(fact: str) -> Response:
    """Buyers of whom something is not known, to be asked: those who came back last first."""
    if fact not in FACTS:
        abort(404)
    here = scope()
    limit = min(max(request.args.get("n", STEP, type=row_id), STEP), MOST)
    rows = contacts.lacking(fact, here.ids, here.today, limit + 1)
    more = url_for("quality.lacking", fact=fact, office=here.office_id, n=limit + STEP)
    return page("quality/lacking.html", tabs=tabs("quality.control"), here=here, fact=fact, fact_word=FACTS[fact],
                rows=rows[:limit], more=more if len(rows) > limit and limit < MOST else None)


def _people(found: Kept) -> list[tuple[int | None, str]]:
    """Managers, the least punctual first; nobody in particular last."""
    def order(key: int | None) -> tuple[bool, int, str]:
        share = found.people[key].share
        return key is None, 101 if share is None else share, found.names.get(key or 0, "")
    return [(key, found.names.get(key, "") if key is not None else "") for key in sorted(found.people, key=order)]


def _cells(found: Kept, offices: dict[int, str]) -> Iterable[Sequence[Any]]:
    yield ("", _("Was due"), _("In time"), _("Later"), _("Still open"), _("In time, per cent"))
    parts = [*((f"{monday:%d.%m.%Y}", tally) for monday, tally in found.weeks.items()),
             *((offices.get(key, ""), tally) for key, tally in found.offices.items()),
             *((name or _("nobody in particular"), found.people[key]) for key, name in _people(found)),
             (_("In all"), found.total)]
    for name, tally in parts:
        yield (name, tally.due, tally.in_time, tally.later, tally.open, "" if tally.share is None else tally.share)
