"""Files are kept once for each content, after their content was looked at; what is kept never changes."""

import hashlib
from datetime import datetime
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite

from webapp.db import transaction
from webapp.kit.papers import BadPaper, check_pdf, file_name
from webapp.kit.pictures import BadPicture, plain_picture, portrait
from webapp.letters.files import JPEG, MOST_EACH, PDF, PNG, Attached
from webapp.letters.models import LetterFile
from webapp.staff.rules import ADMIN, Actor

PHOTO_SIDE = 168
"""Three times what the signature shows: sharp on every phone, a few kilobytes."""
LONGEST = 2400
_INSERTS: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
_TYPES = {"JPEG": (JPEG, "jpg"), "PNG": (PNG, "png")}


class BadFile(ValueError):
    """A file that cannot go along with a letter; `code` is a word of `file_words`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def keep_attachment(data: bytes, name: str, *, actor: Actor, now: datetime) -> Attached:
    """Keep a PDF as it is, a JPEG or PNG made anew without where and with what it was taken.

    Raises BadFile for anything else and for more than 5 MB, NotAllowed.
    """
    actor.needs(ADMIN)
    _weigh(data)
    if data.startswith(b"%PDF"):
        try:
            check_pdf(data)
        except BadPaper as error:
            raise BadFile(error.code) from error
        kind, ending = PDF, "pdf"
    else:
        try:
            made, data = plain_picture(data, LONGEST)
        except BadPicture as error:
            raise BadFile(error.code) from error
        kind, ending = _TYPES[made]
        _weigh(data)
    return Attached(_keep(data, kind, now), file_name(name, ending), kind, len(data))


def keep_photo(data: bytes, *, actor: Actor, now: datetime) -> str:
    """Keep the middle of a JPEG or PNG as the photo of a signature; gives its hash. Raises BadFile, NotAllowed."""
    actor.needs(ADMIN)
    _weigh(data)
    try:
        return _keep(portrait(data, PHOTO_SIDE), JPEG, now)
    except BadPicture as error:
        raise BadFile("photo-pdf" if error.code == "pdf" else error.code) from error


def _weigh(data: bytes) -> None:
    if not data:
        raise BadFile("empty")
    if len(data) > MOST_EACH:
        raise BadFile("too-heavy")


def _keep(data: bytes, kind: str, now: datetime) -> str:
    sha = hashlib.sha256(data).hexdigest()
    with transaction() as session:
        # Others may keep the same content at this moment.
        session.execute(_INSERTS[session.get_bind().dialect.name](LetterFile).values(
            sha256=sha, type=kind, size=len(data), data=data, created_at=now).on_conflict_do_nothing())
    return sha
