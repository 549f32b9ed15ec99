"""Filling values into made text: each place has its own escaping, decided once when the text is cut up."""

import html
import re
from collections.abc import Callable, Sequence
from urllib.parse import quote

from webapp.letters.liquid_text import SLOT

# Never reaches over a tag, so that quotation marks in running text cannot hide a real attribute.
_ATTRIBUTE = re.compile(r'([a-z-]+)="([^"<>]*)"')
_WHOLE_ADDRESS = re.compile(r"(?:https?://[^\s\"'<>\\]+|mailto:[^\s\"'<>\\:]+|tel:[+\d() -]+)\Z", re.IGNORECASE)
_INSIDE = re.compile(r"cid:[a-z0-9]{1,64}@[a-z0-9.-]{1,40}")
_DIAL = re.compile(r"[^+\d]")

Escape = Callable[[str], str]
Pieces = tuple[str | tuple[Escape, int], ...]


def fill(pieces: Pieces, values: Sequence[str]) -> str:
    """Put values into cut-up text."""
    return "".join([piece if isinstance(piece, str) else piece[0](values[piece[1]]) for piece in pieces])


def cut_html(made: str) -> Pieces:
    """Cut HTML at its slots: text is escaped, an address that is all value must be web, mailto or tel."""
    pieces: list[str | tuple[Escape, int]] = []
    end = 0
    for found in _ATTRIBUTE.finditer(made):
        if SLOT.search(found[2]):
            pieces += _cut(made[end : found.start(2)], _as_text)
            pieces += _cut_attribute(found[1], found[2])
            end = found.end(2)
    pieces += _cut(made[end:], _as_text)
    return tuple(pieces)


def cut_text(made: str) -> Pieces:
    """Cut plain text at its slots; further lines of a value repeat the quotation mark or indent."""
    pieces: list[str | tuple[Escape, int]] = []
    for number, line in enumerate(made.split("\n")):
        lead = re.match(r"(?:> ?| +|– |\d+\. )*", line)
        pieces += ["\n"] if number else []
        pieces += _cut(line, _continuing(re.sub(r"[^> ]", " ", lead[0]) if lead else ""))
    return tuple(pieces)


def _cut(made: str, escape: Escape) -> list[str | tuple[Escape, int]]:
    parts = SLOT.split(made)
    return [part if place % 2 == 0 else (escape, int(part)) for place, part in enumerate(parts)]


def _cut_attribute(name: str, content: str) -> list[str | tuple[Escape, int]]:
    if name not in ("href", "src"):
        return _cut(content, _as_attribute)
    if content.lower().startswith("tel:"):
        return _cut(content, _as_dial)
    leading = SLOT.match(content)
    if leading is None:
        return _cut(content, _as_address_part)
    rest = _cut(content[leading.end() :], _as_address_part)
    return [(_as_source if name == "src" else _as_address, int(leading[1])), *rest]


def _continuing(lead: str) -> Escape:
    return (lambda value: value.replace("\n", "\n" + lead)) if lead else str


def _as_text(value: str) -> str:
    return html.escape(value).replace("\n", "<br>")


def _as_attribute(value: str) -> str:
    return html.escape(value.replace("\n", " "))


def _as_address(value: str) -> str:
    return html.escape(value) if _WHOLE_ADDRESS.match(value) else "#"


def _as_source(value: str) -> str:
    """A picture may also come along in the mail."""
    return value if _INSIDE.fullmatch(value) else _as_address(value)


def _as_address_part(value: str) -> str:
    return html.escape(quote(value, safe="@/-._~"))


def _as_dial(value: str) -> str:
    return _DIAL.sub("", value)
