"""How complaints are handled: procedures by type, root causes, deadlines; all read, administrators change them."""

from collections.abc import Callable
from dataclasses import fields
from typing import Any

from flask import Blueprint, Flask, Response, abort, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from webapp.batches.actions import KeyTaken, once
from webapp.complaints import procedures, words
from webapp.complaints.actions.maintaining import Wording, move_cause, save_cause, save_procedure, save_terms
from webapp.complaints.clock_rules import Terms
from webapp.complaints.day_holes import HOLES, fill_days
from webapp.complaints.desk_blueprint import me
from webapp.complaints.models import Complaint, Procedure, RootCause
from webapp.complaints.procedure_forms import CauseForm, ProcedureForm, TermsForm
from webapp.complaints.questions import terms_for
from webapp.db import db
from webapp.kit import clock
from webapp.staff.log_words import add_log_words
from webapp.staff.rules import ADMIN, BadInput
from webapp.web.guard import STAFF, allow
from webapp.web.i18n import page_language
from webapp.web.nav import TEXTS, Section, add_section
from webapp.web.page import page, see_other

bp = Blueprint("procedures", __name__, url_prefix="/admin/procedures")


def register(app: Flask) -> None:
    """The section, and how the log speaks of complaints."""
    add_section(app, Section("procedures.index", _l("Handling of complaints"), 45, frozenset(STAFF),
                             "/admin/procedures", group=TEXTS))
    add_log_words("complaint", _l("Complaints"), {
        **{verb: words.log_line(done) for verb, done in words.DONE.items()},
        "terms": _l("Changed the deadlines of complaints")},
        _numbers, {f"complaint_{name}": label for name, label in words.TERMS.items()})
    add_log_words("procedure", _l("Procedures for complaints"), {
        "added": _l("New procedure: %(name)s"), "edited": _l("Changed the procedure: %(name)s")}, _names(Procedure))
    add_log_words("root_cause", _l("Root causes"), {
        "added": _l("New root cause: %(name)s"), "edited": _l("Changed the root cause: %(name)s"),
        "moved": _l("Moved the root cause: %(name)s")}, _names(RootCause))


@bp.get("")
@allow(*STAFF)
def index() -> Response:
    """All three lists."""
    form = TermsForm(None)
    form.fill_in(terms_for())
    return _page(form)


@bp.post("/terms")
@allow(ADMIN)
def terms() -> Response | BaseResponse:
    """How long each step may take."""
    form = TermsForm()
    if not form.submitted():
        return _page(form, 422)
    try:
        save_terms(form.terms, actor=me(), now=clock.now())
    except BadInput as error:
        form.say(error.field, words.fault(error))
        return _page(form, 422)
    return see_other(url_for(".index", _anchor="terms"), _("Saved. Deadlines of open complaints are counted anew."))


@bp.route("/new", methods=["GET", "POST"])
@allow(ADMIN)
def new() -> Response | BaseResponse:
    """A procedure of the agency's own."""
    return _edit(None)


@bp.get("/<int:procedure_id>")
@allow(*STAFF)
def show(procedure_id: int) -> Response | BaseResponse:
    """Words and days of one procedure: a form for administrators, to read for everybody else."""
    row = db.session.get(Procedure, procedure_id) or abort(404)
    if ADMIN in current_user.hats:
        return _edit(row)
    return page("complaints/procedure_read.html", row=row, pick=procedures.pick, said=procedures.wording_of,
                language=page_language(), words=words, terms=terms_for(row))


@bp.post("/<int:procedure_id>")
@allow(ADMIN)
def edit(procedure_id: int) -> Response | BaseResponse:
    """Change words and days of one procedure."""
    return _edit(db.session.get(Procedure, procedure_id) or abort(404))


@bp.route("/causes/new", methods=["GET", "POST"])
@allow(ADMIN)
def cause_new() -> Response | BaseResponse:
    """One more root cause."""
    return _cause(None)


@bp.route("/causes/<int:cause_id>", methods=["GET", "POST"])
@allow(ADMIN)
def cause(cause_id: int) -> Response | BaseResponse:
    """Rename a root cause, or switch it off."""
    return _cause(db.session.get(RootCause, cause_id) or abort(404))


@bp.post("/causes/<int:cause_id>/place")
@allow(ADMIN)
def cause_place(cause_id: int) -> BaseResponse:
    """One place up or down."""
    try:
        move_cause(cause_id, request.form.get("to") == "up", actor=me(), now=clock.now())
    except LookupError:
        abort(404)
    return see_other(url_for(".index", _anchor="causes"))


def _edit(row: Procedure | None) -> Response | BaseResponse:
    form = ProcedureForm() if request.method == "POST" else ProcedureForm(None, obj=row)
    if request.method == "GET" and row is None:
        form.active.data = True
    if form.submitted():
        said = Wording(**form.wording)
        if _keep(form, row, "procedure", said, lambda: save_procedure(
                row.id if row else None, said, actor=me(), now=clock.now()).id):
            return see_other(url_for(".index"), _("Saved. Complaints under way keep the words their client was told."))
    return page("complaints/procedure.html", status=422 if form.errors else 200, form=form, row=row,
                pick=procedures.pick, language=page_language(), holes=_holes(row))


def _cause(row: RootCause | None) -> Response | BaseResponse:
    form = CauseForm() if request.method == "POST" else CauseForm(None, obj=row)
    if request.method == "GET" and row is None:
        form.active.data = True
    if form.submitted():
        names, active = (form.name_ru.data or "", form.name_en.data or ""), bool(form.active.data)
        if _keep(form, row, "root-cause", (names, active), lambda: save_cause(
                row.id if row else None, *names, active=active, actor=me(), now=clock.now()).id):
            return see_other(url_for(".index", _anchor="causes"), _("Saved."))
    return page("complaints/cause.html", status=422 if form.errors else 200, form=form, row=row)


def _holes(row: Procedure | None) -> list[tuple[str, str, str]]:
    """What may stand in a text, in both languages, and what it says now."""
    terms, names = terms_for(row), list(HOLES)
    return [(russian, english, fill_days(f"{{{{ {russian} }}}}", terms, page_language()))
            for russian, english in zip(names[::2], names[1::2], strict=True)]


def _keep(form: ProcedureForm | CauseForm, row: object, purpose: str, said: object, save: Callable[[], int]) -> bool:
    """Save what the form says, a new one once however often the button was pressed; False beside an error."""
    try:
        # What stands already may be changed twice from one form: back in the browser, and saved again.
        once("" if row else form.form_key.data or "", purpose, save, content=said, actor=me(), now=clock.now())
        return True
    except KeyTaken:
        form.sent_before()
    except BadInput as error:
        form.say(error.field if error.field in form else "", words.fault(error))
    return False


def _page(form: TermsForm, status: int = 200) -> Response:
    return page("complaints/procedures.html", status=status, form=form, rows=procedures.all_procedures(),
                causes=procedures.all_causes(), used=procedures.used_causes(), words=words, pick=procedures.pick,
                language=page_language(), names=[field.name for field in fields(Terms)],
                may_edit=ADMIN in current_user.hats, terms=terms_for())


def _numbers(ids: set[int]) -> dict[int, str]:
    return {row.id: row.number for row in db.session.execute(
        select(Complaint.id, Complaint.number).where(Complaint.id.in_(ids)))}


def _names(table: Any) -> Any:
    def named(ids: set[int]) -> dict[int, str]:
        return {row.id: procedures.pick(row, "name", page_language())
                for row in db.session.scalars(select(table).where(table.id.in_(ids)))}
    return named


