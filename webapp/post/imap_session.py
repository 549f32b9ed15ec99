"""A mailbox over IMAP: a few questions, each with an end in time and in length, whatever the other side answers."""

import contextlib
import imaplib
import re
import socket
import ssl
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from webapp.post.inbox_rules import Inbox
from webapp.post.incoming_rules import MOST_BYTES
from webapp.post.relay_rules import TLS, is_local

MOST_ANSWER = MOST_BYTES + 2 * 1024 * 1024
_MOST_LINE = 200_000
_NUMBER = re.compile(rb"(\d{1,10})")
_CAME = re.compile(rb'INTERNALDATE "([^"]{10,40})"')
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class NoInbox(Exception):
    """The mailbox cannot be read now: `code` is a reason of `wording.py`, the text what the server said."""

    def __init__(self, code: str, text: str = "") -> None:
        super().__init__(text)
        self.code = code


@dataclass(frozen=True)
class Folder:
    """An opened folder: its letters have numbers that hold while `uidvalidity` stays; `next_uid` is the coming one."""

    uidvalidity: int
    next_uid: int
    letters: int


@dataclass(frozen=True)
class Fetched:
    """One letter as the server keeps it: at most MOST_BYTES of it, and when it came (UTC)."""

    uid: int
    raw: bytes
    came_at: datetime


class Bounded(imaplib.IMAP4):
    """imaplib's connection with answers that have an end; TLS from the first byte where a context is given."""

    def __init__(self, host: str, port: int, timeout: float, context: ssl.SSLContext | None) -> None:
        self.context, self.patience, self.rest = context, timeout, b""
        self._begin()
        super().__init__(host, port, timeout)

    def open(self, host: str = "", port: int = 143, timeout: float | None = None) -> None:
        """Connect; reading goes past the file object of imaplib, which knows no deadline."""
        self.host, self.port = host, port
        plain = socket.create_connection((host, port), timeout)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            self.sock = self.context.wrap_socket(plain, server_hostname=host) if self.context else plain
        except BaseException:
            plain.close()
            raise

    def _begin(self) -> None:
        self.until, self.left = time.monotonic() + self.patience, MOST_ANSWER

    def _command(self, name: str, *args: Any) -> Any:
        self._begin()
        return super()._command(name, *args)  # type: ignore[misc]

    def read(self, size: int) -> bytes:
        """A part of an answer whose length the server has told."""
        if not 0 <= size <= self.left:
            raise self.abort("the answer has no end")
        while len(self.rest) < size:
            self._more(max(size - len(self.rest), 4096))
        found, self.rest = self.rest[:size], self.rest[size:]
        return found

    def readline(self) -> bytes:
        """One line with its end."""
        while b"\n" not in self.rest:
            if len(self.rest) > _MOST_LINE:
                raise self.abort("the line has no end")
            self._more(4096)
        line, end, self.rest = self.rest.partition(b"\n")
        return line + end

    def _more(self, size: int) -> None:
        left = self.until - time.monotonic()
        if left <= 0:
            raise TimeoutError("timed out")
        if self.left <= 0:
            raise self.abort("the answer has no end")
        self.sock.settimeout(left)
        chunk = self.sock.recv(min(size, 262_144))
        if not chunk:
            raise self.abort("the server has hung up")
        self.left -= len(chunk)
        self.rest = self.rest + chunk if self.rest else chunk

    def shutdown(self) -> None:
        """Hang up."""
        with contextlib.suppress(OSError):
            self.sock.close()


class Mailbox:
    """A signed-in connection."""

    def __init__(self, imap: Bounded) -> None:
        self.imap = imap

    def open(self, folder: str, *, to_write: bool) -> Folder:
        """Open a folder; without `to_write` nothing in it can be changed. Raises NoInbox("no-folder")."""
        self._ask("no-folder", lambda: self.imap.select(_quoted(folder), readonly=not to_write))
        told = {name: self._told(name) for name in ("UIDVALIDITY", "UIDNEXT", "EXISTS")}
        if not told["UIDVALIDITY"]:
            raise NoInbox("not-imap", "UIDVALIDITY")
        return Folder(told["UIDVALIDITY"], told["UIDNEXT"] or self._last_uid() + 1, told["EXISTS"])

    def numbers_from(self, first: int) -> list[int]:
        """Numbers of letters from `first` on, in order; the server answers with its last one even if it is smaller."""
        return [uid for uid in self._search(f"UID {first}:*") if uid >= first]

    def numbers_since(self, day: date) -> list[int]:
        """Numbers of letters that came on `day` or later."""
        return self._search(f"SINCE {day.day}-{_MONTHS[day.month - 1]}-{day.year}")

    def fetch(self, uid: int) -> Fetched | None:
        """One letter, unread as it was; None when it is not there any more."""
        found = self._ask("not-imap", lambda: self.imap.uid(
            "FETCH", str(uid), f"(UID INTERNALDATE BODY.PEEK[]<0.{MOST_BYTES}>)"))
        for item in found:
            if isinstance(item, tuple) and len(item) == 2 and isinstance(item[1], bytes):
                return Fetched(uid, item[1][:MOST_BYTES], _came(b" ".join(_heads(found))))
        return None

    def move(self, uid: int, folder: str) -> None:
        """Put a letter into another folder. Raises NoInbox."""
        self._ask("cannot-move", lambda: self.imap.uid("MOVE", str(uid), _quoted(folder)))

    def make_folder(self, folder: str) -> None:
        """See to it that letters can be put into this folder. Raises NoInbox("cannot-move", "no-done-folder")."""
        if "MOVE" not in self.imap.capabilities:
            raise NoInbox("cannot-move")
        with contextlib.suppress(NoInbox):
            self._ask("no-done-folder", lambda: self.imap.create(_quoted(folder)))
        self._ask("no-done-folder", lambda: self.imap.status(_quoted(folder), "(MESSAGES)"))

    def _search(self, words: str) -> list[int]:
        found = self._ask("not-imap", lambda: self.imap.uid("SEARCH", words))
        line = b" ".join(item for item in found if isinstance(item, bytes))
        return sorted({int(number) for number in _NUMBER.findall(line)} - {0})

    def _last_uid(self) -> int:
        found = self._ask("not-imap", lambda: self.imap.uid("SEARCH", "UID *"))
        return max((int(n) for item in found if isinstance(item, bytes) for n in _NUMBER.findall(item)), default=0)

    def _told(self, name: str) -> int:
        found = self.imap.untagged_responses.get(name) or [b""]
        number = _NUMBER.search(found[-1] if isinstance(found[-1], bytes) else b"")
        return int(number[1]) if number else 0

    def _ask(self, code: str, question: Callable[[], Any]) -> list[Any]:
        """One command; its data, or NoInbox with what the server said."""
        try:
            state, data = question()
        except (imaplib.IMAP4.abort, OSError, ValueError) as error:
            raise NoInbox(_why(error), _said(error)) from error
        except imaplib.IMAP4.error as error:
            raise NoInbox(code, _said(error)) from error
        if state != "OK":
            raise NoInbox(code, " ".join(_text(item) for item in data)[:300])
        return list(data)


