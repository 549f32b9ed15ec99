"""Sentences of the import: problems of rows, files that cannot be read, names of fields."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from flask_babel import format_decimal
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from webapp.batches.tables import MESSAGES, UnreadableFile
from webapp.trips.columns import FIELDS, STEPS
from webapp.trips.sheet_file import Shape
from webapp.trips.sheetrow import REASONS

TAB = "tab"
ENCODINGS = (("", _l("Recognised by itself")), ("utf-8", "UTF-8"), ("cp1251", "Windows-1251"), ("utf-16", "UTF-16"),
             ("koi8-r", "KOI8-R"), ("cp866", "DOS 866"))
DELIMITERS = (("", _l("Recognised by itself")), (";", _l("Semicolon ;")), (",", _l("Comma ,")), (TAB, _l("Tab")),
              ("|", _l("Vertical line |")))
_STATIC = {"number", "reason"}


def problem(found: Any) -> str:
    """One problem of a row as a sentence: the column, what stands in it, what is wrong and what to do."""
    if not isinstance(found, Mapping):
        return str(found)
    code, value = found.get("reason", ""), found.get("value", "")
    if code == "same-row":
        return _("The same trip as in line %(line)s.", line=value)
    if code == "known-trip":
        return _("This trip is in Snova already.")
    said = _(REASONS[code]) if code in REASONS else code
    if found.get("hint"):
        said = f"{said} {_('Did you mean %(text)s?', text=found['hint'])}"
    column = found.get("column", "")
    if value:
        return _("%(column)s, “%(value)s”: %(reason)s", column=column, value=value, reason=said)
    return _("%(column)s: %(reason)s", column=column, reason=said) if column else said


def unreadable(error: UnreadableFile) -> str:
    """Why the file cannot be read and what to do about it."""
    params = {name: format_decimal(value) if isinstance(value, int) else value for name, value in error.params.items()}
    return str(_(MESSAGES[error.code], **params)) if params else str(_(MESSAGES[error.code]))


def field_groups() -> list[tuple[str, list[tuple[str, str]]]]:
    """What a column may hold, in groups, for the lists of the form."""
    trip = [(name, _(label)) for name, label in FIELDS.items() if name not in STEPS and name not in _STATIC]
    ticks = [(name, _(FIELDS[name])) for name in STEPS]
    return [(_("Trip and client"), trip), (_("Done already"), ticks),
            (_("Not imported"), [(name, _(FIELDS[name])) for name in FIELDS if name in _STATIC])]


def names(fields: Iterable[str]) -> list[str]:
    """Names of fields, given by code or by English name."""
    return [_(FIELDS.get(name, name)) for name in fields if name != "no-heading"]


def read_as(shape: Shape) -> str:
    """How the file was read, in a few words: its encoding and what stands between columns, or its sheet."""
    if not shape.delimiter:
        return shape.sheet
    delimiter = TAB if shape.delimiter == "\t" else shape.delimiter
    label = next((str(label) for value, label in DELIMITERS if value == delimiter), delimiter)
    return f"{shape.encoding.upper().removesuffix('-SIG')}, {label.lower().rstrip(' ;,|')}"


def sample_rows(today: date) -> list[list[str]]:
    """Two invented trips around today, for the sample file; columns as in its template."""
    bought, out, back = (f"{today + timedelta(days=days):%d.%m.%Y}" for days in (-12, 9, 19))
    home = f"{today - timedelta(days=3):%d.%m.%Y}"
    return [[_("Sidorova Maria"), "+7 916 000-00-01", "maria@example.com", "", _("Turkey, Kemer"), "", "184000",
             bought, out, back, _("yes"), "", "", _("quiet room, please")],
            [_("Belov Igor"), "+7 903 000-00-02", "", "", _("Sochi"), "", "76500",
             bought, bought, home, _("yes"), _("yes"), "", ""]]
