"""E-mail over SMTP: one kept connection, and a dialogue of our own so that the final dot waits for the hand-off.

Flask-Mail reads the same configuration, but its `send()` has no time-out, checks no certificate and raises after
acceptance when the relay drops at QUIT, so a delivered mail would be sent again (`architecture.md` §4).
"""

import contextlib
import smtplib
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from urllib.parse import urlsplit

from webapp.config import Settings
from webapp.post.channels import Accepted, Gone, Outgoing, Record, Refused, Unreachable
from webapp.post.channels.composing import WayBack, dotted_pieces
from webapp.post.channels.smtp_session import Session
from webapp.post.inbox import inbox_now
from webapp.post.refusal_rules import Refusal, read_reply
from webapp.post.relay import mail_words

_YES = {"1", "true", "yes", "on"}
LONGEST_BODY = 50.0
"""Seconds a body may take; with what the lease was renewed at before (`rules.RENEW_AFTER`) less than the lease."""
_CHUNK = 128 * 1024


def provider(settings: Settings) -> "SmtpProvider":
    """The relay in force now (`relay.py`); reports come to the mailbox that is read, where it can tell them apart."""
    inbox = inbox_now(settings)
    back = WayBack(inbox.mailbox, settings.secret_key) if inbox and inbox.plus and inbox.mailbox else None
    return replace(provider_of(mail_words(settings), settings), back=back)


def provider_of(mail: Mapping[str, str], settings: Settings) -> "SmtpProvider":
    """The relay named by MAIL_SERVER, MAIL_PORT, MAIL_USERNAME, MAIL_PASSWORD, MAIL_USE_TLS and MAIL_USE_SSL.

    MAIL_TIMEOUT and MAIL_ANSWER_TIMEOUT are seconds, MAIL_RATE is mails a minute, MAIL_CONNECTIONS connections at once.
    """
    return SmtpProvider(
        host=mail.get("MAIL_SERVER", ""), port=int(mail.get("MAIL_PORT") or 25),
        username=mail.get("MAIL_USERNAME", ""), password=mail.get("MAIL_PASSWORD", ""),
        tls=mail.get("MAIL_USE_TLS", "").lower() in _YES, ssl=mail.get("MAIL_USE_SSL", "").lower() in _YES,
        our_name=urlsplit(settings.public_url).hostname or "localhost",
        timeout=float(mail.get("MAIL_TIMEOUT") or 30), answer_timeout=float(mail.get("MAIL_ANSWER_TIMEOUT") or 100),
        connections=int(mail.get("MAIL_CONNECTIONS") or 1), per_minute=int(mail.get("MAIL_RATE") or 0),
    )


@dataclass
class SmtpProvider:
    """A relay and how to talk to it. A relay keeps no record we could ask, so doubt stays doubt."""

    host: str
    port: int
    username: str
    password: str = field(repr=False)
    tls: bool
    ssl: bool
    our_name: str
    timeout: float
    answer_timeout: float
    connections: int = 1
    per_minute: int = 0
    back: WayBack | None = field(default=None, repr=False)
    name: str = "smtp"
    can_ask: bool = False
    sure_after: timedelta = timedelta(0)

    def prepare(self, message: Outgoing) -> tuple[str, str, list[bytes]]:
        """Envelope sender, envelope recipient and the dot-stuffed body without its final dot, in pieces."""
        return dotted_pieces(message, self.back)

    def open(self) -> "SmtpLine":
        """Connect, greet, encrypt (certificate checked) and log in. Raises Unreachable."""
        if not self.host:
            raise Unreachable("no-server", "MAIL_SERVER")
        smtp = Session(local_hostname=self.our_name, timeout=self.timeout)
        try:
            self._connect(smtp)
        except (OSError, smtplib.SMTPException, UnicodeError) as error:
            smtp.close()
            raise Unreachable(_why(error), _said(error)) from error
        return SmtpLine(smtp, self.answer_timeout)

    def _connect(self, smtp: "Session") -> None:
        smtp.wraps_at_once = ssl.create_default_context() if self.ssl else None
        # connect() forgets it, and the certificate is checked against this name after STARTTLS.
        smtp._host = self.host  # type: ignore[attr-defined]
        number, text = smtp.connect(self.host, self.port)
        if number != 220:
            raise smtplib.SMTPConnectError(number, text)
        smtp.ehlo_or_helo_if_needed()
        if self.tls and not self.ssl:
            smtp.starttls(context=ssl.create_default_context())
            smtp.ehlo_or_helo_if_needed()
        if self.username:
            smtp.login(self.username, self.password)

    def ask(self, message: Outgoing) -> Record:
        """A relay cannot be asked."""
        return Record.CANNOT_TELL


