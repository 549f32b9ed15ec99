"""Pure rules of the editor: what to insert, how texts differ, what to be careful about, SMS advice, inert links."""

import difflib
import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from webapp.letters.rules import SmsParts, sms_parts, without_part_lines

LONG_SUBJECT = 60
VALUE, FALLBACK, CONDITION = "value", "fallback", "condition"

_WORDS = re.compile(r"\s*[^\s{}]+|\s*[{}]+|\s+")
# More equal pairs than any honest text has: comparing them word by word would take minutes.
_PAIRS = 40_000
_DEFAULT = re.compile(r"""\{\{-?\s*([^\s|{}]+)\s*\|\s*default\s*:\s*(?:"([^"]*)"|'([^']*)')""")
_GENDERED = re.compile(
    r"\b(?:дорог(?:ой|ая)|уважаем(?:ый|ая)|мил(?:ый|ая)|господин|госпожа|сударыня|сударь|"
    r"dear (?:sir|madam|mr|mrs|ms)|mr|mrs|ms)\b", re.IGNORECASE)
_BARE_IMAGE = re.compile(r"!\[\s*\]\(")
_INSTAGRAM = re.compile(r"instagram|инстаграм|\binsta\b|\bинст[ауеы]\b", re.IGNORECASE)
# No brace inside, and an end: thousands of opened brackets are looked through once.
_PIECE = re.compile(r"\{%-?\s{0,9}(\w{1,20})([^{}]{0,400}?)-?%\}|\{\{-?([^{}]{0,400}?)-?\}\}")
_DOTTED = re.compile(r"\w+\.\w+")
_STOP_WORDS = re.compile(r"отпис|\bстоп\b|\bstop\b|unsubscribe|links\.(?:unsubscribe|preferences)|ссылки\.отписка",
                         re.IGNORECASE)
_LINK = re.compile(r'(<a\b[^>]*?)\s+href="[^"]*"', re.IGNORECASE)
_ADDRESS = re.compile(r"\b(https?|mailto|tel):", re.IGNORECASE)
_CLOSERS = re.compile(r"\{\{|\{%|\}\}|%\}")
_HEADINGS = re.compile(r"^[ \t]*(?:\*\*[^*\n]+(?::\*\*|\*\*:)|#{1,6}[ \t])", re.MULTILINE)
_HEAD = "<head>"
_OWN_POLICY = ('<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
               'style-src \'unsafe-inline\'; img-src data:">')


class Piece(NamedTuple):
    """A run of a difference: `kind` is "same", "out" (only in the old text) or "in" (only in the new one)."""

    kind: str
    text: str


def snippet(name: str, how: str = VALUE, fallback: str = "") -> str:
    """What a button puts into the text: the value, the value with words for "none", or a condition around dots."""
    if how == CONDITION:
        return f"{{% if {name} %}}…{{% endif %}}"
    words = fallback.replace('"', "'").strip()
    return f'{{{{ {name} | default: "{words}" }}}}' if how == FALLBACK and words else f"{{{{ {name} }}}}"


def difference(old: str, new: str) -> list[Piece]:
    """Word by word, what a new text takes out and puts in; a run of equal words is one piece."""
    before, after = _WORDS.findall(old), _WORDS.findall(new)
    if old != new and _equal_pairs(before, after) > _PAIRS:
        return [Piece(kind, text) for kind, text in (("out", old), ("in", new)) if text]
    pieces: list[Piece] = []
    for verb, a, b, c, d in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if verb == "equal":
            pieces.append(Piece("same", "".join(before[a:b])))
            continue
        pieces += [Piece("out", "".join(before[a:b]))] if b > a else []
        pieces += [Piece("in", "".join(after[c:d]))] if d > c else []
    return pieces


def _equal_pairs(before: list[str], after: list[str]) -> int:
    there = Counter(after)
    return sum(number * there[word] for word, number in Counter(before).items())


