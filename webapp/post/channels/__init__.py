"""What a channel is: the small interface every provider implements, one file each, and where they are found.

First `prepare` makes what will be sent, for a whole batch, before any connection is used. Then a try has two halves
with a commit between them. `offer` and `ready` do everything that can still be taken back;
then the outbox commits the hand-off; only then `hand_over` and `answer` pass the point of no return. A provider
that is one HTTP request does nothing in the first half and everything in `answer`. Writing (`offer`, `hand_over`)
is apart from waiting (`ready`, `answer`) so that several connections can wait at the same time.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Protocol

from webapp.config import Settings
from webapp.post.refusal_rules import Refusal
from webapp.post.sms_account import sms_provider


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message on its way: what a provider may know of the row. Moments are UTC."""

    id: int
    key: str
    klass: str
    channel: str
    client_id: int | None
    address: str
    to_name: str
    sender: str
    reply_to: str
    subject: str
    unsubscribe_url: str
    message_id: str
    zone: str
    created_at: datetime
    not_before: datetime
    true_until: datetime | None
    tries: int
    crashes: int
    provider: str
    parts: int
    text: str
    html: str
    files: str = ""


@dataclass(frozen=True, slots=True)
class Accepted:
    """The other side took it; `ref` is its own number for the message and `kopecks` its price, if it told them."""

    ref: str = ""
    text: str = ""
    kopecks: int | None = None


class Refused(Exception):
    """The other side said no to this message; the connection can still be used."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.text)
        self.refusal = refusal


class Gone(Exception):
    """The connection is of no more use. With a `refusal` the other side said so; without one it just fell silent."""

    def __init__(self, text: str, refusal: Refusal | None = None) -> None:
        super().__init__(text)
        self.refusal = refusal


class Unreachable(Exception):
    """No connection could be made, so nothing was begun. `code` is a reason of `wording.py`."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


class Record(Enum):
    """What a provider knows about a message when asked by our id."""

    HAS_IT = "has"
    NEVER_GOT_IT = "absent"
    CANNOT_TELL = "unclear"


class Line(Protocol):
    """One connection to a provider; carries one message at a time, in the order of these methods."""

    def offer(self, prepared: Any) -> None:
        """Begin, writing only, with what the provider has prepared. Raises Refused, Gone."""

    def ready(self) -> None:
        """Wait until the other side is ready to take it. Raises Refused, Gone."""

    def hand_over(self) -> None:
        """The point of no return, after the hand-off was committed. Raises Gone: nobody knows what arrived."""

    def answer(self) -> Accepted:
        """Wait for the answer. Raises Refused; Gone without a refusal leaves the message unknown."""

    def close(self) -> None:
        """End the connection; never raises. Closing between `ready` and `hand_over` takes the message back."""


class Provider(Protocol):
    """A way out. `connections` may be open at once, `per_minute` messages leave at most (0: no limit).

    That a message is absent is believed `sure_after` its hand-off: until then it may still be on its way in.
    """

    name: str
    connections: int
    per_minute: int
    can_ask: bool
    sure_after: timedelta

    def prepare(self, message: Outgoing) -> Any:
        """What `offer` needs, made without a connection. Raises Refused when the message cannot be sent at all."""

    def open(self) -> Line:
        """A new connection. Raises Unreachable."""

    def ask(self, message: Outgoing) -> Record:
        """Does the provider have this message? Asked only where `can_ask`. Raises Unreachable."""


@dataclass
class Missing:
    """Stands in for a provider that the configuration names but this installation does not have."""

    name: str
    connections: int = 1
    per_minute: int = 0
    can_ask: bool = False
    sure_after: timedelta = timedelta(0)

    def prepare(self, message: Outgoing) -> None:
        """Nothing to make."""

    def open(self) -> Line:
        """There is nothing to connect to."""
        raise Unreachable("no-provider", self.name)

    def ask(self, message: Outgoing) -> Record:
        """Nobody to ask."""
        return Record.CANNOT_TELL


def provider_for(channel: str, mode: str, settings: Settings) -> Provider:
    """The way out of `channel` ("email", "sms") in `mode`: files in trial, the configured provider otherwise."""
    if mode == "trial":
        return _load("trial", settings)
    if channel == "email":
        return _load("smtp", settings)
    return _load(f"sms_{sms_provider(settings)}", settings)


def _load(name: str, settings: Settings) -> Provider:
    path = f"webapp.post.channels.{name}"
    if not name.isidentifier() or find_spec(path) is None:
        return Missing(name)
    provider: Provider = import_module(path).provider(settings)
    return provider
