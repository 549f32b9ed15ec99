"""Words for a client's points: figures with their noun, and what each line of the history was for."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from flask_babel import ngettext

from webapp.club.balance import Line
from webapp.club.ledger_rules import BACK_AGAIN
from webapp.kit.words import N_
from webapp.web.i18n import day_long_in, page_language, text, text_in

FOR = {
    "accrual": N_("Points for a trip"), "welcome_back": N_("A present for coming back"),
    "referral": N_("For an invitation"), "compensation": N_("We said sorry with points"),
    "coupon": N_("A present of points"), "spending": N_("Paid with points"),
    "burn": N_("Burnt: the card was not shown in time"),
    "merge": N_("Moved from your other card"),
}
_BACK = {True: N_("Points came back"), False: N_("Points taken back")}
_BACK_FROM_TRIP = {True: N_("Points came back: the trip was cancelled"),
                   False: N_("Taken back: the trip was cancelled")}
_BY_HAND = {True: N_("Points added by hand"), False: N_("Points written off by hand")}
_PAID_TRIP = N_("Paid for a trip with points")


@dataclass(slots=True)
class Said:
    """A line of the history as it is read."""

    what: str
    debt: str
    amount: str
    comes: bool
    day: str
    balance: str


def said(lines: Sequence[Line]) -> list[Said]:
    """The lines in words of the page's language."""
    lang = page_language()
    return [Said(text_in(lang, what_for(line)), about_debt(line), signed(line.amount), line.amount > 0,
                 day_long_in(lang, line.day), spaced(line.balance)) for line in lines]


def spaced(number: int) -> str:
    """«1 840»: thousands stand apart, and no line breaks between them."""
    return f"{number:,}".replace(",", "\u00a0")


def points(number: int) -> str:
    """«1 840 бонусов» in the language of the page."""
    return _points(page_language(), number)


def points_noun(number: int) -> str:
    """The noun alone, for figures that stand in a larger letter."""
    return points(number).replace(spaced(number), "").strip()


def signed(amount: int) -> str:
    """«+1 240», «−900»: with a real minus."""
    return f"{'−' if amount < 0 else '+'}{spaced(abs(amount))}" if amount else "0"


def days_left(number: int) -> str:
    """«осталось 12 дней»."""
    return ngettext("%(num)s day left", "%(num)s days left", number)


def what_for(line: Line) -> str:
    """What the line was for, as a message id: words that tell nothing of where anybody went."""
    if line.kind == "spending" and line.has_trip:
        return _PAID_TRIP
    if line.kind == "reversal":
        return (_BACK_FROM_TRIP if line.reason == "trip-cancelled" else _BACK)[line.amount > 0]
    if line.reason == BACK_AGAIN:
        return _BACK[False]
    if line.kind == "correction":
        return _BY_HAND[line.amount > 0]
    return FOR[line.kind]


def about_debt(line: Line) -> str:
    """What the line did to a debt of the card; "" where it did nothing."""
    if line.paid:
        return text(N_("%(points)s went into what the card owed"), points=spaced(line.paid))
    said = []
    if line.burned:
        said.append(text(N_("%(points)s had burnt before: nothing is owed for them"), points=spaced(line.burned)))
    if line.owed:
        said.append(text(N_("%(points)s more were spent already: the next points pay for them"),
                         points=spaced(line.owed)))
    return "; ".join(said)


@lru_cache(maxsize=1024)
def _points(_language: str, number: int) -> str:
    return ngettext("%(points)s point", "%(points)s points", number, points=spaced(number))
