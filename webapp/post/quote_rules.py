"""Pure: what a person wrote, out of what their mail program made of it: no HTML, no quoted history, no signature."""

import re
from html import unescape

from webapp.kit.text import clean

MOST_HTML, MOST_TEXT, MOST_LINES = 400_000, 8_000, 2_000
_DROP = {"script", "style", "head", "title", "template", "svg", "noscript"}
_BREAK = {"p", "div", "br", "tr", "li", "ul", "ol", "table", "h1", "h2", "h3", "h4", "hr", "section", "article", "pre"}
_QUOTES = ("gmail_quote", "yahoo_quoted", "moz-cite-prefix", "mailru-blockquote", "js-helper_quote", "divrplyfwdmsg",
           "appendonsend", "mail-quote-collapse")
_ADDRESS = r"[<\[(]?(?:mailto:)?[^\s<>@]{1,80}@[^\s<>@]{1,200}[>\])]?"
# Where the letter that is answered begins, in the words of the usual programs; each is one line or two that wrap.
_BEGINS = tuple(re.compile(pattern, re.IGNORECASE) for pattern in (
    r"^-{2,}\s*(?:original message|пересылаемое сообщение|исходное сообщение|forwarded message|конец переписки|"
    r"пересылаемое письмо|ursprüngliche nachricht)\s*-{0,}",
    r"^(?:on|am|le)\b.{4,200}(?:wrote|schrieb|écrit)\s*:\s*$",
    r"^.{0,240}(?:пишет|писал|писала|написал|написала|написал\(а\)|пишет\(а\))\s*:\s*$",
    rf"^(?:(?:пн|вт|ср|чт|пт|сб|вс|понедельник|вторник|среда|четверг|пятница|суббота|воскресенье|"
    rf"mon|tue|wed|thu|fri|sat|sun)[a-z]{{0,6}},?\s)?.{{0,60}}\b\d{{1,2}}[:.]\d\d\b.{{0,120}}{_ADDRESS}\s*:\s*$",
    r"^\*?(?:from|от|от кого)\s*:\*?\s.{1,240}$",
    r"^_{10,}\s*$",
))
_MORE_HEADER = re.compile(r"^\*?(?:sent|date|to|subject|отправлено|дата|кому|тема)\s*:", re.IGNORECASE)
_SIGNED_BY_PHONE = re.compile(
    r"^(?:--\s*)?(?:отправлено (?:из|с|со) .{2,60}|sent from (?:my |yahoo|mail|outlook).{0,40}|"
    r"get outlook for .{2,20}|получите outlook .{2,30})\.?$", re.IGNORECASE)
_TAG = re.compile(r"(/?)([A-Za-z][A-Za-z0-9]{0,20})")
_NAMES = re.compile(r"""\b(?:class|id)\s{0,3}=\s{0,3}["']?([^"'>]{0,200})""", re.IGNORECASE)
_BLANKS = re.compile(r"\s+")
_ALONE = {"br", "hr"}
_SPACES = re.compile(r"[ \t\u00a0\u200b]+")


def own_words(text: str) -> str:
    """What stands above, between or below the quoted history; all of it when nothing else is left."""
    lines = [_SPACES.sub(" ", line).rstrip() for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    lines = lines[:MOST_LINES]
    kept: list[str] = []
    for number, line in enumerate(lines):
        if line.strip() in ("--", "- --") and any(kept):
            break
        if _history_begins(lines, number):
            # Whoever answers below the quotation has quoted with marks.
            kept += [rest for rest in lines[number + 1:] if rest.strip() and not rest.lstrip().startswith((">", "|"))
                     ] if _is_marked(lines, number) and not any(kept) else []
            break
        if not line.lstrip().startswith(">"):
            kept.append(line)
    kept = [line for line in kept if not _SIGNED_BY_PHONE.match(line.strip())]
    words = clean("\n".join(kept), keep_lines=True)
    return bounded(words or clean("\n".join(lines), keep_lines=True))


def bounded(text: str) -> str:
    """At most MOST_TEXT signs; what was cut off is told by an ellipsis."""
    return text if len(text) <= MOST_TEXT else text[:MOST_TEXT].rstrip() + " …"


def text_of_html(html: str) -> str:
    """The words of an HTML letter, without those it quotes. Every sign is looked at once, however odd the tags are."""
    html, place, reader = html[:MOST_HTML], 0, _Words()
    while (begin := html.find("<", place)) >= 0:
        reader.words(html[place:begin])
        is_comment = html.startswith("<!--", begin)
        end = html.find("-->" if is_comment else ">", begin)
        if end < 0:
            return "".join(reader.found)
        if not is_comment:
            reader.tag(html[begin + 1:end])
        place = end + (3 if is_comment else 1)
    reader.words(html[place:])
    return "".join(reader.found)


def _history_begins(lines: list[str], number: int) -> bool:
    line = lines[number].strip()
    if not line or len(line) > 400:
        return False
    following = lines[number + 1].strip() if number + 1 < len(lines) else ""
    wrapped = f"{line} {following}"[:400]
    for place, pattern in enumerate(_BEGINS):
        if pattern.match(line):
            # «От: …» may be somebody's own sentence: other lines of a head must follow.
            return place != 4 or any(_MORE_HEADER.match(rest.strip()) for rest in lines[number + 1:number + 4])
        if place in (1, 2, 3) and "@" in wrapped and wrapped.endswith(":") and (
                pattern.match(wrapped) and not pattern.match(following)):
            return True
    return False


def _is_marked(lines: list[str], number: int) -> bool:
    return any(line.lstrip().startswith((">", "|")) for line in lines[number + 1:number + 4])


class _Words:
    """Collects text; `deep` counts open elements inside something that is left out."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self.out = ""
        self.deep = 0

    def tag(self, inside: str) -> None:
        """What stands between < and >."""
        match = _TAG.match(inside)
        if match is None:
            return
        name, is_end = match[2].lower(), bool(match[1])
        if self.deep:
            self.deep += 0 if name != self.out or inside.endswith("/") else -1 if is_end else 1
        elif not is_end and (name in _DROP or name == "blockquote" or _is_quote(inside)) and name not in _ALONE:
            self.out, self.deep = name, 0 if inside.endswith("/") else 1
        elif name in _BREAK and not (is_end and name in _ALONE):
            self.found.append("\n")

    def words(self, text: str) -> None:
        """Words; line ends of the source are spaces."""
        if not self.deep and text:
            self.found.append(_BLANKS.sub(" ", unescape(text)))


def _is_quote(inside: str) -> bool:
    return any(mark in names.lower() for names in _NAMES.findall(inside[:2000]) for mark in _QUOTES)
