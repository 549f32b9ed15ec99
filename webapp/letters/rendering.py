"""From a letter and a client's values to what is sent or said: e-mail, SMS, script.

Markdown, sanitising, framing and inlining are done once per shape of a letter and kept; each further letter
of that shape only gets its values put in, escaped for their places.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from webapp.letters.filling import Pieces, cut_html, cut_text, fill
from webapp.letters.frame import Surroundings, framed_html, framed_text
from webapp.letters.liquid_text import CompiledLetter, compile_letter, slot
from webapp.letters.markdown_text import html_and_text, with_buttons
from webapp.letters.registry import Value
from webapp.letters.rules import Rendered, Script, clean_line, clean_sms, clean_value
from webapp.letters.signatures import MOST_LINES, MOST_LINKS, Signature, link_label

__all__ = ["CompiledLetter", "compile_letter", "render_email", "render_plain", "render_script", "render_sms"]

FOOT = frozenset({"agency.name", "office.address", "office.phone"})
"""What every e-mail says below the signature, whatever its text names."""


@dataclass(frozen=True, slots=True)
class _Shape:
    body: str
    lang: str
    marketing: bool
    present: tuple[bool, ...]
    labels: tuple[str, ...]


def render_email(
    letter: CompiledLetter,
    values: Mapping[str, Value],
    signature: Signature,
    lang: str,
    *,
    marketing: bool = False,
    unsubscribe_url: str = "",
) -> Rendered:
    """Fill in an e-mail. The foot takes `agency.name`, `office.address`, `office.phone` from `values`.

    A marketing letter also says how to stop: by link, or by reply while there is no link. Raises LetterError.
    """
    data = letter.data(values)
    around = _around(clean_line(letter.subject(data)), values, signature, unsubscribe_url)
    body, slots = letter.slotted_body(data, first=len(around))
    return _framed(body, (*around, *slots), around, signature, lang, marketing)


def render_plain(subject: str, text: str, values: Mapping[str, Value], signature: Signature, lang: str, *,
                 unsubscribe_url: str = "") -> Rendered:
    """A letter whose words a person wrote, of any length and to anybody: paragraphs and lines stay as they are, and
    nothing in it is read as markup. The foot takes what `render_email` takes."""
    around = _around(clean_line(subject), values, signature, unsubscribe_url)
    parts = [clean_value(part) for part in re.split(r"\n[^\S\n]*\n\s*", text.replace("\r\n", "\n")) if part.strip()]
    body = "\n\n".join(slot(number) for number in range(len(around), len(around) + len(parts)))
    return _framed(body, (*around, *parts), around, signature, lang, False)


def _around(subject: str, values: Mapping[str, Value], signature: Signature, unsubscribe_url: str) -> tuple[str, ...]:
    return (
        subject,
        _text(values, "agency.name"),
        _text(values, "office.address"),
        _text(values, "office.phone"),
        clean_line(unsubscribe_url),
        clean_line(signature.name),
        clean_line(signature.role),
        clean_line(signature.email),
        clean_line(signature.phone),
        clean_line(signature.photo_url),
        *_padded(signature.lines, MOST_LINES),
        *_padded(signature.links, MOST_LINKS),
    )


def _framed(body: str, filled: Sequence[str], around: tuple[str, ...], signature: Signature, lang: str,
            marketing: bool) -> Rendered:
    labels = tuple(map(link_label, signature.links[:MOST_LINKS]))
    html, text = _email_pieces(_Shape(body, lang, marketing, tuple(map(bool, around)), labels))
    return Rendered(around[0], fill(html, filled), fill(text, filled))


def render_sms(letter: CompiledLetter, values: Mapping[str, Value]) -> str:
    """Fill in an SMS: plain text, nothing escaped, no double spaces or blank lines. Raises LetterError."""
    return clean_sms(letter.plain_body(letter.data(values)))


def render_script(letter: CompiledLetter, values: Mapping[str, Value]) -> Script:
    """Fill in the script of a call or visit for the board and for printing. Raises LetterError."""
    body, slots = letter.slotted_body(letter.data(values), first=0)
    html, text = _script_pieces(body)
    return Script(fill(html, slots), fill(text, slots))


@lru_cache(maxsize=1024)
def _email_pieces(shape: _Shape) -> tuple[Pieces, Pieces]:
    shown = [slot(number) if present else "" for number, present in enumerate(shape.present)]
    subject, agency, address, phone, stop, name, role, email, direct, photo, *more = shown
    lines, links = (tuple(filter(None, part)) for part in (more[:MOST_LINES], more[MOST_LINES:]))
    signature = Signature(name=name, role=role, email=email, phone=direct, photo_url=photo, lines=lines, links=links)
    around = Surroundings(
        lang=shape.lang,
        marketing=shape.marketing,
        subject=subject,
        agency=agency,
        address=address,
        phone=phone,
        unsubscribe_url=stop,
        signature=signature,
        labels=shape.labels,
    )
    html, text = html_and_text(shape.body)
    return cut_html(framed_html(with_buttons(html), around)), cut_text(framed_text(text, around))


@lru_cache(maxsize=256)
def _script_pieces(body: str) -> tuple[Pieces, Pieces]:
    html, text = html_and_text(body)
    return cut_html(html), cut_text(text)


def _padded(values: Sequence[str], number: int) -> tuple[str, ...]:
    return (*map(clean_line, values[:number]), *[""] * (number - len(values)))


def _text(values: Mapping[str, Value], code: str) -> str:
    value = values.get(code)
    return clean_line(value) if isinstance(value, str) else ""
