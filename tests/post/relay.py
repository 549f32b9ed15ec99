"""A real SMTP server for tests: aiosmtpd on a free port, with manners a test can choose, counting what it took."""

import asyncio
import contextlib
import socket
import ssl
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import Message
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

LOGIN, PASSWORD = "mail@agency.ru", "abcdefghijklmnop"
TLS = Path(__file__).resolve().parent.parent / "data" / "tls"
"""`relay.pem` is the certificate (and key) of localhost for these tests alone, `authority.pem` vouches for it."""


class Relay:
    """Handler of the server. `rcpt`, `data` and `mail` hold answers to give before the ordinary ones come."""

    def __init__(self, *, pipelining: bool = True) -> None:
        self.pipelining = pipelining
        self.took: list[Message] = []
        self.senders: list[str] = []
        self.seen: Counter[str] = Counter()
        self.connections = 0
        self.mail: list[str] = []
        self.rcpt: list[str] = []
        self.data: list[str] = []
        self.after_taking: list[str] = []
        self.at_quit = ""
        self.may_answer = threading.Event()
        self.may_answer.set()
        self.waiting = threading.Event()
        self.port = 0

    @property
    def receipts(self) -> Counter[str]:
        """How often each Message-ID was taken."""
        return Counter(str(message["Message-ID"]) for message in self.took)

    async def handle_EHLO(self, server: SMTP, session: Any, _envelope: Any, hostname: str,
                          responses: list[str]) -> list[str]:
        self.connections += 1
        session.host_name = hostname
        if self.pipelining:
            responses.insert(-1, "250-PIPELINING")
        return responses

    async def handle_MAIL(self, server: SMTP, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        if self.mail and (answer := self.mail.pop(0)):
            return answer
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server: SMTP, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        self.seen[address] += 1
        if self.rcpt and (answer := self.rcpt.pop(0)):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:
        if self.data and (answer := self.data.pop(0)):
            if answer == "reset":
                server.transport.abort()
            return answer
        self.took.append(message_from_bytes(envelope.content))
        self.senders.append(envelope.mail_from)
        self.waiting.set()
        while not self.may_answer.is_set():
            await asyncio.sleep(0.005)
        if self.after_taking and (answer := self.after_taking.pop(0)):
            if answer == "reset":
                server.transport.abort()
            return answer
        return "250 2.0.0 taken"


class _Server(SMTP):
    async def smtp_QUIT(self, arg: str) -> None:
        if self.event_handler.at_quit == "reset":
            self.transport.abort()
            return
        await super().smtp_QUIT(arg)


class _Controller(Controller):
    def factory(self) -> SMTP:
        return _Server(self.handler, hostname="relay.test", **self.SMTP_kwargs)


@contextmanager
def _listening(relay: Relay, controller: Controller) -> Iterator[None]:
    controller.start()
    try:
        yield
    finally:
        relay.may_answer.set()
        controller.stop()


@contextmanager
def running(*, port: int = 0, **manners: Any) -> Iterator[Relay]:
    """A relay that listens until the end of the block; its port is `relay.port`."""
    relay = Relay(**manners)
    relay.port = port or free_port()
    controller = _Controller(relay, hostname="127.0.0.1", port=relay.port)
    with _listening(relay, controller):
        yield relay


@contextmanager
def guarded(encryption: str, **manners: Any) -> Iterator[Relay]:
    """A relay that wants LOGIN and PASSWORD, over "tls" from the first byte or after "starttls", on localhost."""
    relay = Relay(**manners)
    relay.port = free_port()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(TLS / "relay.pem")
    ways = {"ssl_context": context} if encryption == "tls" else {"tls_context": context, "require_starttls": True}
    controller = _Controller(relay, hostname="127.0.0.1", port=relay.port, authenticator=_knows, auth_required=True,
                             auth_require_tls=encryption != "tls", **ways)
    with _listening(relay, controller):
        yield relay


def _knows(_server: Any, _session: Any, _envelope: Any, _mechanism: str, given: Any) -> AuthResult:
    good = isinstance(given, LoginPassword) and (given.login, given.password) == (LOGIN.encode(), PASSWORD.encode())
    return AuthResult(success=good, handled=False)


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def endless(drops: bytes) -> Iterator[int]:
    """A port that greets whoever comes with the same bytes for ever, until they hang up."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(5)

        def talk() -> None:
            with contextlib.suppress(OSError):
                guest, _address = listener.accept()
                with guest:
                    while True:
                        guest.sendall(drops)
        thread = threading.Thread(target=talk, daemon=True)
        thread.start()
        yield int(listener.getsockname()[1])
    thread.join(10)


@contextmanager
def black_hole() -> Iterator[int]:
    """A port that accepts connections and never says a word."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(50)
        yield int(listener.getsockname()[1])
