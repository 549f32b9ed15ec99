"""One HTTPS question to an SMS provider: known hosts, certificates checked, no redirects, bounded in time and size.

The connection is made before the hand-off and the question written after it, so a fault of name, network or
certificate leaves nothing in doubt.
"""

import contextlib
import http.client
import json
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Timer
from typing import Any
from urllib.parse import urlencode

from webapp.post.channels import Gone, Unreachable

LARGEST = 64 * 1024
CONNECT_SECONDS = 10.0
# Together with connecting and the commits around it far below a lease (`rules.LEASE`).
ANSWER_SECONDS = 30.0
_HEADERS = {"Accept": "application/json", "Connection": "close", "User-Agent": "Snova",
            "Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}


@dataclass(frozen=True)
class Place:
    """Where a provider's interface listens; the certificate must be for `host`."""

    host: str
    port: int = 443


PLACES = {"smsru": Place("sms.ru"), "smsc": Place("smsc.ru"), "smsaero": Place("gate.smsaero.ru")}
"""The only hosts that are ever connected to."""


@dataclass(frozen=True)
class Question:
    """A POST of form fields; `headers` may carry credentials, so neither is shown."""

    path: str
    fields: Mapping[str, str] = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Reply:
    """What came back: the number of HTTP and the JSON in the body, None where it is none."""

    status: int
    json: Any
    text: str = ""

    def brief(self) -> str:
        """The answer for people, short."""
        return f"HTTP {self.status} {self.text}".strip()[:300]


class Exchange:
    """A connection for exactly one question. Nothing is kept alive: a connection the other side has closed meanwhile
    would only be noticed after the hand-off, and leave the message in doubt."""

    def __init__(self, name: str, *, timeout: float = CONNECT_SECONDS, answer_timeout: float = ANSWER_SECONDS) -> None:
        """Connect and check the certificate. Raises Unreachable: nothing was asked."""
        place = PLACES[name]
        self.answer_timeout = answer_timeout
        self.connection = http.client.HTTPSConnection(place.host, place.port, timeout=timeout,
                                                      context=ssl.create_default_context())
        try:
            self.connection.connect()
        except (OSError, http.client.HTTPException, UnicodeError) as error:
            self.connection.close()
            raise Unreachable(_why(error), str(error)[:300]) from error

    def ask(self, question: Question) -> None:
        """Write the question. Raises Gone: nobody knows how much of it arrived."""
        body = urlencode(question.fields).encode("ascii")
        try:
            self.connection.request("POST", question.path, body, {**_HEADERS, **question.headers})
        except (OSError, http.client.HTTPException) as error:
            raise Gone(str(error)[:300]) from error

    def reply(self) -> Reply:
        """Wait for the whole answer. Raises Gone when it breaks off, drips, or is too large."""
        sock = self.connection.sock
        late: list[bool] = []

        def end() -> None:
            late.append(True)
            with contextlib.suppress(OSError, AttributeError):
                sock.shutdown(socket.SHUT_RDWR)
        # A time-out of the socket starts anew with every byte; this one does not.
        timer = Timer(self.answer_timeout, end)
        timer.daemon = True
        timer.start()
        try:
            sock.settimeout(self.answer_timeout)
            answer = self.connection.getresponse()
            body = answer.read(LARGEST + 1)
        except (OSError, http.client.HTTPException, ValueError, AttributeError) as error:
            raise Gone("the answer did not come in time" if late else str(error)[:300] or repr(error)) from error
        finally:
            timer.cancel()
            self.close()
        if late or len(body) > LARGEST:
            raise Gone("the answer did not come in time" if late else "the answer is too large")
        return Reply(answer.status, _read(body), body.decode("utf-8", "replace")[:300])

    def close(self) -> None:
        """End the connection; before `ask` this takes the message back."""
        with contextlib.suppress(OSError):
            self.connection.close()


def ask(name: str, question: Question, *, timeout: float = CONNECT_SECONDS) -> Reply:
    """Ask something that changes nothing. Raises Unreachable and Gone."""
    exchange = Exchange(name, timeout=timeout, answer_timeout=timeout)
    try:
        exchange.ask(question)
        return exchange.reply()
    finally:
        exchange.close()


def _read(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _why(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return "bad-certificate"
    if isinstance(error, ssl.SSLError):
        return "other-encryption"
    if isinstance(error, socket.gaierror | UnicodeError):
        return "no-such-server"
    if isinstance(error, TimeoutError):
        return "no-answer"
    return "port-closed" if isinstance(error, ConnectionRefusedError) else "no-connection"
