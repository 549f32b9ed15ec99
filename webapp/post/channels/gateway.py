"""What SMS providers over HTTPS have in common: one question per message, written after the hand-off was committed.

A file per provider says how it is asked (`Dialect`); what its answers mean is pure and stands there too. Whatever is
not a documented answer leaves the message unknown: it is never sent a second time blindly.
"""

import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from webapp.config import Settings
from webapp.post.channels import Accepted, Gone, Outgoing, Record, Refused, Unreachable, https
from webapp.post.channels.https import Exchange, Question, Reply
from webapp.post.refusal_rules import Refusal

OF_ACCOUNT = ("login", "no-money", "busy")
"""Refusals that would meet every other message as well: the breaker opens at the second one."""
MOST_FOR_ONE = 1_000_00
"""Kopecks. No SMS costs a thousand roubles: such an answer is a fault, and would shut the budget."""
ONE_SMS = "Проверка цены"
"""A text that is surely billed as one SMS."""


@dataclass(frozen=True)
class Doubt:
    """An answer that does not say whether the message was taken."""

    text: str


@dataclass(frozen=True)
class Report:
    """What became of a message later: "delivered", "bounced", or "" while it is under way; `kopecks` is its price."""

    state: str = ""
    code: str = ""
    text: str = ""
    kopecks: int | None = None


ABSENT = Report("absent")
"""The provider has no such message."""


class Numbered(Protocol):
    """What a message's own number is made of."""

    @property
    def id(self) -> int: ...
    @property
    def key(self) -> str: ...
    @property
    def address(self) -> str: ...


class Dialect(Protocol):
    """How one provider is spoken to. `own_id` is our number for a message, known to this instance alone."""

    name: str
    can_ask: bool

    def send(self, message: Outgoing, own_id: str) -> Question:
        """The question that sends an SMS."""

    def read_send(self, reply: Reply, own_id: str) -> Accepted | Refusal | Doubt:
        """What the answer to it means."""

    def status(self, ref: str, phone: str) -> Question:
        """The question about a message it has taken."""

    def read_status(self, reply: Reply, ref: str) -> Report | None:
        """What the answer means; None when it says nothing."""

    def balance(self) -> Question:
        """The question about the money left."""

    def read_balance(self, reply: Reply) -> int | Refusal:
        """Kopecks, or why there is no answer."""

    def price(self, phone: str) -> Question:
        """The question about the price of one SMS to `phone`; nothing is sent."""

    def read_price(self, reply: Reply) -> int | Refusal:
        """Kopecks for one SMS, the dearest where it depends, or why there is no answer."""


@dataclass
class Gateway:
    """A provider of SMS in the words of the outbox."""

    dialect: Dialect
    secret: str
    per_minute: int = 0
    timeout: float = https.CONNECT_SECONDS
    answer_timeout: float = https.ANSWER_SECONDS
    connections: int = 1
    # A question that was lost on the way may still be worked on: only later its absence proves something.
    sure_after: timedelta = timedelta(minutes=10)

    @property
    def name(self) -> str:
        """As the outbox knows it."""
        return f"sms_{self.dialect.name}"

    @property
    def can_ask(self) -> bool:
        """Can it be asked by our own number, also when its answer was lost?"""
        return self.dialect.can_ask

    def prepare(self, message: Outgoing) -> tuple[Question, str]:
        """The question and our number. Raises Refused for what no phone can get."""
        digits = message.address.removeprefix("+")
        if not (digits.isascii() and digits.isdigit() and 7 <= len(digits) <= 15):
            raise Refused(Refusal("bad-address", "", permanent=True))
        if not message.text.strip() or "\0" in message.text:
            raise Refused(Refusal("cannot-be-built", "", permanent=True))
        own_id = own_number(self.secret, message)
        return self.dialect.send(message, own_id), own_id

    def open(self) -> "GatewayLine":
        """Connect. Raises Unreachable."""
        return GatewayLine(self, self._exchange())

    def ask(self, message: Outgoing) -> Record:
        """Does it know our number? Raises Unreachable when nobody answers, so that others are not asked about now."""
        report = self.report(own_number(self.secret, message), message.address)
        if report is None:
            return Record.CANNOT_TELL
        return Record.NEVER_GOT_IT if report is ABSENT else Record.HAS_IT

    def report(self, ref: str, phone: str) -> Report | None:
        """What became of a message; None when the answer says nothing. Raises Unreachable."""
        return self.dialect.read_status(self._question(self.dialect.status(ref, phone)), ref)

    def balance(self) -> int | Refusal:
        """Kopecks on the account. Raises Unreachable."""
        return self.dialect.read_balance(self._question(self.dialect.balance()))

    def price(self, phone: str) -> int | Refusal:
        """Kopecks for one SMS to `phone`; nothing is sent. Raises Unreachable."""
        return self.dialect.read_price(self._question(self.dialect.price(phone)))

    def _question(self, question: Question) -> Reply:
        try:
            return https.ask(self.dialect.name, question, timeout=min(self.timeout, https.CONNECT_SECONDS))
        except Gone as error:
            raise Unreachable("no-answer", str(error)) from error

    def _exchange(self) -> Exchange:
        return Exchange(self.dialect.name, timeout=self.timeout, answer_timeout=self.answer_timeout)


