"""Publishing a plan: for new trips only, or for open ones too with the difference shown first (`domain.md` §1.3)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response as BaseResponse

from webapp.db import db
from webapp.desk import letter_people
from webapp.desk import plan_words as words
from webapp.desk.plan_views import Sheet, context_of, sheet_of
from webapp.kit import clock
from webapp.kit.days import zone
from webapp.staff.audit import actor_of
from webapp.staff.models import scoped
from webapp.touches import plan_book, replans
from webapp.touches.actions import plan_drafting, replanning
from webapp.touches.kind_words import about
from webapp.touches.models import Occasion
from webapp.touches.replan_rules import OFF, SHOWN, Shift
from webapp.touches.replans import Look, Wanted
from webapp.trips.models import Trip
from webapp.trips.step_words import day_words, reason
from webapp.web.guard import allow
from webapp.web.page import page, row_id, see_other

bp = Blueprint("plan_publishing", __name__, url_prefix="/admin/plans/<int:plan_id>")
A_PAGE = 30


@dataclass(frozen=True)
class Case:
    """The difference for one trip: rows of `components/diff`, and how many steps stay as they are."""

    title: str
    url: str
    rows: list[dict[str, str]]
    same: int


@bp.get("/publication")
@allow("admin")
def ask(plan_id: int) -> Response | BaseResponse:
    """What the draft changes in the plan, and what it would change for trips under way."""
    sheet = sheet_of(plan_id)
    if sheet.book.draft is None:
        return see_other(sheet.url())
    if sheet.faults:
        return see_other(sheet.url(), _("The plan cannot be published yet: see the steps marked red."), "yellow")
    return _page(sheet)


@bp.post("/publication")
@allow("admin")
def publish(plan_id: int) -> BaseResponse:
    """Publish for new trips; «for open trips too» begins long work with its own page."""
    sheet = sheet_of(plan_id)
    actor, now = actor_of(current_user), clock.now()
    try:
        version = plan_drafting.publish(plan_id, seen=request.form.get("seen", ""), actor=actor, now=now)
    except plan_drafting.PlanMeanwhile:
        return see_other(sheet.url(), _("The plan has been changed meanwhile. Please look at it once more."), "yellow")
    except plan_drafting.PlanBlocked:
        return see_other(sheet.url(), _("The plan cannot be published yet: see the steps marked red."), "yellow")
    if version is None:
        return see_other(sheet.url(), _("There is no draft: it was published already."), "yellow")
    said = sheet.around.say("published", number=version.number)
    return _begun(sheet, said) if request.form.get("open") == "all" else see_other(sheet.url(), said)


@bp.get("/application")
@allow("admin")
def ask_open(plan_id: int) -> Response | BaseResponse:
    """What the version in force would change for trips that live by an older one."""
    sheet = sheet_of(plan_id)
    if not plan_book.count_behind(plan_id, sheet.book.in_force.number):
        return see_other(sheet.url(), sheet.around.say("have-it"))
    return _page(sheet, only_open=True)


@bp.post("/application")
@allow("admin")
def apply(plan_id: int) -> BaseResponse:
    """Give open trips the version in force."""
    sheet = sheet_of(plan_id)
    if request.form.get("version") != str(sheet.book.in_force.id):
        return see_other(sheet.url("plan_publishing.ask_open"),
                         _("The plan has been published anew meanwhile. This is its difference."), "yellow")
    return _begun(sheet, "")


@bp.get("/differences")
@allow("admin")
def cases(plan_id: int) -> Response:
    """Every trip with what would change for it, page by page."""
    sheet = sheet_of(plan_id)
    after = request.args.get("after", 0, type=row_id) or 0
    query = scoped(_concerned(sheet).where(Occasion.id > after), Occasion.office_id, letter_people.eyes(current_user))
    ids = list(db.session.scalars(query.limit(A_PAGE + 1)))
    return page("desk/plan_cases.html", sheet=sheet, cases=_cases(ids[:A_PAGE], sheet),
                next_after=ids[A_PAGE - 1] if len(ids) > A_PAGE else None, **context_of(sheet))


def _page(sheet: Sheet, *, only_open: bool = False) -> Response:
    look = replans.look_at(_concerned(sheet), _wanted(sheet), now=clock.now())
    seen = scoped(select(Occasion.id).where(Occasion.id.in_(look.sample)).order_by(Occasion.id.desc()),
                  Occasion.office_id, letter_people.eyes(current_user))
    return page("desk/plan_publish.html", sheet=sheet, view=look, figures=_figures(look), only_open=only_open,
                cases=_cases(list(db.session.scalars(seen)), sheet), **context_of(sheet))


def _begun(sheet: Sheet, said: str) -> BaseResponse:
    batch = replanning.begin(sheet.book.plan.id, actor=actor_of(current_user), now=clock.now())
    if batch is None:
        return see_other(sheet.url(), said or sheet.around.say("have-it"))
    return see_other(url_for("batches.job", batch_id=batch.id), said)


def _concerned(sheet: Sheet) -> Any:
    """Open trips the plan would change for: with a draft all, without one those behind the version in force."""
    book = sheet.book
    return plan_book.behind(book.plan.id, book.in_force.number + (1 if book.draft else 0))


def _wanted(sheet: Sheet) -> list[Wanted]:
    return [Wanted(step.as_step(), step.text) for step in sheet.steps]


def _figures(look: Look) -> list[tuple[str, int]]:
    names = {"added": _("Steps that come in addition"), "moved": _("Steps that get another day or hour"),
             "off": _("Steps switched off or taken out"), "dropped": _("Steps for which there is no time left"),
             "late": _("New steps left out because their day has passed")}
    return [(names[kind], look.about(look.figures[kind])) for kind in names if look.figures.get(kind)]


def _cases(ids: Sequence[int], sheet: Sheet) -> list[Case]:
    """The difference for each of these trips; the number of queries does not depend on how many there are."""
    rows = {row.id: row for row in db.session.scalars(select(Occasion).where(Occasion.id.in_(ids)).options(
        joinedload(Occasion.client)))}
    trips = {row.occasion_id: row for row in db.session.execute(
        select(Trip.id, Trip.occasion_id, Trip.destination).where(Trip.occasion_id.in_(ids)))}
    older = [step for version in reversed(sheet.book.versions) for step in plan_book.steps_in(version.id)]
    titles = {step.code: words.name_of(step) for step in (*older, *sheet.steps)}
    opens = bool(current_user.hats - {"admin"})
    found = []
    for number, shifts in replans.differences(ids, _wanted(sheet), now=clock.now()):
        trip = trips.get(number)
        told = about(rows[number].kind, rows[number].client_id, rows[number].anchors, rows[number].facts)
        what = trip.destination if trip else told.words if told else ""
        title = ", ".join(filter(None, (rows[number].client.full_name, what)))
        page_of = (url_for("trips.trip", trip_id=trip.id) if trip else
                   url_for("client_page.show", client_id=rows[number].client_id) if told else "")
        shown = [_row(shift, titles) for shift in shifts if shift.kind in SHOWN]
        found.append(Case(title, page_of if opens else "", shown, sum(shift.kind not in SHOWN for shift in shifts)))
    return found


def _row(shift: Shift, titles: dict[str, str]) -> dict[str, str]:
    old, new = (day_words(day) if day else "" for day in (shift.old, shift.new))
    if old and old == new and shift.old_at and shift.new_at:
        place = zone(current_user.zone)
        old, new = (f"{day}, {at.astimezone(place):%H:%M}" for day, at in ((old, shift.old_at), (new, shift.new_at)))
    why = "" if new else reason(OFF if shift.touch is None else shift.touch.reason or "")
    return {"label": titles.get(shift.code, shift.code), "old": old, "new": new or why, "note": ""}
