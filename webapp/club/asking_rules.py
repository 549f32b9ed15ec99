"""Who may ask for a balance how often, what they may type, and the code that proves a phone (`quality.md` §2).

A code is kept nowhere: it follows from the row of the request and the key of this site.
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv6Address, ip_address

from webapp.club.number_rules import BadNumber, looks_like_card, read_number
from webapp.kit import phones

LASTS = timedelta(minutes=10)
TRIES = 5
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ASKS_AN_HOUR = 20
"""Requests from one address of the network; an office or a village may share one."""
TRIES_AN_HOUR = 40
"""Codes tried on requests of one address."""
SMS_A_DAY = 5
"""Codes for one card, and to one phone whatever was typed."""
DIGITS = 6
KEPT = timedelta(days=30)
_NETWORK = 64


class BadAsk(ValueError):
    """What was typed can be neither a card nor a phone; `code`: nothing, check-digit, neither."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Asked:
    """What somebody wants to see: the digits of a card, or a phone in E.164."""

    text: str

    @property
    def is_phone(self) -> bool:
        """A phone, else a card."""
        return self.text.startswith("+")


def read_asked(typed: str) -> Asked:
    """A card or a phone as people type them; says nothing of whether we know it. Raises BadAsk."""
    if not typed.strip():
        raise BadAsk("nothing")
    if looks_like_card(typed):
        try:
            return Asked(read_number(typed))
        except BadNumber as error:
            raise BadAsk("check-digit") from error
    phone = phones.normalise(typed[:60])
    if phone is None:
        raise BadAsk("neither")
    return Asked(phone)


def code_of(secret: str, nonce: str, token_hash: str) -> str:
    """The six digits that belong to one request and to no other."""
    word = hmac.new(secret.encode(), f"balance-code {nonce} {token_hash}".encode(), hashlib.sha256).digest()
    return f"{int.from_bytes(word[:8], 'big') % 10 ** DIGITS:0{DIGITS}d}"


def same_code(typed: str, code: str) -> bool:
    """Compares in constant time; blanks and dashes in what was typed do not matter."""
    digits = "".join(sign for sign in typed if sign.isdigit() and sign.isascii())
    return hmac.compare_digest(digits.encode(), code.encode())


def limit_hash(secret: str, kind: str, value: str) -> str:
    """What is kept of an address, a card or a phone to count by: nobody can look through all numbers to find it."""
    return hmac.new(secret.encode(), f"balance-{kind} {value}".encode(), hashlib.sha256).hexdigest()


def network_of(address: str) -> str:
    """What counts as one address: with IPv6 a whole house has 2⁶⁴ of them."""
    try:
        read = ip_address(address)
    except ValueError:
        return address
    if isinstance(read, IPv6Address):
        return str(read.ipv4_mapped or IPv6Address(int(read) >> _NETWORK << _NETWORK))
    return str(read)