class GatewayLine:
    """Carries one message per connection; the next one gets a new connection before its hand-off."""

    def __init__(self, gateway: Gateway, exchange: Exchange) -> None:
        self.gateway = gateway
        self.exchange: Exchange | None = exchange
        self.question: Question | None = None
        self.own_id = ""

    def offer(self, prepared: tuple[Question, str]) -> None:
        """Have a fresh connection ready."""
        self.question, self.own_id = prepared
        if self.exchange is None:
            try:
                self.exchange = self.gateway._exchange()
            except Unreachable as error:
                raise Gone(str(error), Refusal("no-connection", str(error), permanent=False, counted=False)) from error

    def ready(self) -> None:
        """Connected and encrypted: nothing else can be done before the hand-off."""

    def hand_over(self) -> None:
        """Write the question."""
        assert self.exchange is not None and self.question is not None
        self.exchange.ask(self.question)

    def answer(self) -> Accepted:
        """Read what the provider says."""
        exchange, self.exchange = self.exchange, None
        assert exchange is not None
        meaning = self.gateway.dialect.read_send(exchange.reply(), self.own_id)
        if isinstance(meaning, Doubt):
            raise Gone(meaning.text)
        if isinstance(meaning, Refusal):
            if meaning.code in OF_ACCOUNT:
                raise Gone(meaning.text, meaning)
            raise Refused(meaning)
        return meaning

    def close(self) -> None:
        """End the connection."""
        if self.exchange is not None:
            self.exchange.close()
            self.exchange = None


def own_number(secret: str, message: Numbered) -> str:
    """Our number for a message: the row and a proof that it came from here. At most 40 of `0-9a-f-`."""
    words = f"sms {message.id} {message.key} {message.address}".encode()
    return f"{message.id}-{hmac.new(secret.encode(), words, hashlib.sha256).hexdigest()[:24]}"


def row_of(number: str) -> int | None:
    """The row an own number speaks of; whether it is ours is for `own_number` to prove."""
    row, _dash, proof = number.partition("-")
    good = row.isascii() and row.isdigit() and len(row) <= 18 and len(proof) == 24
    return int(row) if good else None


def gateway(make: Callable[[Mapping[str, str], Settings], Dialect], words: Mapping[str, str],
            settings: Settings) -> Gateway:
    """The gateway in force: SMS_RATE is SMS a minute, SMS_TIMEOUT seconds until an answer must be there."""
    return Gateway(make(words, settings), settings.secret_key, per_minute=int(words.get("SMS_RATE") or 0),
                   answer_timeout=min(float(words.get("SMS_TIMEOUT") or https.ANSWER_SECONDS), 60.0))


def digits(phone: str) -> str:
    """The number as providers want it: without the plus."""
    return phone.removeprefix("+")


def number(value: object) -> int | None:
    """A whole number, also when it came as text; providers mix both."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    text = str(value).strip()
    plain = text.removeprefix("-")
    return int(text) if plain.isascii() and plain.isdigit() and len(text) < 19 else None


def kopecks(value: object) -> int | None:
    """An amount in roubles as kopecks."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        amount = round(float(value) * 100)
    except (ValueError, OverflowError):
        return None
    return amount if abs(amount) < 10**12 else None


def cost(value: object) -> int | None:
    """What an SMS has cost, in kopecks; None when it was not told, or cannot be meant."""
    found = kopecks(value)
    return found if found is not None and 0 <= found < MOST_FOR_ONE else None
