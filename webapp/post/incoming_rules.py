"""Pure: the bytes of a letter somebody sent us, read into what can be asked about it. Nothing in it is trusted.

Whatever the bytes are, reading ends soon, needs little memory and raises nothing: size, lines, parts and depth are
bounded, and what cannot be read is told as such.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email._policybase import Compat32
from email.header import decode_header
from email.message import Message
from email.utils import parseaddr
from itertools import islice

from webapp.kit.text import clean
from webapp.post.quote_rules import own_words, text_of_html

MOST_BYTES = 8 * 1024 * 1024
_MOST_LINES, _MOST_MARKS, _MOST_PARTS, _MOST_DEPTH = 150_000, 1_000, 100, 8
_MOST_HEADERS, _MOST_NESTED, _MOST_PARAMETERS = 400, 120, 40
_NESTING = re.compile(rb"content-type:\s{0,5}(?:multipart|message)/", re.IGNORECASE)
_MOST_HEAD, _MOST_WORDS, _MOST_IDS = 4_000, 400_000, 60
_RECIPIENTS = ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-delivered-to", "x-forwarded-to",
               "apparently-to", "to", "cc")
_TOLD = ("auto-submitted", "x-auto-response-suppress", "precedence", "return-path", "x-failed-recipients", "list-id",
         "list-unsubscribe", "x-autoreply", "x-autorespond", "x-autoresponder", "x-auto-reply", "x-loop", "feedback-id",
         "x-mailer", "x-ms-exchange-generated-message-source")
_ID = re.compile(r"<[^<>\s@]{1,200}@[^<>\s@]{1,200}>")
_ID_LINE = re.compile(r"message-id:\s{0,3}(<[^<>\s@]{1,200}@[^<>\s@]{1,200}>)", re.IGNORECASE)
_TO_LINE = re.compile(r"^>?[ \t]{0,3}to:[ \t]{0,3}([^\n]{1,300})", re.IGNORECASE | re.MULTILINE)
ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_DATA_CHARSETS = ("utf-8", "koi8-r", "cp1251")


class _ShortHeads(Compat32):
    """Headers cut while they are read: the parser itself looks into them, and takes the square of their length."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        name, value = super().header_source_parse(sourcelines)
        value = value[:_MOST_HEAD]
        if name.lower().startswith("content-"):
            value = ";".join(value.split(";")[:_MOST_PARAMETERS])
        return name, value


_SHORT_HEADS = _ShortHeads()


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that hung on the letter: it is named, not kept. `size` is bytes, as far as the letter was read."""

    name: str
    size: int


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter as it came. `told` holds headers by lower-case name; `status`, `feedback` and `returned` are the parts
    of a report, `answered` the Message-IDs it names as answered, `quoted_ids` those of letters inside it."""

    fingerprint: str
    is_readable: bool = True
    sender: str = ""
    sender_name: str = ""
    recipients: str = ""
    subject: str = ""
    told: dict[str, str] = field(default_factory=dict)
    kind: str = ""
    report_type: str = ""
    answered: tuple[str, ...] = ()
    quoted_ids: tuple[str, ...] = ()
    quoted_to: tuple[str, ...] = ()
    text: str = ""
    whole_text: str = ""
    status: str = ""
    feedback: str = ""
    attachments: tuple[Attachment, ...] = ()


def read_letter(raw: bytes) -> Letter:
    """What the bytes say; `is_readable` is False when they say nothing."""
    try:
        return _Reader(_within_bounds(raw)).letter()
    except Exception:
        # One letter that breaks the parser must not keep all later ones from being read.
        return Letter(hashlib.sha256(raw).hexdigest(), is_readable=False)


def _within_bounds(raw: bytes) -> bytes:
    """So many lines and marks of parts as an honest letter of this size has; the rest is cut off."""
    raw = raw[:MOST_BYTES]
    if raw.count(b"\n") > _MOST_LINES:
        raw = b"\n".join(raw.split(b"\n", _MOST_LINES)[:_MOST_LINES])
    # Each part inside a part is a reader of its own on top of the others.
    nested = list(islice(_NESTING.finditer(raw), _MOST_NESTED))
    if len(nested) == _MOST_NESTED:
        raw = raw[:nested[-1].start()]
    if raw.count(b"\n--") > _MOST_MARKS:
        raw = b"\n--".join(raw.split(b"\n--", _MOST_MARKS)[:_MOST_MARKS])
    return raw


