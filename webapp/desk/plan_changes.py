"""Changing a plan: one step in a form, on and off, up and down, out; the draft thrown away, an older one begun anew."""

from dataclasses import replace

from flask import Blueprint, Response, abort, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from webapp.desk import plan_texts
from webapp.desk import plan_words as words
from webapp.desk.plan_forms import StepForm
from webapp.desk.plan_views import Sheet, context_of, sheet_of
from webapp.kit import clock
from webapp.staff.audit import actor_of
from webapp.touches import plan_book
from webapp.touches import plan_draft_rules as rules
from webapp.touches.actions import plan_drafting
from webapp.touches.actions.plan_drafting import Edit, PlanMeanwhile
from webapp.touches.plan_draft_rules import DraftStep
from webapp.touches.plan_rules import CHATS
from webapp.web.guard import allow
from webapp.web.page import page, see_other

bp = Blueprint("plan_changes", __name__, url_prefix="/admin/plans/<int:plan_id>")


@bp.get("/steps/new")
@allow("admin")
def new(plan_id: int) -> Response:
    """An empty step; `part` says in which part of the timeline it was asked for, `letter` which text was just made."""
    sheet = sheet_of(plan_id)
    return _shown(sheet, sheet.around.new_step(request.args.get("part", "")), is_new=True)


@bp.post("/steps/new")
@allow("admin")
def add(plan_id: int) -> Response | BaseResponse:
    """A new step ends its part of the plan; from there it can be moved."""
    sheet = sheet_of(plan_id)
    codes = plan_book.codes_ever(plan_id) | {step.code for step in sheet.steps}
    return _saved(sheet, replace(sheet.around.new_step(""), code=rules.free_code(codes)), is_new=True)


@bp.get("/steps/<code>")
@allow("admin")
def edit(plan_id: int, code: str) -> Response:
    """One step in a form."""
    sheet = sheet_of(plan_id)
    return _shown(sheet, _step(sheet, code))


@bp.post("/steps/<code>")
@allow("admin")
def save(plan_id: int, code: str) -> Response | BaseResponse:
    """Keep the step in the draft; with faults too, they only block publishing."""
    sheet = sheet_of(plan_id)
    return _saved(sheet, _step(sheet, code))


@bp.post("/steps/<code>/switch")
@allow("admin")
def switch(plan_id: int, code: str) -> BaseResponse:
    """On or off, in the draft."""
    active = request.form.get("active") == "1"
    return _changed(plan_id, code, lambda steps: rules.switched(steps, code, active))


@bp.post("/steps/<code>/place")
@allow("admin")
def place(plan_id: int, code: str) -> BaseResponse:
    """Up or down within its part of the plan."""
    return _changed(plan_id, code, lambda steps: rules.moved(steps, code, request.form.get("to") == "up"))


@bp.post("/steps/<code>/removal")
@allow("admin")
def remove(plan_id: int, code: str) -> BaseResponse:
    """Out of the plan; what it has done for trips stays with them."""
    return _changed(plan_id, "", lambda steps: rules.removed(steps, code))


@bp.post("/draft/removal")
@allow("admin")
def discard(plan_id: int) -> BaseResponse:
    """Back to the version in force."""
    sheet = sheet_of(plan_id)
    plan_drafting.discard(plan_id, actor=actor_of(current_user), now=clock.now())
    return see_other(sheet.url(), _("The draft is gone. This is the plan in force."))


@bp.post("/versions/<int:version_id>/restoration")
@allow("admin")
def restore(plan_id: int, version_id: int) -> BaseResponse:
    """An older version becomes the draft; published, it is in force again under a new number."""
    sheet = sheet_of(plan_id)
    number = next((row.number for row in sheet.book.versions if row.id == version_id), None) or abort(404)
    book = plan_drafting.begin_from(plan_id, version_id, actor=actor_of(current_user), now=clock.now())
    if book.draft is None:
        return see_other(sheet.url(), _("The plan in force says the same."))
    return see_other(sheet.url(), _("This is version %(number)s as a draft. Look at it and publish it.", number=number))


