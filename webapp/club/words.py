"""Words of the club: kinds of operations and events, why something cannot be done, points with their plural."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from webapp.club.ledger_rules import BACK_AGAIN, BURNED, BadPosting
from webapp.club.number_rules import BadNumber, display
from webapp.staff.rules import BadInput
from webapp.web import i18n

KINDS = {
    "accrual": _l("Points for a trip"), "welcome_back": _l("Gift for coming back"),
    "referral": _l("Thanks for a friend"), "compensation": _l("Compensation"), "coupon": _l("Coupon"),
    "spending": _l("Paid with points"), "burn": _l("Burned"), "correction": _l("Correction"),
    "reversal": _l("Taken back"), "merge": _l("Two cards became one"),
}
REASONS = {
    "taken-off": _l("the card was taken off the trip"), "trip-cancelled": _l("the trip was cancelled"),
    "repriced": _l("the price of the trip changed"), "undone": _l("taken back by hand"),
    "demo-left": _l("the trip of the demo is gone"),
    BURNED: _l("these points had burned before, so they are no debt"),
    BACK_AGAIN: _l("the burn was taken back, but these points were not due"),
}
VOID = {
    "replaced": _l("the card was replaced by another one"), "merged": _l("the card was joined with another one"),
    "": _l("the card was replaced by another one"),
}
EVENTS = {
    "sold": _l("Sold"), "given": _l("Given as a present"), "virtual": _l("Virtual card made"),
    "presented": _l("Presented"), "lent": _l("Lent to a friend"), "returned": _l("The owner has it again"),
    "blocked": _l("Blocked"), "unblocked": _l("Unblocked"), "replaced": _l("New number"),
    "merged": _l("Joined with another card"),
}
ENDED_BY_A_NUMBER = {"returned": _l("The loan is over: the card has a new number"),
                     "unblocked": _l("The block is over: the card has a new number")}
EVENT_ICONS = {"sold": "ruble", "given": "gift", "virtual": "card", "presented": "check", "lent": "handshake",
               "returned": "home", "blocked": "lock", "unblocked": "key", "replaced": "refresh", "merged": "merge"}
_NEW_NUMBER = frozenset({"replaced", "sold", "given"})
_FAULTS: dict[str, Any] = {
    "no-address": _l("The client has no address for this."), "no-letter": _l("The text of this letter is missing."),
    "letter-broken": _l("The text of this letter has a mistake. Tell your administrator."),
    "has-card": _l("This client has a card already. Open it: a lost one gets a new number there, and the points stay."),
    "number-taken": _l("The card %(value)s is somebody's already, or was. Take another one."),
    "bad-number": _l("One digit is not right: the last one does not fit the others. Please compare with the card."),
    "blocked": _l("This card is blocked. Unblock it first."),
    "lent-to-whom": _l("Write to whom the card was given."),
    "lent-to-owner": _l("That is the owner. Choose the friend who has the card now."),
    "reason-needed": _l("Please write in a few words what for: colleagues will ask."),
    "has-bonus": _l("There is a card at this trip already. Take it off first."),
    "no-bonus": _l("There is no card at this trip."),
    "no-price": _l("Write the price of the trip first."),
    "cancelled": _l("This trip is cancelled."),
    "changed": _l("Somebody has changed this meanwhile: look once more, then decide."),
    "accrued-already": _l("The points of this trip have come already, so the card stays."),
    "of-a-trip": _l("This belongs to a trip. Open the trip and take the card off there."),
    "of-a-friend": _l("Two people were rewarded for a friend. A director takes both rewards back there, at the "
                      "friend."),
    "no-gift": _l("The terms give no points for coming back."),
    "too-many": _l("At most %(value)s points can be spent on this trip."),
    "bad-count": _l("Write a number from 1 to %(value)s."),
}
_POSTINGS = {
    "bad-amount": _l("Write a whole number of points."),
    "key-reused": _l("This form was sent before with other numbers: see the statement. To do one more, open it anew."),
    "reversed-already": _l("This was taken back already."),
    "not-reversible": _l("This cannot be taken back."),
}
_NUMBERS = {
    "no-number": _l("Type or scan the number on the card."),
    "length": _l("A number has nine digits, like 2604 1187 3."),
    "check-digit": _FAULTS["bad-number"],
}


number = display
"""A card's number as it is printed."""


def points(amount: int) -> str:
    """«1 840 points», with spaces that do not break."""
    return ngettext("%(shown)s point", "%(shown)s points", abs(amount), shown=plain(amount))


def plain(amount: int) -> str:
    """«1 840», with a real minus."""
    return f"{amount:,}".replace(",", "\u00a0").replace("-", "−")


def signed(amount: int) -> str:
    """«+500», «−1 200»."""
    return f"+{plain(amount)}" if amount > 0 else plain(amount)


def percent(basis_points: int) -> str:
    """300 is «3 %», 150 is «1,5 %», in English "1.5%"."""
    return i18n.percent(Decimal(basis_points) / 100)


def happened(event: Any, events: Iterable[Any]) -> Any:
    """What happened; a new number ends loan and block in the same moment, and nobody brought the card back."""
    ended = ENDED_BY_A_NUMBER.get(event.kind)
    by_number = ended and any((other.card_id, other.at) == (event.card_id, event.at) and other.kind in _NEW_NUMBER
                              for other in events)
    return ended if by_number else EVENTS[event.kind]


def fault(error: BadInput | BadPosting | BadNumber) -> str:
    """The sentence that says what is wrong and what to do."""
    if isinstance(error, BadNumber):
        return str(_NUMBERS[error.code])
    if isinstance(error, BadPosting):
        if error.code == "not-enough":
            return _("There are only %(points)s on the card.", points=points(error.points))
        return str(_POSTINGS[error.code])
    known = _FAULTS.get(error.code)
    value = plain(int(error.value)) if error.value.isdecimal() and len(error.value) < 9 else error.value
    return str(known) % {"value": value} if known else error.code


def void(reason: str) -> str:
    """Why a number is no card's any more: the words colleagues wrote, or what the program did."""
    return str(VOID.get(reason) or _("the card was replaced: %(reason)s", reason=reason))


def author(row: Any) -> str:
    """Who did it, of an operation or an event: people by name, periodic work in words."""
    return row.actor if row.user_id is not None else _("The program")


def reason(code: str) -> str:
    """What a code kept with an operation means; "" for those whose kind says it all."""
    return str(REASONS.get(code, ""))
