"""Import of the agency's own sheet: file, columns, what each row becomes, report, and the way back."""

from contextlib import suppress
from typing import Any

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response as BaseResponse

from webapp.batches.kinds import Kind, register_kind
from webapp.batches.models import Batch, count_bad, seen_by
from webapp.batches.reading import UnreadableFile
from webapp.batches.rules import DRAFT, READY, RUNNING, STOPPED
from webapp.db import db
from webapp.kit import clock
from webapp.staff.audit import actor_of
from webapp.staff.calendars import today_of
from webapp.staff.lists import offices_seen_by
from webapp.staff.login import person
from webapp.staff.models import Office
from webapp.staff.rules import Actor, NotAllowed
from webapp.trips import sheet_managers, sheet_preview, sheet_words
from webapp.trips.actions import sheets
from webapp.trips.import_forms import SheetForm, UploadForm, sheet_form
from webapp.trips.sheet_file import stored_shape
from webapp.web.guard import allow
from webapp.web.page import page, see_other

bp = Blueprint("imports", __name__, url_prefix="/import")


@bp.get("")
@allow("service", "director")
def start() -> Response:
    """Choose the file; below, the imports of the last days."""
    return _start_page(_upload_form())


@bp.post("")
@allow("service", "director")
def upload() -> Response | BaseResponse:
    """Keep the file and look at every row."""
    form = _upload_form()
    if not form.submitted():
        return _start_page(form, 422)
    office = db.session.get_one(Office, form.office.data)
    try:
        batch = sheets.upload(form.content, form.file_name, office=office, actor=_me(), now=clock.now())
    except UnreadableFile as error:
        form.file.errors = [sheet_words.unreadable(error)]
        return _start_page(form, 422)
    return see_other(url_for("imports.sheet", batch_id=batch.id))


@bp.get("/sample.csv")
@allow("service", "director")
def sample() -> Response:
    """A sheet to look at or to begin with: headings and two rows, for Excel."""
    text = render_template("trips/sample.csv", trips=sheet_words.sample_rows(today_of(_offices()[0], clock.now())))
    return Response(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode(), mimetype="text/csv",
                    headers={"Content-Disposition": 'attachment; filename="snova-sample.csv"'})


@bp.get("/<int:batch_id>")
@allow("service", "director")
def sheet(batch_id: int) -> Response | BaseResponse:
    """A draft: columns and what each row becomes. Under way: its progress. Later: the report."""
    batch = _batch_or_404(batch_id)
    if batch.state in (READY, RUNNING):
        return redirect(url_for("batches.job", batch_id=batch_id))
    if batch.state != DRAFT:
        return _report_page(batch)
    return _draft_page(batch, _sheet_form(batch))


@bp.post("/<int:batch_id>/columns")
@allow("service", "director")
def columns(batch_id: int) -> Response | BaseResponse:
    """Look at the rows again, with other columns or managers, another office or another reading."""
    batch = _batch_or_404(batch_id)
    if batch.state != DRAFT:
        return see_other(url_for("imports.sheet", batch_id=batch_id))
    return _look_again(batch, _sheet_form(batch), _("The rows have been looked at again."))


@bp.post("/<int:batch_id>/run")
@allow("service", "director")
def run(batch_id: int) -> Response | BaseResponse:
    """Hand the draft to the worker; a second press changes nothing."""
    batch = _batch_or_404(batch_id)
    if batch.state == DRAFT:
        form = _sheet_form(batch)
        if form.is_changed(stored_shape(batch), batch.office_id):
            return _look_again(batch, form, _("You have changed how the sheet is read. Look at the rows once more, "
                                              "then import them."), "yellow")
        if not _importable(batch):
            return see_other(url_for("imports.sheet", batch_id=batch_id), _("There is nothing new to import."),
                             "yellow")
        if not form.submitted():
            return _draft_page(batch, form, 422)
        with suppress(NotAllowed):
            sheets.begin(batch.id, form.owners, actor=_me(), now=clock.now())
    return see_other(url_for("batches.job", batch_id=batch.id))


@bp.post("/<int:batch_id>/discard")
@allow("service", "director")
def discard(batch_id: int) -> BaseResponse:
    """Throw the draft and its file away."""
    try:
        sheets.discard(_batch_or_404(batch_id).id, actor=_me(), now=clock.now())
    except NotAllowed:
        return see_other(url_for("imports.sheet", batch_id=batch_id))
    return see_other(url_for("imports.start"), _("The file has been deleted. Nothing was imported."))


@bp.post("/<int:batch_id>/undo")
@allow("service", "director")
def undo(batch_id: int) -> BaseResponse:
    """Take the import back: cancel the trips nobody has worked with since."""
    batch = _batch_or_404(batch_id)
    try:
        work = sheets.undo(batch.id, reason=_("The import was taken back"), actor=_me(), now=clock.now())
    except NotAllowed:
        return see_other(url_for("imports.sheet", batch_id=batch_id),
                         _("An import can be taken back within a day after it has ended."), "yellow")
    return see_other(url_for("batches.job", batch_id=work.id))


def _me() -> Actor:
    return actor_of(person())


def _upload_form() -> UploadForm:
    form = UploadForm()
    form.offer(_offices())
    return form


