"""A complaint of the public form that the program could not open: read in full, opened for a client chosen by hand."""

from flask import Response, abort, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from webapp.clients.models import Client, client_for
from webapp.complaints import desk_query as query
from webapp.complaints import words
from webapp.complaints.actions.entering import open_for
from webapp.complaints.desk_blueprint import PEOPLE, bp, me
from webapp.complaints.form_models import ComplaintEntry
from webapp.complaints.form_questions import files_of_entry
from webapp.complaints.upload_words import size_of
from webapp.db import db
from webapp.kit import clock
from webapp.staff.rules import BadInput
from webapp.web.guard import allow
from webapp.web.page import page, row_id, see_other


@bp.get("/entries/<int:entry_id>")
@allow(*PEOPLE)
def entry(entry_id: int) -> Response | BaseResponse:
    """All that was sent, and for whom it is to be opened once a client is chosen."""
    row = query.waiting_entry(entry_id, current_user)
    return _page(row, _client(request.args.get("client", type=row_id))) if row else _opened(entry_id)


@bp.post("/entries/<int:entry_id>")
@allow(*PEOPLE)
def entry_open(entry_id: int) -> Response | BaseResponse:
    """Open it: number, files, day and the client's own link stay."""
    row, client = query.waiting_entry(entry_id, current_user), _client(request.form.get("client", type=row_id))
    if row is None:
        return _opened(entry_id)
    if client is None:
        return _page(row, None, _("Choose the client first."))
    try:
        number = open_for(row.id, client, actor=me(), now=clock.now())
    except BadInput as error:
        db.session.rollback()
        return _page(row, client, words.fault(error))
    if number is None:
        return _opened(entry_id)
    return see_other(url_for("complaints.show", complaint_id=number), _("Opened. The client’s link leads to it."))


def _opened(entry_id: int) -> BaseResponse:
    """On to the complaint it has become, for those who see that."""
    row = query.complaint_of_entry(entry_id, current_user) or abort(404)
    return see_other(url_for("complaints.show", complaint_id=row.id), _("It has been opened meanwhile."))


def _client(client_id: int | None) -> Client | None:
    return client_for(client_id, current_user) if client_id else None


def _page(row: ComplaintEntry, client: Client | None, refusal: str = "") -> Response:
    return page("complaints/entry.html", status=422 if refusal else 200, row=row, client=client, refusal=refusal,
                files=files_of_entry(row), size_of=size_of, zone=current_user.zone)