class _Reader:
    """Walks the parts once and sorts them by what they are for."""

    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        self.mail = message_from_bytes(raw, policy=_SHORT_HEADS)
        self.heads = _heads(self.mail)
        self.plain: list[str] = []
        self.html: list[str] = []
        self.status: list[str] = []
        self.feedback: list[str] = []
        self.returned: list[str] = []
        self.attachments: list[Attachment] = []

    def letter(self) -> Letter:
        """All that was found."""
        for part in _parts(self.mail, 0, [0]):
            self._sort(part)
        whole = "\n".join(self.plain) if any(text.strip() for text in self.plain) else text_of_html("".join(self.html))
        quoted = "\n".join(self.returned) + "\n" + whole[:100_000]
        name, address = _person(self._head("from"))
        kind = self.mail.get_content_type()
        return Letter(
            fingerprint=self._fingerprint(), sender=clean(address).lower()[:254],
            sender_name=clean(decoded(name))[:200],
            recipients="\n".join(value[:1000] for name in _RECIPIENTS for value in self.heads.get(name, ()))[:20_000],
            subject=clean(decoded(self._head("subject")))[:300],
            told={name: decoded(self._head(name)) for name in _TOLD if name in self.heads},
            kind=kind, report_type=str(self.mail.get_param("report-type") or "").lower()[:60],
            answered=_ids(self._head("in-reply-to") + " " + self._head("references")),
            quoted_ids=tuple(dict.fromkeys(_ID_LINE.findall(quoted)))[:_MOST_IDS],
            quoted_to=tuple(dict.fromkeys(address.lower() for line in _TO_LINE.findall(quoted)[:20]
                                          for address in ADDRESS.findall(line)))[:_MOST_IDS],
            text=own_words(whole) if whole.strip() else "", whole_text=whole[:_MOST_WORDS],
            status="\n\n".join(self.status)[:100_000], feedback="\n".join(self.feedback)[:20_000],
            attachments=tuple(self.attachments[:50]))

    def _sort(self, part: Message) -> None:
        kind = part.get_content_type()
        if kind == "message/delivery-status":
            self.status.append(_groups(part))
        elif kind == "message/feedback-report":
            self.feedback.append(_groups(part))
        elif kind in ("message/rfc822", "message/global", "message/rfc822-headers"):
            self.returned.append(_heads_inside(part))
        elif kind == "text/rfc822-headers":
            self.returned.append(_words(part))
        elif part.get_filename() or part.get_content_disposition() == "attachment":
            self.attachments.append(_attachment(part))
        elif kind == "text/plain":
            self.plain.append(_words(part))
        elif kind == "text/html":
            self.html.append(_words(part))
        elif part.get_content_maintype() not in ("multipart", "text"):
            self.attachments.append(_attachment(part))

    def _head(self, name: str) -> str:
        return self.heads.get(name, [""])[0]

    def _fingerprint(self) -> str:
        """The same for every copy of one letter: by its name, sender, date and subject, else by its bytes."""
        marks = [self._head(name) for name in ("message-id", "from", "date", "subject")]
        content = "\0".join(marks).encode("utf-8", "surrogateescape") if marks[0] else self.raw
        return hashlib.sha256(content).hexdigest()


def _heads(mail: Message) -> dict[str, list[str]]:
    """Values of headers by lower-case name, as they came: what is not ASCII in surrogates."""
    found: dict[str, list[str]] = {}
    for name, value in list(mail.raw_items())[:_MOST_HEADERS]:
        values = found.setdefault(str(name).lower(), [])
        if len(values) < 20:
            values.append(str(value)[:_MOST_HEAD])
    return found