def fall_backs(source: str) -> dict[str, str]:
    """Words for "none" by the name of the placeholder as it was written."""
    return {found[1]: found[2] or found[3] or "" for found in _DEFAULT.finditer(source)}


def holes(source: str, codes: Mapping[str, str]) -> list[str]:
    """Codes of the placeholders that leave a hole when there is no value: no words for "none", no condition around.

    `codes` knows every spelling. What stands after `else` is not guarded by its condition.
    """
    guards: list[set[str]] = []
    found: dict[str, None] = {}
    for tag, rest, output in _PIECE.findall(source):
        if tag in ("if", "unless", "case"):
            guards.append(_named(rest, codes) if tag == "if" else set())
        elif tag in ("elsif", "else", "when") and guards:
            guards[-1] = _named(rest, codes) if tag == "elsif" else set()
        elif tag in ("endif", "endunless", "endcase") and guards:
            guards.pop()
        elif not tag and "default" not in output.partition("|")[2]:
            code = codes.get(output.partition("|")[0].strip())
            if code and not any(code in guard for guard in guards):
                found[code] = None
    return list(found)


def _named(condition: str, codes: Mapping[str, str]) -> set[str]:
    return {codes[word] for word in _DOTTED.findall(condition) if word in codes}


def gendered(source: str) -> list[str]:
    """Greetings that fit only men or only women."""
    return list(dict.fromkeys(found[0] for found in _GENDERED.finditer(source)))


def has_bare_image(source: str) -> bool:
    """An image without words for those who do not see it."""
    return bool(_BARE_IMAGE.search(source))


def has_headings(source: str) -> bool:
    """Lines that begin with a heading («**Why we call:**»): they speak to a colleague, not to a client."""
    return bool(_HEADINGS.search(source))


def mentions_instagram(source: str) -> bool:
    """Advertising there has been fined since 1 September 2025."""
    return bool(_INSTAGRAM.search(source))


def says_how_to_stop(source: str) -> bool:
    """Whether the words themselves tell how to get no more of these."""
    return bool(_STOP_WORDS.search(source))


def stray_closer(source: str) -> int | None:
    """The line of a closing bracket that nothing opens, counted from 1."""
    opened = False
    for bracket in _CLOSERS.finditer(source):
        if bracket[0] in ("{{", "{%"):
            opened = True
        elif not opened:
            return source.count("\n", 0, bracket.start()) + 1
        else:
            opened = False
    return None


def plain_part(text: str) -> str:
    """A part of the welcome letter: a line that looks like the heading of a part would tear it in two."""
    return without_part_lines(text).strip()


def to_spare(size: SmsParts) -> int:
    """How many signs less would save one SMS; 0 when it is one already."""
    if size.parts < 2:
        return 0
    single, joined = (160, 153) if size.encoding == "gsm7" else (70, 67)
    return size.units - (single if size.parts == 2 else joined * (size.parts - 1))


def worst(texts: Iterable[str]) -> SmsParts:
    """The longest of filled-in SMS: by parts, then by signs."""
    return max((sms_parts(text) for text in texts), key=lambda size: (size.parts, size.units), default=sms_parts(""))


def inert_html(html: str) -> str:
    """The same letter whose links lead nowhere; they look as they did."""
    return _LINK.sub(r"\1", html)


def inert_text(text: str) -> str:
    """Addresses that mail programs do not make into links."""
    return _ADDRESS.sub(lambda found: f"{found[1]} :", text)


def framed_for_preview(html: str) -> str:
    """A document for a sandboxed frame: it brings its own policy and can load nothing."""
    return html.replace(_HEAD, _HEAD + _OWN_POLICY, 1)


def darkened(html: str) -> str:
    """The same letter as a dark screen shows it, on any screen."""
    return html.replace("@media (prefers-color-scheme: dark)", "@media all")


def changed_names(old: Collection[str], new: Collection[str]) -> tuple[list[str], list[str]]:
    """Placeholders that came and that went."""
    return sorted(set(new) - set(old)), sorted(set(old) - set(new))
