"""Sentences about files that cannot go along with a letter, and how files are shown."""

from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from webapp.letters.files import JPEG, PDF, PNG
from webapp.web.i18n import number as shown_number

MEGABYTES = 5
_SENTENCES: dict[str, Any] = {
    "together": _l("Ten files and 10 MB are the most a letter carries. Take one out first."),
    "empty": _l("This file is empty. Choose it once more."),
    "none": _l("Please choose a file."),
    "too-heavy": _l("This file is larger than 5 MB. Save it smaller and try again."),
    "photo-pdf": _l("This is a PDF, not a photo. Choose a JPEG or PNG picture."),
    "svg": _l("SVG drawings are not shown by mail programs. Save it as PNG."),
    "heic": _l("This is a photo in the iPhone's own format (HEIC). Save it as JPEG: in the iPhone’s settings “Camera”, "
               "“Formats”, “Most compatible”."),
    "gif": _l("Moving pictures (GIF) are not taken. Choose a JPEG or PNG picture."),
    "webp": _l("WebP pictures are not shown by all mail programs. Save it as JPEG or PNG."),
    "bmp": _l("BMP pictures are too heavy for letters. Save it as JPEG or PNG."),
    "tiff": _l("TIFF pictures are not shown by mail programs. Save it as JPEG or PNG."),
    "unknown": _l("Only PDF, JPEG and PNG can be attached. Word and Excel can save as PDF."),
    "damaged": _l("This file is damaged or not complete. Save it anew and try again."),
    "mixed": _l("Something else is hidden in this file besides what its name says. Save it anew and try again."),
    "too-large": _l("This picture has too many pixels. Make it smaller: 4,000 by 3,000 is plenty."),
    "too-small": _l("This picture is too small to be seen."),
    "locked": _l("This PDF is protected with a password. Save it without protection, so that clients can open it."),
    "active": _l("This PDF contains a script, a form to be sent or another file. Mail servers refuse such letters: "
                 "print it to PDF once more."),
}
KINDS = {PDF: "PDF", JPEG: "JPEG", PNG: "PNG"}


def file_fault(code: str) -> str:
    """Why a file was refused, and what to do."""
    return str(_SENTENCES.get(code, _SENTENCES["unknown"]))


def size_of(number: int) -> str:
    """Bytes for people: «240 КБ», "1.8 MB"."""
    if number < 1024 * 1024:
        return _("%(num)s KB", num=max(1, round(number / 1024)))
    return _("%(num)s MB", num=shown_number(Decimal(number) / 1024 / 1024, 1))
