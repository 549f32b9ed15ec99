"""The bytes of one mail, made quickly from ready parts: headers checked, bodies encoded, 7-bit, CRLF.

Addresses are parsed and words encoded by the `email` package, sender headers are read back through its SMTP
policy and kept; no message object is built.
"""

import hashlib
import re
import unicodedata
from binascii import b2a_base64, b2a_qp
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.charset import BASE64, Charset
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import MIMEPart
from email.policy import SMTP
from email.utils import format_datetime
from functools import lru_cache

_MAX_ADDRESS, _MAX_LINE = 254, 76
_UTF8 = Charset("utf-8")
_UTF8.header_encoding = BASE64
_CHUNK = 45
_DOT_ATOM = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_MESSAGE_ID = re.compile(r"<[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@[A-Za-z0-9.-]+>")
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_DOMAIN = re.compile(rf"(?=.{{1,253}}\Z){_LABEL}(?:\.{_LABEL})*")
_PLAIN_NAME = re.compile(r"[A-Za-z0-9 ]{1,60}")
_PLAIN_TEXT = re.compile(r"(?!.*=\?)[!-~](?:[ -~]{0,64}[!-~])?")
_WEB_ADDRESS = re.compile(r"https?://[!-;=?-~]+")


class HeaderRefused(ValueError):
    """A header value that could break out of its line or that no relay would take; `field` names it."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail in ready parts. Addresses are bare (`anna@почта.рф`), names stand apart.

    `message_id` comes with its angle brackets and fixes the boundary, so equal parts make equal bytes.
    `unsubscribe_url` is an https address; with it the mail says that one POST is enough (RFC 8058). `inside` and
    `beside` are files as `enclosed` makes them: pictures of the HTML, and attachments.
    """

    sender: str
    sender_name: str
    to: str
    to_name: str
    subject: str
    text: str
    html: str
    message_id: str
    date: datetime
    reply_to: str = ""
    unsubscribe_url: str = ""
    inside: Sequence[bytes] = ()
    beside: Sequence[bytes] = ()


def build(mail: Mail) -> bytes:
    """The mail as bytes for DATA, without dot-stuffing. Raises HeaderRefused; ValueError for a naive date."""
    return b"".join(pieces(mail))


def pieces(mail: Mail) -> list[bytes]:
    """The same in pieces that each begin a line: files are the very objects that were given, never copied."""
    if mail.date.tzinfo is None:
        raise ValueError("the date of a mail must know its time zone")
    if not _MESSAGE_ID.fullmatch(mail.message_id) or len(mail.message_id) > 250:
        raise HeaderRefused("Message-ID", "not of the form <word@host>")
    boundary = "=_" + hashlib.blake2b(mail.message_id.encode("ascii"), digest_size=16).hexdigest()
    head = [
        _sender("From", mail.sender_name, mail.sender),
        _address("To", mail.to_name, mail.to),
        _sender("Reply-To", "", mail.reply_to) if mail.reply_to else "",
        "Subject: " + _words("Subject", mail.subject, len("Subject: ")) + "\r\n",
        f"Date: {format_datetime(mail.date)}\r\nMessage-ID: {mail.message_id}\r\n",
        _unsubscribe(mail.unsubscribe_url) if mail.unsubscribe_url else "",
        "Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n",
    ]
    html = [_part("html", mail.html)]
    if mail.inside:
        html = _multipart('related; type="text/html"', "=_r" + boundary[2:], [html, *([part] for part in mail.inside)])
    body = _multipart("alternative", boundary, [[_part("plain", mail.text)], html])
    if mail.beside:
        body = _multipart("mixed", "=_m" + boundary[2:], [body, *([part] for part in mail.beside)])
    return ["".join(head).encode("ascii"), *body]


def enclosed(name: str, kind: str, data: bytes, cid: str = "") -> bytes:
    """A file as a part of a mail: beside the text, or with `cid` inside of the HTML. Raises HeaderRefused.

    The name is written as RFC 2231 wants it, on lines of at most 78 characters.
    """
    _check("Content-Disposition", name)
    _check("Content-ID", cid)
    part, (main, sub) = MIMEPart(policy=SMTP), kind.split("/")
    part.set_content(b"", main, sub, disposition="inline" if cid else "attachment", filename=name,
                     params={"name": name}, cid=f"<{cid}>" if cid else None)
    head = bytes(part).partition(b"\r\n\r\n")[0]
    return b"%s\r\n\r\n%s" % (head, _lines_of(b2a_base64(data, newline=False)))


