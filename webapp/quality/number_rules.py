"""Numbers of the quality table: read as people type them, kept as whole parts."""

from decimal import Decimal

from webapp.kit.numbers import display
from webapp.kit.text import clean

VALUE_PARTS, WEIGHT_PARTS = 1_000, 10_000
"""A value is kept in thousandths, a weight in ten-thousandths."""
MOST = Decimal(1_000_000_000)
_SPACES = dict.fromkeys(map(ord, " \u00a0\u202f\u2009'’"))


class BadNumber(ValueError):
    """A text that is no number we keep; `code`: not-a-number, too-fine (more digits than are kept), too-big."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def read_number(text: str, parts: int = VALUE_PARTS) -> Decimal | None:
    """«4,7», «1 250», «-3», «15 %» (0.15 for a weight, 15 for a value); None for nothing. Raises BadNumber.

    `parts` says how fine a number may be: 1000 keeps three digits behind the comma.
    """
    plain = clean(text).translate(_SPACES).replace("−", "-").replace("–", "-").replace(",", ".")
    if not plain:
        return None
    share = plain.endswith("%")
    plain = plain.removesuffix("%").removeprefix("+")
    digits = plain.removeprefix("-").replace(".", "", 1)
    if not (digits.isascii() and digits.isdecimal()) or len(digits) > 40:
        raise BadNumber("not-a-number")
    number = Decimal(plain)
    if share and parts == WEIGHT_PARTS:
        number /= 100
    if abs(number) > MOST:
        raise BadNumber("too-big")
    if number * parts != int(number * parts):
        raise BadNumber("too-fine")
    return number


def to_parts(number: Decimal, parts: int = VALUE_PARTS) -> int:
    """How a number is kept."""
    return int(number * parts)


def from_parts(kept: int, parts: int = VALUE_PARTS) -> Decimal:
    """The number that was kept."""
    return Decimal(kept) / parts


def plain(number: Decimal | None, *, comma: bool = True) -> str:
    """The number as a form shows it again: «1250,5», or "1250.5"."""
    text = display(number).replace("\u00a0", "").replace("−", "-")
    return text if comma else text.replace(",", ".")
