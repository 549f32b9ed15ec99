"""Sums of money as people type them, in whole kopecks."""

import re
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from webapp.kit.text import Cell, clean

LIMIT_KOPECKS = 100_000_000_000
_RUBLES = re.compile(r"(?:рубл\w*|руб|р|₽|rub|rur)\.?$")
_THOUSANDS = re.compile(r"(?:тысяч\w*|тыс\.?|т\.?\s?р|к|k)\.?$")
_KOPECKS = re.compile(r"\s*(\d\d?)\s*(?:копе\w*|коп)\.?$")
_GROUPED = re.compile(r"\d{1,3}(?:[ '’.,]\d{3})+|\d+")


class BadMoney(ValueError):
    """A text that is no sum of rubles."""


def read_kopecks(cell: Cell) -> int | None:
    """A sum in whole kopecks: "417 990", "427000 руб.", "1 234,50 ₽", "120 тыс."; None for an empty cell.

    A comma or dot before three digits groups thousands, before one or two digits it starts the kopecks.
    Raises BadMoney for anything else, other currencies, negative sums, and sums above a billion rubles.
    """
    if cell is None or isinstance(cell, bool):
        if cell is None:
            return None
        raise BadMoney(str(cell))
    if isinstance(cell, int | float):
        return _kopecks(repr(cell), cell)
    text = clean(str(cell)).lower().lstrip("'").strip(" =")
    if not text.strip("-–— "):
        return None
    return _kopecks(_plain(text), cell)


def display(kopecks: int) -> str:
    """"417 990 ₽", with kopecks only where there are any; the spaces do not break."""
    sign, (rubles, rest) = "−" if kopecks < 0 else "", divmod(abs(kopecks), 100)
    whole = f"{rubles:,}".replace(",", "\u00a0")
    return f"{sign}{whole},{rest:02d}\u00a0₽" if rest else f"{sign}{whole}\u00a0₽"


def _plain(text: str) -> str:
    """A decimal number as Python writes it, or the text itself where it is none."""
    text, kopecks = _cut(text, _KOPECKS)
    text, thousands = _cut(text.removeprefix("₽").strip(), _THOUSANDS)
    text, rubles = _cut(text, _RUBLES)
    if rubles and not thousands:
        text, thousands = _cut(text, _THOUSANDS)
    if kopecks and not rubles:
        return text + "?"
    if re.fullmatch(r"\d[\d ]*-\d\d", text):
        text = text.replace("-", ",")
    whole, fraction = _split(text)
    if not _GROUPED.fullmatch(whole) or len(set(re.findall(r"[.,]", whole))) > 1:
        return text + "?"
    whole = re.sub(r"\D", "", whole)
    if thousands:
        return str(Decimal(f"{whole}.{fraction or 0}") * 1000)
    return f"{whole}.{kopecks.strip().zfill(2) if kopecks else fraction or 0}"


def _cut(text: str, ending: re.Pattern[str]) -> tuple[str, str]:
    match = ending.search(text)
    if not match:
        return text, ""
    return text[:match.start()].strip(), match.group(1) if match.groups() else match.group()


def _split(text: str) -> tuple[str, str]:
    match = re.fullmatch(r"(.*\d)[.,](\d{1,2})", text)
    return (match[1], match[2]) if match else (text, "")


def _kopecks(number: str, cell: Cell) -> int:
    try:
        kopecks = int((Decimal(number) * 100).quantize(Decimal(1), ROUND_HALF_UP))
    except (InvalidOperation, ValueError, OverflowError):
        raise BadMoney(str(cell)) from None
    if not 0 <= kopecks <= LIMIT_KOPECKS:
        raise BadMoney(str(cell))
    return kopecks
