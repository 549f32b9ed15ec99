"""Attachments of a letter: put in and taken out with the draft, looked at by everybody who reads letters."""

from dataclasses import replace

from flask import Blueprint, Response, abort
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from webapp.db import db
from webapp.desk.letter_changes import meanwhile
from webapp.desk.letter_forms import LetterForm
from webapp.desk.letter_views import Place, editor, place_of
from webapp.letters import actions
from webapp.letters.drafts import Words
from webapp.letters.file_words import file_fault
from webapp.letters.files import MOST_EACH, MOST_FILES, MOST_TOGETHER, Attached, attached, bytes_of, total
from webapp.letters.models import LetterVersion
from webapp.staff.audit import actor_of
from webapp.web.guard import STAFF, allow
from webapp.web.page import see_other, to_save

bp = Blueprint("letter_files", __name__, url_prefix="/admin/letters/<int:letter_id>/files")


@bp.post("")
@allow("admin")
def attach(letter_id: int) -> Response | BaseResponse:
    """Keep what was typed as a draft, with one file more."""
    place, form = place_of(letter_id), LetterForm()
    if place.edition.letter.channel != "email":
        abort(404)
    words = form.words(place.edition)
    try:
        file = _taken(form, place)
        files = (*(it for it in words.files if it.name != file.name), file)
        if total(files) > MOST_TOGETHER or len(files) > MOST_FILES:
            raise actions.BadFile("together")
    except actions.BadFile as error:
        form.files.errors = [file_fault(error.code)]
        return editor(place, form, status=422)
    return _kept(place, form, replace(words, files=files), _("Attached. Clients get it when you publish."))


@bp.post("/<sha>/removal")
@allow("admin")
def take_out(letter_id: int, sha: str) -> Response | BaseResponse:
    """Keep what was typed as a draft, without this file."""
    place, form = place_of(letter_id), LetterForm()
    words = form.words(place.edition)
    files = tuple(file for file in words.files if file.sha != sha)
    return _kept(place, form, replace(words, files=files), _("Taken out. Clients still get it until you publish."))


@bp.get("/<sha>")
@allow(*STAFF)
def show(letter_id: int, sha: str) -> Response:
    """A file of any version of this letter, to be saved."""
    rows = db.session.scalars(select(LetterVersion.files).where(LetterVersion.letter_id == letter_id))
    found = next((file for row in rows for file in attached(row) if file.sha == sha), None)
    file = found or abort(404)
    return to_save(bytes_of(file.sha) or abort(404), file.name, file.type)


def _taken(form: LetterForm, place: Place) -> Attached:
    chosen = form.files.data
    if not chosen or not getattr(chosen, "filename", ""):
        raise actions.BadFile("none")
    data: bytes = chosen.stream.read(MOST_EACH + 1)
    return actions.keep_attachment(data, chosen.filename, actor=actor_of(current_user), now=place.now)


def _kept(place: Place, form: LetterForm, words: Words, said: str) -> Response | BaseResponse:
    try:
        actions.save_draft(place.edition, words, seen=form.seen.data or "", actor=actor_of(current_user), now=place.now)
    except actions.Meanwhile as error:
        return meanwhile(place, form, error)
    return see_other(place.url() + "#attachments", said)
