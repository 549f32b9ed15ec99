"""Factories of the club's rows: cards with points, and shorthands for movements."""

from datetime import datetime
from itertools import count
from typing import Any

from webapp.club.actions.cards import Sale, issue_card
from webapp.club.actions.ledger import Why, correct, credit, debit
from webapp.club.models import BonusOp, Card, head_of
from webapp.staff.audit import job
from webapp.staff.models import Office

CLUB = job("test")
_numbers = count(1)


def why(key: str = "", **more: Any) -> Why:
    """A reason with a key of its own unless one is given."""
    return Why(key or f"test-{next(_numbers)}", "test", **more)


def card(owner: Any, office: Office, *, points: int = 0, now: datetime, price: int = 50_000, **sale: Any) -> Card:
    """A card sold to `owner`, with points on it."""
    row = issue_card(owner, Sale(price_kopecks=price, **sale), office=office, actor=CLUB, now=now)
    if points:
        correct(row.id, points, why(), actor=CLUB, now=now)
    return row


def give(row: Card, points: int, *, now: datetime, kind: str = "coupon", key: str = "") -> BonusOp:
    """Points come."""
    return credit(row.id, points, kind, why(key), actor=CLUB, now=now)


def spend(row: Card, points: int, *, now: datetime, key: str = "") -> BonusOp:
    """Points go."""
    return debit(row.id, points, "spending", why(key), actor=CLUB, now=now)


def balance(row: Card) -> int:
    """What is on the card now."""
    return head_of(row.id).balance
