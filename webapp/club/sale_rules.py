"""What a card does at a sale: discount, points to spend, points to come (`domain.md` §5.1, §5.3).

Prices in kopecks, shares in basis points (100 = 1 %), points whole: 1 point = 1 ₽.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

KOPECKS = 100
WHOLE = 10_000
ON_RETURN, ON_PURCHASE = "return", "purchase"


@dataclass(frozen=True)
class Terms:
    """The terms of an agency's club. `months` live the points; `accrue` names when points for a trip are credited."""

    price_kopecks: int = 50_000
    discount_bp: int = 300
    share_bp: int = 3_000
    months: int = 6
    accrue: str = ON_RETURN
    inviter_points: int = 1_000
    friend_points: int = 500
    welcome_back_points: int = 1_000


def terms_from(stored: Mapping[str, Any]) -> Terms:
    """Terms as they are stored; what was never set is the default."""
    known = {field.name for field in fields(Terms)}
    return Terms(**{name: value for name, value in stored.items() if name in known})


def terms_to(terms: Terms) -> dict[str, Any]:
    """As they are stored."""
    return asdict(terms)


def discount(price_kopecks: int, discount_bp: int) -> int:
    """The discount in kopecks, rounded down to whole rubles: nobody sells for kopecks."""
    return price_kopecks * discount_bp // WHOLE // KOPECKS * KOPECKS


def most_points(price_kopecks: int, discount_kopecks: int, balance: int, share_bp: int) -> int:
    """How many points may be spent: up to a share of the price, what is left to pay, and what is on the card."""
    share = price_kopecks * share_bp // WHOLE // KOPECKS
    return max(0, min(share, (price_kopecks - discount_kopecks) // KOPECKS, balance))


def points_for(price_kopecks: int, discount_kopecks: int, spent_points: int, rate_bp: int) -> int:
    """Points for a trip: a percentage of price − discount − points spent, rounded down (§5.3)."""
    base = price_kopecks - discount_kopecks - spent_points * KOPECKS
    return max(0, base * rate_bp // WHOLE // KOPECKS)