def _person(value: str) -> tuple[str, str]:
    """Name and address of a sender."""
    try:
        name, address = parseaddr(value[:1000])
    except (RecursionError, ValueError, IndexError):
        name, address = "", ""
    if "@" not in address:
        found = ADDRESS.search(value[:1000])
        return name or value.partition("<")[0], found[0] if found else ""
    return name, address


def _parts(mail: Message, depth: int, seen: list[int]) -> Iterator[Message]:
    """The part itself, then those inside it; a letter inside a letter is not entered."""
    seen[0] += 1
    if depth > _MOST_DEPTH or seen[0] > _MOST_PARTS:
        return
    yield mail
    if mail.get_content_maintype() == "multipart" and isinstance(mail.get_payload(), list):
        for part in mail.get_payload():
            if isinstance(part, Message):
                yield from _parts(part, depth + 1, seen)


def _groups(part: Message) -> str:
    """The fields of a report, group by group, as lines; some programs encode them although they must not."""
    payload = part.get_payload()
    groups = payload if isinstance(payload, list) else []
    lines = ["\n".join(f"{name}: {decoded(str(value)[:2000])}" for name, value in list(group.raw_items())[:60])
             for group in groups[:60] if isinstance(group, Message)]
    found = "\n\n".join(line for line in lines if line)
    if ":" in found and "@" in found or not groups:
        return found or _words(part)
    inner = "".join(str(group.get_payload()) for group in groups if isinstance(group, Message))
    wrapped = Message()
    wrapped["Content-Transfer-Encoding"] = str(part.get("Content-Transfer-Encoding", ""))
    wrapped.set_payload(inner)
    return _words(wrapped) or found


def _heads_inside(part: Message) -> str:
    payload = part.get_payload()
    inner = payload[0] if isinstance(payload, list) and payload and isinstance(payload[0], Message) else None
    if inner is None:
        return _words(part)[:20_000]
    heads = _heads(inner)
    return "\n".join(f"{name}: {decoded(heads[name][0][:1000])}" for name in ("message-id", "to", "subject")
                     if name in heads)


def _attachment(part: Message) -> Attachment:
    name = clean(decoded(str(part.get_filename() or ""))) or part.get_content_type()
    payload = part.get_payload()
    size = len(payload) if isinstance(payload, str) else 0
    if "base64" in str(part.get("Content-Transfer-Encoding", "")).lower():
        size = size * 3 // 4
    return Attachment(name[:120], size)


def _words(part: Message) -> str:
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return ""
    return unbroken(payload[:_MOST_WORDS], _charset(part))


def _charset(part: Message) -> str:
    try:
        return part.get_content_charset("") or ""
    except (LookupError, UnicodeError, ValueError):
        return ""


def unbroken(data: bytes, charset: str) -> str:
    """Text in the character set it names, or in the one of the usual ones that makes the most of it."""
    if charset and charset not in ("us-ascii", "ascii", "unknown-8bit", "unknown", "x-unknown"):
        try:
            return _without_nul(data.decode(charset))
        except (LookupError, UnicodeError, ValueError):
            pass
    try:
        return _without_nul(data.decode("utf-8"))
    except UnicodeDecodeError:
        return _without_nul(max((data.decode(name, "replace") for name in _DATA_CHARSETS), key=_likeness))


def decoded(text: str) -> str:
    """A header with its encoded words made readable."""
    text = text[:_MOST_HEAD]
    try:
        pieces = decode_header(text.replace("\r", "").replace("\n", " "))
    except Exception:
        pieces = [(text, None)]
    found = "".join(piece if isinstance(piece, str) else unbroken(piece, charset or "") for piece, charset in pieces)
    if found.isascii() or not any("\udc80" <= sign <= "\udcff" for sign in found):
        return _without_nul(found)
    return unbroken(found.encode("utf-8", "surrogateescape"), "")


def _likeness(text: str) -> int:
    """Russian running text has mostly small letters; the wrong table turns them into capitals and signs."""
    small = sum("а" <= sign <= "я" for sign in text[:2000])
    return small - 3 * text[:2000].count("\ufffd")


def _without_nul(text: str) -> str:
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")


def _ids(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_ID.findall(text)))[-_MOST_IDS:]
