"""Files in requests: read within limits, checked, kept beside the form; and files that are handed out, never opened."""

from flask import Blueprint, Flask, Response, abort, request
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import RequestEntityTooLarge

from webapp.clients.visitors import agency_contacts, plain_page
from webapp.complaints.actions.uploading import add_upload
from webapp.complaints.form_models import ComplaintUpload
from webapp.complaints.form_questions import files_in
from webapp.complaints.form_rules import MOST_BODY, MOST_EACH, MOST_FILES, MOST_IN_ALL
from webapp.complaints.models import Complaint, ComplaintFile
from webapp.complaints.questions import complaint_for
from webapp.complaints.upload_rules import BadUpload, make_file
from webapp.complaints.upload_words import upload_fault
from webapp.db import db
from webapp.kit import clock
from webapp.web.guard import allow
from webapp.web.i18n import today_here
from webapp.web.page import to_save

bp = Blueprint("complaint_files", __name__, url_prefix="/complaints/files")
MEGABYTE = 1024 * 1024
_MOST_SWALLOWED = 256 * MEGABYTE
_TOO_BIG = 413


def widen() -> None:
    """Let this request bring several photos at once; call before anything of its form is read."""
    request.max_content_length = MOST_BODY


def take_files(given: object, key: str, *, room: int = MOST_IN_ALL) -> list[str]:
    """Keep the files of a form beside it; gives a sentence for each that was not taken. `room` is how many the
    complaint still takes, those that lie in the form among them."""
    faults = []
    chosen = [file for file in given if isinstance(file, FileStorage) and file.filename] \
        if isinstance(given, list) else []
    for number, file in enumerate(chosen):
        try:
            if number >= MOST_FILES:
                raise BadUpload("too-many", file.filename or "")
            if number == 0:
                room -= len(files_in(key))
            if number >= room:
                raise BadUpload("full", file.filename or "")
            # One byte more than fits shows that it is too heavy.
            made = make_file(file.stream.read(MOST_EACH + 1), file.filename or "")
            add_upload(key, made, address=request.remote_addr or "", now=clock.now())
        except BadUpload as error:
            faults.append(upload_fault(error.code, error.name))
    return faults


def guard_size(blueprint: Blueprint) -> None:
    """A request too large even for that gets a sentence; it is swallowed first, or browsers show a broken line."""
    @blueprint.errorhandler(RequestEntityTooLarge)
    def too_big(_error: RequestEntityTooLarge) -> Response:
        stream, left = request.environ["wsgi.input"], min(request.content_length or 0, _MOST_SWALLOWED)
        while left > 0 and (part := stream.read(min(left, MEGABYTE))):
            left -= len(part)
        phone, email = agency_contacts()
        answer = plain_page("complaints/public_stop.html", _TOO_BIG, phone=phone, email=email,
                            title=_("Together the files are too large"), text=_(
                                "Nothing was sent. Go back: what you typed is still there. Add the files a few at a "
                                "time, each up to 10 MB."))
        answer.headers["Connection"] = "close"
        return answer


def serve(file: ComplaintFile | ComplaintUpload) -> Response:
    """To be saved under its name: it never opens inside of our pages."""
    answer = to_save(file.data, file.name, file.type)
    answer.headers.update({"Cache-Control": "private, no-store", "Referrer-Policy": "no-referrer",
                           "X-Robots-Tag": "noindex, nofollow"})
    return answer


@bp.get("/<token>")
@allow("service", "director")
def show(token: str) -> Response:
    """A photo or document for those who handle complaints, within their offices."""
    file = db.session.query(ComplaintFile).filter_by(token=token).one_or_none()
    row: Complaint | None = complaint_for(
        file.complaint_id, current_user, today=today_here()) if file else None
    if file is None or row is None:
        abort(404)
    return serve(file)


def register(app: Flask) -> None:
    """Nothing more: the pages that take files register themselves."""
