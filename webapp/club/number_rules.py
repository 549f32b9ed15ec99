"""Numbers of cards: nine digits of which the last is a check digit, as they are printed, typed and scanned."""

import re
from collections.abc import Callable

LENGTH = 9
_DIGITS = re.compile(r"[\s\u00a0.\-–—№#]+")
_IN_LINK = re.compile(r"/c/([0-9]{9})(?:[/?#].*)?$")
# H. M. Damm's quasigroup of order ten: every single wrong digit and every swap of neighbours is noticed.
_DAMM = ("0317598642", "7092154863", "4206871359", "1750983426", "6123045978",
         "3674209581", "5869720134", "8945362017", "9438617205", "2581436790")


class BadNumber(ValueError):
    """A text that is no number of a card; `code` is "no-number", "length" or "check-digit"."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def check_digit(body: str) -> str:
    """The digit that follows `body` (digits only)."""
    interim = 0
    for digit in body:
        interim = int(_DAMM[interim][int(digit)])
    return str(interim)


def is_number(text: str) -> bool:
    """True for nine digits whose last one is right."""
    return len(text) == LENGTH and text.isascii() and text.isdigit() and check_digit(text) == "0"


def read_number(text: str) -> str:
    """The number somebody typed with blanks or dashes, or the camera read as the link of a QR code.

    Raises BadNumber.
    """
    link = _IN_LINK.search(text.strip())
    plain = link[1] if link else _DIGITS.sub("", text)
    if not plain:
        raise BadNumber("no-number")
    if not plain.isascii() or not plain.isdigit() or len(plain) != LENGTH:
        raise BadNumber("length")
    if check_digit(plain) != "0":
        raise BadNumber("check-digit")
    return plain


def looks_like_card(text: str) -> bool:
    """True when the text can only be meant as a card: as many digits as a card has, whatever its check digit."""
    plain = _DIGITS.sub("", text)
    return bool(_IN_LINK.search(text.strip())) or (len(plain) == LENGTH and plain.isascii() and plain.isdigit())


def new_number(below: Callable[[int], int]) -> str:
    """A number drawn by `below(n)` (0 … n−1): never one after the other, so that no number tells how many there are."""
    body = str(10 ** (LENGTH - 2) + below(9 * 10 ** (LENGTH - 2)))
    return body + check_digit(body)


def display(number: str) -> str:
    """«2604 1187 3»: as it is printed on the card; the spaces do not break."""
    return f"{number[:4]}\u00a0{number[4:8]}\u00a0{number[8:]}"
