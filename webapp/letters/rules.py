"""Pure rules of letters: errors, SMS counting, required values, the three parts of the welcome letter."""

import difflib
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from webapp.kit.text import clean

PARTS = ("greeting", "expect", "more")
"""The welcome letter's three parts, each required (`domain.md` §2.1)."""

_PART_LINE = re.compile(r"^===[ \t]*([a-z]+)[ \t]*===[ \t]*$", re.MULTILINE)
_GSM7 = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM7_EXTENSION = frozenset("^{}\\[~]|€\f")


class LetterError(ValueError):
    """A letter cannot be compiled or filled in; `line` counts from 1 when it is known."""

    def __init__(self, message: str, *, line: int | None = None) -> None:
        super().__init__(message)
        self.line = line


class BadTemplate(LetterError):
    """The text has a fault: unclosed brackets, an unknown command or filter, a foreign kind of value."""


class UnknownPlaceholder(LetterError):
    """The text names a placeholder that does not exist; `suggestion` is the nearest one that does."""

    def __init__(self, name: str, suggestion: str | None, *, line: int | None = None) -> None:
        super().__init__(f"unknown placeholder {name}", line=line)
        self.name = name
        self.suggestion = suggestion


class TooHeavy(LetterError):
    """The text is longer, deeper or costlier than a letter may be."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """One filled-in e-mail: subject on one line, complete HTML document, plain-text alternative."""

    subject: str
    html: str
    text: str


@dataclass(frozen=True, slots=True)
class Script:
    """One filled-in call or visit script: a sanitised HTML fragment and plain text."""

    html: str
    text: str


class SmsParts(NamedTuple):
    """Size of an SMS: units of its encoding, parts it is billed as, and the encoding (`gsm7` or `ucs2`)."""

    units: int
    parts: int
    encoding: str


class HasRequires(Protocol):
    """Anything that names the placeholders without which it must not be sent."""

    @property
    def requires(self) -> Collection[str]: ...


def sms_parts(text: str) -> SmsParts:
    """Count an SMS: parts of 160 or 153 units in GSM-7 (extension signs count twice), 70 or 67 in UCS-2."""
    if all(char in _GSM7 or char in _GSM7_EXTENSION for char in text):
        units = len(text) + sum(char in _GSM7_EXTENSION for char in text)
        return SmsParts(units, _part_count(units, 160, 153), "gsm7")
    units = len(text.encode("utf-16-le", "surrogatepass")) // 2
    return SmsParts(units, _part_count(units, 70, 67), "ucs2")


def required_missing(letter: HasRequires, values: Mapping[str, object]) -> tuple[str, ...]:
    """Required placeholders without a value; not empty means the letter is skipped (`domain.md` §1.1)."""
    return tuple(name for name in letter.requires if is_empty(values.get(name)))


def is_empty(value: object) -> bool:
    """Whether a value counts as none: nothing, or text of white space only. False and 0 are values."""
    return value is None or (isinstance(value, str) and not value.strip())


def nearest(name: str, known: Collection[str]) -> str | None:
    """The known name most like a misspelt one, or None when nothing is near."""
    near = difflib.get_close_matches(name.casefold()[:100], known, n=1, cutoff=0.5)
    return near[0] if near else None


def clean_line(text: str) -> str:
    """One line without control or invisible characters and double spaces: fit for a subject."""
    if text.isprintable() and "  " not in text:
        return text.strip()
    return clean(text)


def clean_value(text: str) -> str:
    """A value as it may be put into a letter: line ends kept as LF, control and invisible characters gone."""
    if text.isprintable() and "  " not in text:
        return text.strip()
    return clean(text, keep_lines=True)


def clean_sms(text: str) -> str:
    """Text of an SMS with no double spaces, blank lines or control characters."""
    lines = (clean_line(line) for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


def split_parts(source: str) -> dict[str, str]:
    """The named parts of a letter written as `=== greeting ===` sections; {} without sections."""
    pieces = _PART_LINE.split(source)
    return {name: text.strip() for name, text in zip(pieces[1::2], pieces[2::2], strict=True)}


def join_parts(parts: Mapping[str, str]) -> str:
    """The source of a letter made of named parts, as `split_parts` reads it."""
    return "\n\n".join(f"=== {name} ===\n{text.strip()}" for name, text in parts.items())


def missing_parts(source: str) -> tuple[str, ...]:
    """Parts of the welcome letter that are absent or empty; not empty blocks publishing (`ux.md` §3)."""
    parts = split_parts(source)
    return tuple(name for name in PARTS if not parts.get(name))


def without_part_lines(source: str) -> str:
    """The running text of a letter: section lines become paragraph breaks."""
    return _PART_LINE.sub("", source) if "===" in source else source


def _part_count(units: int, single: int, joined: int) -> int:
    if units == 0:
        return 0
    return 1 if units <= single else -(-units // joined)