def _changed(plan_id: int, code: str, change: Edit) -> BaseResponse:
    """One press on the page of the plan; the page comes back to the step."""
    sheet = sheet_of(plan_id)
    if code:
        _step(sheet, code)
    anchor = f"step-{code}" if code else None
    try:
        plan_drafting.change(plan_id, change, seen=request.form.get("seen", ""), actor=actor_of(current_user),
                             now=clock.now())
    except PlanMeanwhile:
        return see_other(sheet.url(), _("The plan has been changed meanwhile. Please look at it and press once more."),
                         "yellow")
    return see_other(sheet.url(_anchor=anchor))


def _shown(sheet: Sheet, step: DraftStep, *, is_new: bool = False) -> Response:
    form = _form(sheet, None, step.channel)
    form.fill_in(step, sheet.book.stamp)
    made = request.args.get("letter", "")
    if made in form.codes:
        # Back from writing a new text for this step.
        form.letter.data = made or form.letter.data
    if not is_new:
        form.take(sheet.faults, step.code)
    return _page(sheet, form, step, is_new)


def _saved(sheet: Sheet, before: DraftStep, *, is_new: bool = False) -> Response | BaseResponse:
    form = _form(sheet, True)
    if not form.submitted():
        return _page(sheet, form, before, is_new, status=422)
    step = form.step(before)
    try:
        plan_drafting.change(sheet.book.plan.id, lambda steps: rules.put(steps, step), seen=form.seen.data or "",
                             actor=actor_of(current_user), now=clock.now())
    except PlanMeanwhile as error:
        form.seen.data = error.book.stamp
        author = error.book.draft.author if error.book.draft else error.book.in_force.author
        return _page(sheet, form, before, is_new, status=409, note=_(
            "%(name)s has changed this plan meanwhile. Below is what you wrote. Open the plan in a second tab and "
            "compare; saving once more puts your step in its place.", name=author))
    found = sheet_of(sheet.book.plan.id)
    if request.form.get("then") == "text":
        return _to_new_text(found, step)
    wrong = any(finding.step == step.code for finding in found.faults)
    said = (_("Kept in the draft. Something is missing, see the step.") if wrong else
            _("Kept in the draft. It holds for clients once the plan is published.") if found.book.draft else
            _("Nothing differs from the plan in force."))
    return see_other(found.url(_anchor=f"step-{step.code}", kept=before.code if not is_new else "new"), said,
                     "yellow" if wrong else "green")


def _to_new_text(sheet: Sheet, step: DraftStep) -> BaseResponse:
    """The step is kept; its new text is named like it, and leads back to it."""
    kind = step.channel if step.channel in ("email", "sms") else "chat" if step.channel in CHATS else "script"
    named = bool(step.name_ru or step.name_en)
    kept = any(row.code == step.code for row in sheet.steps)
    back = sheet.url("plan_changes.edit", code=step.code) if kept else sheet.url()
    return see_other(url_for("letter_new.form", channel=kind, title=words.name_of(step) if named else None, back=back),
                     _("The step is kept in the draft."))


def _form(sheet: Sheet, posted: bool | None, channel: str = "") -> StepForm:
    form = StepForm() if posted else StepForm(formdata=None)
    channel = (form.kind.data or "").removesuffix("_call") if posted else channel
    form.offer(plan_texts.choices(sheet.names, sheet.texts, channel), sheet.around)
    return form


def _page(sheet: Sheet, form: StepForm, step: DraftStep, is_new: bool, *, status: int = 200,
          note: str = "") -> Response:
    doubts = [] if is_new else [words.sentence(found) for found in sheet.warnings if found.step == step.code]
    return page("desk/plan_step.html", status=status, sheet=sheet, form=form, step=step, is_new=is_new, note=note,
                doubts=doubts, letter=sheet.names.get(form.letter.data or ""), **context_of(sheet))


def _step(sheet: Sheet, code: str) -> DraftStep:
    return next((step for step in sheet.steps if step.code == code), None) or abort(404)