class SmtpLine:
    """A greeted connection. Where PIPELINING is offered, the envelope and DATA go out in one write."""

    def __init__(self, smtp: "Session", answer_timeout: float) -> None:
        self.smtp = smtp
        self.answer_timeout = answer_timeout
        self.pipelining = smtp.has_extn("pipelining")
        self.leftovers = False
        self.commands: list[bytes] = []
        self.body: list[bytes] = []

    def offer(self, prepared: tuple[str, str, list[bytes]]) -> None:
        """Write the envelope (or its first line)."""
        sender, recipient, self.body = prepared
        self.commands = [f"MAIL FROM:<{sender}>\r\n".encode("ascii"), f"RCPT TO:<{recipient}>\r\n".encode("ascii"),
                         b"DATA\r\n"]
        if self.leftovers:
            self.commands.insert(0, b"RSET\r\n")
        self._write(b"".join(self.commands) if self.pipelining else self.commands[0])

    def ready(self) -> None:
        """Read the answers to the envelope, then write the body without the final dot."""
        no: Refusal | None = None
        for index, command in enumerate(self.commands):
            if index and not self.pipelining:
                self._write(command)
            number, text = self._reply()
            no = no or self._judged(command, number, text)
            if no and not self.pipelining:
                break
        self.leftovers = no is not None
        if no:
            if self.pipelining and number == 354:
                # It waits for a text all the same; only dropping the connection is safe then.
                raise Gone(no.text, no)
            raise Refused(no)
        self._write_body()

    def hand_over(self) -> None:
        """The final dot."""
        self.leftovers = True
        self._write(b".\r\n")

    def answer(self) -> Accepted:
        """What the relay says to the whole mail."""
        if self.smtp.sock:
            self.smtp.sock.settimeout(self.answer_timeout)
        number, text = self._reply()
        self.leftovers = False
        if self.smtp.sock:
            self.smtp.sock.settimeout(self.smtp.timeout)
        if number >= 400:
            refusal = read_reply(number, text, stage="data")
            raise Gone(text, refusal) if number == 421 else Refused(refusal)
        return Accepted(text=f"{number} {text}"[:300])

    def close(self) -> None:
        """QUIT; what the relay does to it changes nothing about mails already answered."""
        with contextlib.suppress(OSError, smtplib.SMTPException):
            if self.smtp.sock and not self.leftovers:
                self.smtp.sock.settimeout(2)
                self.smtp.sock.sendall(b"QUIT\r\n")
        self.smtp.close()

    def _judged(self, command: bytes, number: int, text: str) -> Refusal | None:
        stage = {b"MAIL": "mail", b"RCPT": "rcpt"}.get(command[:4], "data")
        if number == 421:
            raise Gone(text, read_reply(number, text, stage=stage))
        expected = number == 354 if command == b"DATA\r\n" else number < 400
        return None if expected else read_reply(max(number, 400), text, stage=stage)

    def _write_body(self) -> None:
        """A big file may take longer than the time-out of one write, but not longer than the lease lasts."""
        until = time.monotonic() + LONGEST_BODY
        for piece in self.body:
            view = memoryview(piece)
            for start in range(0, len(view), _CHUNK):
                if time.monotonic() > until:
                    raise Gone("the connection is too slow for this letter")
                self._write(view[start:start + _CHUNK])

    def _write(self, data: bytes | memoryview) -> None:
        if not self.smtp.sock:
            raise Gone("closed")
        try:
            self.smtp.sock.sendall(data)
        except OSError as error:
            raise Gone(str(error)) from error

    def _reply(self) -> tuple[int, str]:
        try:
            number, text = self.smtp.getreply()
        except (OSError, smtplib.SMTPException) as error:
            raise Gone(str(error)) from error
        if not 200 <= number < 600:
            raise Gone(f"not SMTP: {number}")
        return number, text.decode("utf-8", "replace")


def _said(error: Exception) -> str:
    """The answer as it came, "535 5.7.8 …", or what the system says."""
    if not isinstance(error, smtplib.SMTPResponseException):
        return str(error)[:300]
    text = error.smtp_error
    return f"{error.smtp_code} {text.decode('utf-8', 'replace') if isinstance(text, bytes) else text}"[:300]


def _why(error: Exception) -> str:
    """The code of why no connection came about."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return "bad-certificate"
    if isinstance(error, ssl.SSLError):
        return "other-encryption"
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return "login"
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return "no-encryption" if "STARTTLS" in str(error) else "login-not-offered"
    if isinstance(error, socket.gaierror | UnicodeError):
        return "no-such-server"
    # smtplib wraps a time-out that comes while it reads.
    if isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError):
        return "no-answer"
    return "port-closed" if isinstance(error, ConnectionRefusedError) else "no-connection"