@contextmanager
def opened(inbox: Inbox, *, timeout: float = 30) -> Iterator[Mailbox]:
    """A signed-in connection to the mailbox, ended with the block. Raises NoInbox."""
    if inbox.encryption != TLS and not is_local(inbox.server):
        raise NoInbox("no-encryption")
    try:
        imap = Bounded(inbox.server, inbox.port, timeout,
                       ssl.create_default_context() if inbox.encryption == TLS else None)
    except (OSError, imaplib.IMAP4.error, ValueError) as error:
        raise NoInbox(_why(error), _said(error)) from error
    try:
        _sign_in(imap, inbox)
        yield Mailbox(imap)
    finally:
        with contextlib.suppress(OSError, ValueError, imaplib.IMAP4.error):
            imap.patience = min(imap.patience, 2)
            imap.logout()
        imap.shutdown()


def _sign_in(imap: Bounded, inbox: Inbox) -> None:
    if "LOGINDISABLED" in imap.capabilities:
        raise NoInbox("login-not-offered")
    try:
        # imaplib puts quotes around the password only.
        login = inbox.login.replace("\\", "\\\\").replace('"', '\\"')
        imap.login(f'"{login}"', inbox.password)
        # Most servers tell only whom they know what they can do.
        _state, told = imap.capability()
        imap.capabilities = tuple(_text(told[-1]).upper().split())
    except (imaplib.IMAP4.abort, OSError, ValueError) as error:
        raise NoInbox(_why(error), _said(error)) from error
    except imaplib.IMAP4.error as error:
        raise NoInbox("login", _said(error)) from error


def _quoted(folder: str) -> str:
    """The name of a folder as the protocol writes it (RFC 3501, 5.1.3): other letters in a base64 of its own."""
    found, run = [], ""
    for sign in folder + "\0":
        if sign == "\0" or " " <= sign <= "~":
            if run:
                found.append("&" + b64encode(run.encode("utf-16-be")).decode().rstrip("=").replace("/", ",") + "-")
                run = ""
            found.append({"\0": "", "&": "&-", "\\": "\\\\", '"': '\\"'}.get(sign, sign))
        else:
            run += sign
    return f'"{"".join(found)}"'


def _heads(found: list[Any]) -> list[bytes]:
    return [item[0] if isinstance(item, tuple) else item for item in found if isinstance(item, bytes | tuple)]


def _came(head: bytes) -> datetime:
    """When the server took the letter; the beginning of time when it does not say."""
    found = _CAME.search(head)
    try:
        moment = datetime.strptime(found[1].decode("ascii").strip(), "%d-%b-%Y %H:%M:%S %z") if found else None
    except (ValueError, UnicodeError):
        moment = None
    return moment.astimezone(UTC) if moment else datetime(1970, 1, 1, tzinfo=UTC)


def _text(item: Any) -> str:
    return item.decode("utf-8", "replace") if isinstance(item, bytes) else str(item)


def _said(error: Exception) -> str:
    words = error.args[0] if error.args else ""
    return " ".join(_text(words).split())[:300]


def _why(error: Exception) -> str:
    """The code of why no connection came about or why it broke."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return "bad-certificate"
    if isinstance(error, ssl.SSLError):
        return "other-encryption"
    if isinstance(error, socket.gaierror | UnicodeError):
        return "no-such-server"
    if isinstance(error, TimeoutError):
        return "no-answer"
    if isinstance(error, ConnectionRefusedError):
        return "port-closed"
    return "not-imap" if isinstance(error, imaplib.IMAP4.error | ValueError) else "no-connection"
