"""Text as people type it: cleaning, comparing, and turning a spreadsheet cell into text."""

import re
import unicodedata
from datetime import date, datetime, time
from typing import TypeAlias

Cell: TypeAlias = str | int | float | bool | date | datetime | time | None

_SPACES = re.compile(r"[^\S\n]+")
_BREAKS = re.compile(r" ?\n[ \n]*")
_NOT_WORD = re.compile(r"[^\w]+|_+")
_INVISIBLE = ("Cc", "Cf", "Cs", "Co", "Cn")
_CYRILLIC = re.compile(r"[а-яё]")
_LATIN = re.compile(r"[a-z]")
# Latin letters that look like Cyrillic ones: typed by accident, they would hide a repeat.
_LOOKALIKES = str.maketrans("aceopxykmtbh", "асеорхукмтвн")


def clean(text: str, *, keep_lines: bool = False) -> str:
    """Collapse spaces, drop NUL, control and invisible characters; line breaks stay only with
    `keep_lines`."""
    if text.isprintable() and "  " not in text and unicodedata.is_normalized("NFC", text):
        return text.strip(" ")
    text = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    text = "".join(c for c in text if c == "\n" or unicodedata.category(c) not in _INVISIBLE)
    text = _SPACES.sub(" ", text)
    return (_BREAKS.sub("\n", text) if keep_lines else text.replace("\n", " ").replace("  ", " ")).strip()


def match_key(text: str) -> str:
    """The form in which two spellings are compared: no case, ё as е, hyphens and punctuation as one space."""
    key = _NOT_WORD.sub(" ", clean(text).casefold().replace("ё", "е")).strip()
    if _CYRILLIC.search(key) and _LATIN.search(key):
        key = " ".join(w.translate(_LOOKALIKES) if _CYRILLIC.search(w) else w for w in key.split(" "))
    return key


def as_text(cell: Cell) -> str:
    """A cell as a person would type it: 79161234567.0 → "79161234567", dates as 03.11.2026, ticks as
    TRUE or FALSE."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime):
        return f"{cell:%d.%m.%Y}" if cell.time() == time.min else f"{cell:%d.%m.%Y %H:%M}"
    if isinstance(cell, date):
        return f"{cell:%d.%m.%Y}"
    return f"{cell:%H:%M}" if isinstance(cell, time) else str(cell)
