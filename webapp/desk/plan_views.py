"""/admin/plans: the list, one plan as a timeline, its versions. Changes: `plan_changes`, `plan_publishing`."""

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flask import Blueprint, Flask, Response, abort, request, url_for
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from sqlalchemy import select

from webapp.batches.kinds import Kind, register_kind
from webapp.batches.models import Batch
from webapp.db import db
from webapp.desk import plan_texts
from webapp.desk import plan_words as words
from webapp.desk.plan_around import PARTS, Around, around
from webapp.staff.log_words import add_log_words
from webapp.staff.rules import ADMIN
from webapp.touches import plan_book
from webapp.touches.actions import replanning
from webapp.touches.models import Plan
from webapp.touches.plan_book import Book, Version
from webapp.touches.plan_check_rules import PlanFinding, Text, faults_of, warnings_of
from webapp.touches.plan_draft_rules import DraftStep, StepChange, difference
from webapp.touches.shipped import anchors_of
from webapp.web.guard import STAFF, allow
from webapp.web.nav import TEXTS, Section, add_section
from webapp.web.page import page

bp = Blueprint("plans", __name__, url_prefix="/admin/plans")
_LEFT = {"left": _l("Left as they were: their dates cannot be"), "passed": _l("Over meanwhile")}


def register(app: Flask) -> None:
    """Put plans into the bar, say what the log says of them, and tell the house who applies them."""
    add_section(app, Section("plans.index", _l("Plans"), 91, frozenset(STAFF), "/admin/plans", group=TEXTS))
    add_log_words("plan", _l("Plans"), {
        "drafted": _l("Began to change the plan “%(name)s”"),
        "discarded": _l("Threw away the draft of the plan “%(name)s”"),
        "published": _l("Published the plan “%(name)s”"),
        "applied": _l("Gave open trips the new plan “%(name)s”"),
        "applied-other": _l("Applied the new plan “%(name)s” to what was under way")}, _names,
        {"version": _l("Version")})
    register_kind(Kind(replanning.KIND, replanning.run_application, _l("New plan for open trips"), {
        "changed": _l("Trips that changed"), "same": _l("Trips without a change"), **_LEFT}, _after))
    register_kind(Kind(replanning.OTHER, replanning.run_application, _l("New plan for what is under way"), {
        "changed": _l("Changed"), "same": _l("Without a change"), **_LEFT}, _after))


@dataclass(frozen=True)
class Sheet:
    """A plan as a page shows it: its book, what is wrong with it, what differs from the version in force."""

    book: Book

    @cached_property
    def steps(self) -> list[DraftStep]:
        """Steps of the draft, else those in force."""
        return self.book.steps

    @cached_property
    def texts(self) -> dict[str, Text]:
        """What a step may say."""
        return plan_book.texts()

    @cached_property
    def names(self) -> dict[str, plan_texts.TextName]:
        """Names of all texts."""
        return plan_texts.text_names()

    @cached_property
    def faults(self) -> list[PlanFinding]:
        """What blocks publishing."""
        return faults_of(self.steps, self.texts, anchors_of(self.book.plan.kind))

    @cached_property
    def warnings(self) -> list[PlanFinding]:
        """What deserves a second look."""
        return warnings_of(self.steps, self.texts, anchors_of(self.book.plan.kind))

    @cached_property
    def changes(self) -> list[StepChange]:
        """What the draft changes."""
        return difference(self.book.published, self.steps) if self.book.draft else []

    @property
    def title(self) -> str:
        """What the plan is called."""
        return words.plan_name(self.book.plan)

    @property
    def parts(self) -> list[tuple[str, list[DraftStep]]]:
        """Steps by the part of the timeline, in the order of the plan."""
        return [(part, [step for step in self.steps if step.part == part]) for part in PARTS]

    @cached_property
    def around(self) -> Around:
        """What the plan is around, and the words for that."""
        return around(self.book.plan)

    @property
    def states(self) -> dict[str, str]:
        """What the draft does with each step: new, on, off, changed."""
        return {change.step.code: change.kind for change in self.changes}

    def url(self, endpoint: str = "plans.show", **more: Any) -> str:
        """An address of this plan."""
        return url_for(endpoint, plan_id=self.book.plan.id, **more)


@bp.get("")
@allow(*STAFF)
def index() -> Response:
    """All plans."""
    return page("desk/plans.html", lines=plan_book.lines(), words=words, around=around, counts=_counts,
                zone=current_user.zone, may_edit=ADMIN in current_user.hats)


@bp.get("/<int:plan_id>")
@allow(*STAFF)
def show(plan_id: int) -> Response:
    """One plan, step by step: administrators change it, everybody reads it."""
    sheet = sheet_of(plan_id)
    return page("desk/plan.html", sheet=sheet, kept=request.args.get("kept", "")[:40], **context_of(sheet))


@bp.get("/<int:plan_id>/versions")
@allow(*STAFF)
def versions(plan_id: int) -> Response:
    """Published versions, newest first, each with what it changed."""
    sheet = sheet_of(plan_id)
    return page("desk/plan_versions.html", sheet=sheet, rows=_rows(sheet.book), **context_of(sheet))


@bp.get("/<int:plan_id>/versions/<int:version_id>")
@allow(*STAFF)
def version(plan_id: int, version_id: int) -> Response:
    """A version with its steps, what it changed, what has changed since, and the way back to it."""
    sheet = sheet_of(plan_id)
    row = next((row for row in sheet.book.versions if row.id == version_id), None) or abort(404)
    steps = plan_book.steps_in(row.id)
    return page("desk/plan_version.html", sheet=sheet, version=row, steps=steps,
                since=difference(steps, sheet.book.published), **context_of(sheet))


def sheet_of(plan_id: int) -> Sheet:
    """The plan of an address, or 404."""
    return Sheet(plan_book.book_of(plan_id) or abort(404))


def context_of(sheet: Sheet) -> dict[str, Any]:
    """What every page of a plan needs."""
    book = sheet.book
    return {"words": words, "around": sheet.around, "zone": current_user.zone, "may_edit": ADMIN in current_user.hats,
            "titles": plan_texts.titles(sheet.names),
            "behind": plan_book.count_behind(book.plan.id, book.in_force.number),
            "faults": words.by_step(sheet.faults), "warnings": words.by_step(sheet.warnings)}


def _rows(book: Book) -> list[tuple[Version, list[StepChange]]]:
    """Each version with what it changed against the one before; the first changed nothing."""
    found = []
    for place, row in enumerate(book.versions):
        older = book.versions[place + 1] if place + 1 < len(book.versions) else None
        found.append((row, difference(plan_book.steps_in(older.id), plan_book.steps_in(row.id)) if older else []))
    return found


def _counts(book: Book) -> tuple[int, int]:
    """(steps in use, all steps) of the version in force."""
    used = Counter(step.active for step in book.published)
    return used[True], used.total()


def _names(ids: set[int]) -> dict[int, str]:
    return {plan.id: words.plan_name(plan) for plan in db.session.scalars(select(Plan).where(Plan.id.in_(ids)))}


def _after(batch: Batch) -> tuple[str, Any] | None:
    plan_id = batch.mapping.get("plan")
    return (url_for("plans.show", plan_id=plan_id), _l("Open the plan")) if plan_id else None