@lru_cache(maxsize=2048)
def mailbox(field: str, address: str) -> str:
    """An address as an envelope takes it: parsed, ASCII, domain in its ASCII form. Raises HeaderRefused."""
    _check(field, address)
    local, at, domain = address.strip().rpartition("@")
    if not at or not local or not domain:
        raise HeaderRefused(field, "not an address")
    if not local.isascii():
        raise HeaderRefused(field, "letters before the @ must be Latin")
    try:
        wanted = f"{local}@{_ascii_domain(domain)}"
        # Plain words need no parser, which takes longer than the rest of the mail; it would give them back as they are.
        parsed = wanted if _DOT_ATOM.fullmatch(local) else Address(addr_spec=wanted).addr_spec
    except (HeaderParseError, ValueError, IndexError) as error:
        raise HeaderRefused(field, "not an address") from error
    if parsed != wanted or len(parsed) > _MAX_ADDRESS:
        raise HeaderRefused(field, "not an address")
    return parsed


@lru_cache(maxsize=4096)
def _ascii_domain(domain: str) -> str:
    plain = domain if domain.isascii() else domain.encode("idna").decode("ascii")
    if not _DOMAIN.fullmatch(plain):
        raise ValueError(f"not a domain: {domain!r}")
    return plain


@lru_cache(maxsize=256)
def _sender(field: str, name: str, address: str) -> str:
    line = _address(field, name, address)
    # The policy must read from the line what was meant; kept per sender, so it costs nothing.
    header = SMTP.header_factory(field, line.partition(":")[2].replace("\r\n", "").strip())
    if header.defects or [one.addr_spec for one in header.addresses] != [mailbox(field, address)]:
        raise HeaderRefused(field, "not one plain address")
    return line


def _address(field: str, name: str, address: str) -> str:
    spec = mailbox(field, address)
    _check(field, name)
    name = " ".join(name.split())
    if not name:
        return f"{field}: {spec}\r\n"
    return f"{field}: {_words(field, name, len(field) + 2, plain=_PLAIN_NAME)}\r\n <{spec}>\r\n"


def _words(field: str, text: str, used: int, *, plain: re.Pattern[str] = _PLAIN_TEXT) -> str:
    """A short Latin text as it is, anything else as encoded words on lines of at most 76 characters."""
    _check(field, text)
    if not text or plain.fullmatch(text):
        return text
    width = 2 if max(text) < "\u0800" else 4
    room, start, chunks = (_CHUNK - used) // width, 0, []
    while start < len(text):
        end = start + room
        if end < len(text):
            # Between words rather than inside one: some programs show a space at the seam.
            end = text.rfind(" ", start, end) + 1 or end
        chunks.append(_UTF8.header_encode(text[start:end]))
        start, room = end, _CHUNK // width
    return "\r\n ".join(chunks)


def _check(field: str, value: str) -> None:
    if value.isprintable():
        return
    for char in value:
        if unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp"):
            raise HeaderRefused(field, f"control character U+{ord(char):04X}")


def _unsubscribe(url: str) -> str:
    if not _WEB_ADDRESS.fullmatch(url) or len(url) > 900:
        raise HeaderRefused("List-Unsubscribe", "not a web address")
    return f"List-Unsubscribe:\r\n <{url}>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"


def _multipart(kind: str, boundary: str, parts: Iterable[Sequence[bytes]]) -> list[bytes]:
    """Header and body of parts that each end their last line."""
    mark = b"--" + boundary.encode("ascii")
    made = [f'Content-Type: multipart/{kind};\r\n boundary="{boundary}"\r\n\r\n'.encode("ascii")]
    for part in parts:
        made += [mark + b"\r\n", *part]
    return [*made, mark + b"--\r\n"]


def _lines_of(encoded: bytes) -> bytes:
    lines = [encoded[start:start + _MAX_LINE] for start in range(0, len(encoded), _MAX_LINE)]
    return b"\r\n".join(lines) + b"\r\n"


def _part(kind: str, content: str) -> bytes:
    data = content.replace("\r\n", "\n").replace("\r", "\n").encode("utf-8", "replace")
    if len(data) > len(content) * 21 // 20:
        encoding, body = b"base64", _lines_of(b2a_base64(data.replace(b"\n", b"\r\n"), newline=False))
    else:
        # Line ends are made last: the encoder would take a lone LF for text and CR for a sign to be kept.
        encoding, body = b"quoted-printable", b2a_qp(data, istext=True).replace(b"\n", b"\r\n") + b"\r\n"
    head = b'Content-Type: text/%s; charset="utf-8"\r\nContent-Transfer-Encoding: %s\r\n\r\n'
    return head % (kind.encode("ascii"), encoding) + body
