"""What blocks publishing and what only warns, as codes; `check_words` says them in sentences."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from webapp.letters import draft_rules
from webapp.letters.drafts import Words
from webapp.letters.files import HEAVY, MOST_TOGETHER, total
from webapp.letters.liquid_text import MAX_BODY, MAX_SUBJECT, compile_letter
from webapp.letters.models import Letter
from webapp.letters.registry import REGISTRY
from webapp.letters.rules import PARTS, BadTemplate, LetterError, TooHeavy, UnknownPlaceholder, clean_line
from webapp.letters.sameness_rules import is_refusal

_MANAGER = "manager"
GMAIL_CUTS = 102 * 1024
"""Bytes of HTML after which Gmail hides the rest behind a link."""
# The library tells its errors apart by their words only.
_SIGNS = (("open", "is not closed"), ("no-end", "expected tag end"), ("stray-end", "unexpected tag 'end"),
          ("filter", "unknown filter"), ("command", "unexpected tag"))
# Known of every trip, every client and every agency, or made by the letter itself.
_SURE = {"client.greeting", "client.full_name", "agency.name", "office.name", "trip.destination", "trip.departure_date",
         "trip.return_date", "trip.month", "trip.nights", "links.unsubscribe", "links.consent"}
_LATER = {"links.survey", "links.photos", "links.invite", "links.balance", "links.answer"}
_NAMES = ("client.first_name", "client.full_name")


@dataclass(frozen=True)
class Kind:
    """What decides how strict the checks are."""

    channel: str
    klass: str
    is_refusal: bool = False
    requires: tuple[str, ...] = ()


def kind_of(letter: Letter) -> Kind:
    """How strict the checks are with this letter; those to people who bought elsewhere are named `refusal…`."""
    return Kind(letter.channel, letter.klass, is_refusal(letter.code), tuple(letter.requires or ()))


@dataclass(frozen=True)
class Finding:
    """One thing found: `where` is a field of the form, `code` says what, `facts` fill in its sentence."""

    where: str
    code: str
    facts: dict[str, Any] = field(default_factory=dict)


def faults_of(words: Words, kind: Kind, *, others: Iterable[Words] = ()) -> list[Finding]:
    """What blocks publishing (`ux.md` §3); a draft may be kept with all of it. `others` are the texts in force in other
    languages: word for word the same, this one is not translated yet."""
    found = list(_empty(words, kind))
    for name, text in _fields(words):
        found += _unreadable(name, text)
    if not found:
        found += _whole(words)
    if kind.klass == "marketing" and kind.channel == "sms" and not draft_rules.says_how_to_stop(words.source):
        found.append(Finding("body", "no-way-out"))
    if any((words.subject, words.source) == (other.subject, other.source) for other in others):
        found.append(Finding("more" if words.parts else "body", "not-translated"))
    if total(words.files) > MOST_TOGETHER:
        found.append(Finding("files", "files-too-big"))
    if kind.is_refusal:
        names = sorted(code for code in words.names() if code.startswith(f"{_MANAGER}."))
        found += [Finding("body", "manager-in-refusal", {"names": names})] if names else []
    return found


def warnings_of(words: Words, kind: Kind, *, subject: str = "", html: str = "") -> list[Finding]:
    """What deserves a second look; `subject` and `html` are the filled-in ones."""
    found = []
    source = f"{words.subject}\n{words.source}"
    if greetings := draft_rules.gendered(source):
        found.append(Finding("body", "gendered", {"words": "», «".join(greetings)}))
    found += _holes(source, kind)
    if kind.channel == "email" and len(subject) > draft_rules.LONG_SUBJECT:
        found.append(Finding("subject", "long-subject", {"num": len(subject)}))
    if draft_rules.has_bare_image(source):
        found.append(Finding("body", "bare-image"))
    if draft_rules.mentions_instagram(source):
        found.append(Finding("body", "instagram"))
    if len(html.encode()) > GMAIL_CUTS:
        found.append(Finding("body", "clipped"))
    if total(words.files) > HEAVY:
        found.append(Finding("files", "heavy", {"size": f"{total(words.files) / 1024 / 1024:.1f}"}))
    return found


def _holes(source: str, kind: Kind) -> Iterator[Finding]:
    """A first name has a warning of its own; in what colleagues say a dash is enough."""
    if kind.channel == "script":
        return
    empty = [code for code in draft_rules.holes(source, REGISTRY.spellings())
             if code not in _SURE and code not in _NAMES and code not in kind.requires]
    later = [code for code in empty if code in _LATER and not REGISTRY.is_supplied(code)]
    for which, codes in (("nobody-has", later), ("hole", [code for code in empty if code not in later])):
        if codes:
            yield Finding("body", which, {"names": codes})


def unsure_names(words: Words) -> str | None:
    """What clients without a name read in its place; None when the letter names nobody."""
    spellings = REGISTRY.spellings()
    if not words.names() & set(_NAMES):
        return None
    defaults = draft_rules.fall_backs(f"{words.subject}\n{words.source}")
    return next((text for name, text in defaults.items() if spellings.get(name) in _NAMES), "")


def _fields(words: Words) -> Iterator[tuple[str, str]]:
    yield "subject", words.subject
    if words.parts:
        yield from words.parts.items()
    else:
        yield "body", words.body


def _empty(words: Words, kind: Kind) -> Iterator[Finding]:
    if kind.channel == "email" and not clean_line(words.subject):
        yield Finding("subject", "no-subject")
    if words.parts:
        yield from (Finding(name, "empty-part") for name in PARTS if not words.parts.get(name, "").strip())
    elif not words.body.strip():
        yield Finding("body", "no-body")


def _unreadable(name: str, text: str) -> Iterator[Finding]:
    is_subject = name == "subject"
    try:
        compile_letter(*((text, "") if is_subject else ("", text)))
    except LetterError as error:
        yield _finding(name, error)
        return
    line = draft_rules.stray_closer(text)
    if line is not None:
        yield Finding(name, "stray", {"line": line})


def _whole(words: Words) -> Iterator[Finding]:
    """Each part may be short enough and all together too long."""
    try:
        compile_letter(words.subject, words.source)
    except LetterError as error:
        yield _finding("more" if words.parts else "body", error)


def _finding(name: str, error: LetterError) -> Finding:
    line = error.line or 0
    said = str(error)
    if isinstance(error, UnknownPlaceholder):
        return Finding(name, "unknown-name", {"name": error.name[:60], "nearest": error.suggestion or "", "line": line})
    if isinstance(error, TooHeavy):
        return Finding(name, "too-long", {"num": MAX_SUBJECT if name == "subject" else MAX_BODY})
    if isinstance(error, BadTemplate):
        for code, sign in _SIGNS:
            if sign in said:
                return Finding(name, code, {"line": line, "what": said.rsplit(" ", 1)[-1].strip("'")[:40]})
    return Finding(name, "bad-command", {"line": line})
