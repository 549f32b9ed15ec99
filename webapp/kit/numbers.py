"""Decimal numbers as people read them."""

from decimal import ROUND_HALF_UP, Decimal, localcontext


def rounded(number: Decimal, digits: int) -> Decimal:
    """Half up, as on paper: 1.0005 with three digits is 1.001."""
    with localcontext() as context:
        context.prec = 60
        return number.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)


def display(number: Decimal | None, digits: int | None = None, *, comma: bool = True, sign: bool = False) -> str:
    """«1 250,5», with so many `digits` or as few as it needs; with `sign` «+0,03» and «−0,03»; "" for nothing.

    Without `comma` as English is written: "1,250.5".
    """
    if number is None:
        return ""
    shown = number if digits is None else rounded(number, digits)
    text = f"{abs(shown):,f}"
    if digits is None and "." in text:
        text = text.rstrip("0").rstrip(".")
    before = "−" if shown < 0 else "+" if sign and shown > 0 else ""
    return before + (text.replace(",", "\u00a0").replace(".", ",") if comma else text)