def _offices() -> list[Office]:
    """Open offices whose trips the person may write."""
    me = _me()
    return [office for office in offices_seen_by(person()) if me.may_see(office.id) and office.closed_on is None]


def _batch_or_404(batch_id: int) -> Batch:
    batch = seen_by(person(), batch_id)
    if batch is None or batch.kind != sheets.SHEET or "heading" not in batch.mapping:
        abort(404)
    return batch


def _sheet_form(batch: Batch) -> SheetForm:
    sellers = sheet_managers.sellers_for(batch)
    form: SheetForm = sheet_form(stored_shape(batch), _offices(), batch.office_id,
                                 sheet_managers.named(batch, sellers), sellers)
    return form


def _look_again(batch: Batch, form: SheetForm, said: str, kind: str = "green") -> Response | BaseResponse:
    good = form.submitted()
    choices = form.choices_for(stored_shape(batch))
    if good and choices.columns is not None and form.twice:
        form.form_errors.append(_("Only one column may hold: %(names)s.",
                                  names=", ".join(sheet_words.names(form.twice))))
        good = False
    if not good:
        return _draft_page(batch, form, 422)
    office = db.session.get_one(Office, form.office.data)
    try:
        sheets.remap(batch.id, choices, office=office, owners=form.owners, actor=_me(), now=clock.now())
    except UnreadableFile as error:
        form.form_errors.append(sheet_words.unreadable(error))
        return _draft_page(_batch_or_404(batch.id), form, 422)
    except (LookupError, NotAllowed):
        return see_other(url_for("imports.sheet", batch_id=batch.id))
    return see_other(url_for("imports.sheet", batch_id=batch.id), said, kind)


def _start_page(form: UploadForm, status: int = 200) -> Response:
    recent = sheet_preview.recent(person())
    # As on the pages of each import: its moments are told in the zone of its office.
    zones = {office.id: office.timezone for office in offices_seen_by(person())}
    return page("trips/import.html", form=form, status=status, recent=recent, zones=zones)


def _importable(batch: Batch) -> int:
    found = batch.mapping.get("found", {})
    return int(found.get("new", 0)) + int(found.get("doubt", 0))


def _draft_page(batch: Batch, form: SheetForm, status: int = 200) -> Response:
    wanted = request.args.get("show", "all")
    wanted = wanted if wanted in sheet_preview.FILTERS else "all"
    number = max(1, min(request.args.get("page", 1, int), 1000))
    lines, total = sheet_preview.lines(batch, wanted, number, now=clock.now())
    shape, found = stored_shape(batch), batch.mapping.get("found", {})
    doubtful = int(found.get("doubt", 0))
    counts = {"all": found.get("rows", 0), "new": _importable(batch), "repeats": found.get("repeat", 0),
              "problems": int(found.get("bad", 0)) + doubtful}
    return page("trips/import_sheet.html", status=status, batch=batch, form=form, shape=shape, lines=lines, total=total,
                wanted=wanted, number=number, pages=-(-total // sheet_preview.PER_PAGE), counts=counts,
                bad=found.get("bad", 0), problem=sheet_words.problem, fields=form.fields_of_columns(),
                managers=list(zip(form.fields_of_managers(), batch.mapping.get("names", ()), strict=False)),
                nobody=sum(not owner for owner in form.owners.values()), more_names=batch.mapping.get("more_names", 0),
                lacking=sheet_words.names(shape.lacking), no_heading="no-heading" in shape.lacking,
                read_as=sheet_words.read_as(shape), office=db.session.get_one(Office, batch.office_id))


def _report_page(batch: Batch) -> Response:
    now, counted = clock.now(), sheets.FIGURES
    managers = sheet_managers.reported(batch)
    undone = db.session.get(Batch, batch.mapping["undone_by"]) if batch.mapping.get("undone_by") else None
    return page("trips/import_report.html", batch=batch, undone=undone, bad=count_bad(batch.id),
                figures=[(_COUNTED[name], batch.totals.get(name, 0)) for name in counted],
                managers=managers, ownerless=any(not name.owner for name in managers),
                may_undo=undone is None and sheets.may_undo(batch, now), left=sheet_preview.trips_of(batch.id),
                zone=db.session.get_one(Office, batch.office_id).timezone,
                discarded=batch.state == STOPPED and batch.started_at is None,
                problems=sheet_preview.problems(batch.id), problem=sheet_words.problem)


def _after(batch: Batch) -> tuple[str, Any]:
    return url_for("imports.sheet", batch_id=batch.id), _("To the report")


def _after_undo(batch: Batch) -> tuple[str, Any]:
    return url_for("imports.sheet", batch_id=batch.mapping["of"]), _("To the import")


_COUNTED = {"trips": _l("New trips"), "clients": _l("New clients"), "touches": _l("Contacts planned and done"),
            "repeats": _l("Known already"), "skipped": _l("Not imported")}
register_kind(Kind(sheets.SHEET, sheets.run_import, _l("Import of the sheet"), _COUNTED, _after, sheet_words.problem))
register_kind(Kind(sheets.UNDO, sheets.run_undo, _l("Taking the import back"),
                   {"cancelled": _l("Trips cancelled"), "kept": _l("Trips left as they are")}, _after_undo))
