"""Sentences for clients about files that are not taken, each with what to do, and how files are shown."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from webapp.letters.file_words import size_of

__all__ = ["size_of", "upload_fault"]
_ANEW = _l("Save it anew and add it once more, or take a screenshot.")
_JPEG = _l("Open it on your phone or computer and save it as JPEG or PNG.")
_SENTENCES: dict[str, Any] = {
    "empty": _l("The file is empty. Choose it once more."),
    "too-heavy": _l("It is larger than 10 MB. Make the picture smaller, or send us a part of the document."),
    "too-many": _l("Ten files at once are the most. Send these first, then add the others on the page of the "
                   "complaint."),
    "too-often": _l("Too many files came from your network within an hour. Send the text now and add them later."),
    "no-room": _l("Too many files have come today, so no more are taken until tomorrow. Send the text now: we read "
                  "it, and you can add the file later."),
    "full": _l("A complaint takes forty files, and there are that many. Take it out and send the text: we will ask for "
               "what we need."),
    "heic": _l("This is a photo in the iPhone’s own format (HEIC). On the iPhone open Settings, Camera, Formats, "
               "choose “Most Compatible” and take it again; or take a screenshot of the photo and add that."),
    "avif": _JPEG, "webp": _JPEG, "bmp": _JPEG, "tiff": _JPEG,
    "svg": _l("Drawings (SVG) are not taken. Save it as PNG."),
    "gif": _l("Moving pictures (GIF) are not taken. Add a photo in JPEG or a screenshot."),
    "video": _l("Videos do not fit here. Write that you have one, and we will tell you how to send it."),
    "archive": _l("Archives and documents of Word or Excel are not taken. Add photos in JPEG or PNG one by one, and "
                  "save documents as PDF."),
    "program": _l("This is a program, not a photo or a document. Add JPEG, PNG or PDF."),
    "unknown": _l("We take photos in JPEG or PNG and documents in PDF. Save it so and add it once more."),
    "damaged": _ANEW,
    "mixed": _l("Besides the picture or document something else is hidden in the file. Take a screenshot and "
                "add that."),
    "too-large": _l("The picture has too many pixels. Make it smaller, or take a screenshot."),
    "too-small": _l("The picture is too small to be seen. Add a larger one."),
    "locked": _l("The PDF is protected with a password. Save it without one, or photograph the pages."),
    "active": _l("The PDF contains a script, a form or another file. Print it to PDF once more, or photograph "
                 "the pages."),
}


def upload_fault(code: str, name: str) -> str:
    """Which file was not taken, why, and what to do."""
    why = str(_SENTENCES.get(code, _SENTENCES["unknown"]))
    return _("“%(name)s” was not added. %(why)s", name=name, why=why) if name else why
