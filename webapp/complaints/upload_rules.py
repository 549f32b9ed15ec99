"""Pure: what becomes of a file somebody adds: a picture is made anew, a PDF is checked, all else is refused."""

import hashlib
from dataclasses import dataclass

from webapp.complaints.form_rules import MOST_EACH
from webapp.kit.papers import BadPaper, check_pdf, file_name
from webapp.kit.pictures import BadPicture, plain_picture

LONGEST = 2400
"""Pixels of the longer side: enough to read a receipt."""
_TYPES = {"JPEG": ("image/jpeg", "jpg"), "PNG": ("image/png", "png")}
PDF = "application/pdf"
_STARTS = (("archive", b"PK\x03\x04"), ("archive", b"PK\x05\x06"), ("archive", b"Rar!"), ("archive", b"7z\xbc\xaf"),
           ("program", b"MZ"), ("program", b"\x7fELF"), ("program", b"#!"))
_BRANDS = {"video": (b"isom", b"mp41", b"mp42", b"qt  ", b"M4V ", b"3gp4", b"3gp5", b"iso2", b"avc1"),
           "avif": (b"avif", b"avis")}


class BadUpload(ValueError):
    """Not a file we take; `code` is a word of `upload_words`, `name` what the file is called."""

    def __init__(self, code: str, name: str = "") -> None:
        super().__init__(code)
        self.code, self.name = code, name


@dataclass(frozen=True)
class Made:
    """A file fit to be kept."""

    name: str
    type: str
    data: bytes

    @property
    def sha256(self) -> str:
        """What its content is known by."""
        return hashlib.sha256(self.data).hexdigest()


def make_file(data: bytes, name: str) -> Made:
    """The file as it is kept: no place, no camera, nothing that runs. It is told by its content, never by its name.

    Slow for large pictures: never inside a transaction. Raises BadUpload.
    """
    shown = file_name(name, "").rstrip(".")
    if len(data) > MOST_EACH:
        raise BadUpload("too-heavy", shown)
    if data.startswith(b"%PDF"):
        try:
            check_pdf(data)
        except BadPaper as error:
            raise BadUpload(error.code, shown) from error
        return Made(file_name(name, "pdf"), PDF, data)
    try:
        kind, made = plain_picture(data, LONGEST)
    except BadPicture as error:
        raise BadUpload(_named(error.code, data), shown) from error
    if len(made) > MOST_EACH:
        raise BadUpload("too-heavy", shown)
    mime, ending = _TYPES[kind]
    return Made(file_name(name, ending), mime, made)


def _named(code: str, data: bytes) -> str:
    """What an unknown file really is, as far as people should be told what to do about it."""
    if code != "unknown":
        return code
    if data[4:8] == b"ftyp":
        return next((kind for kind, brands in _BRANDS.items() if data[8:12] in brands), code)
    return next((kind for kind, start in _STARTS if data.startswith(start)), code)
