"""Figures of the club by month: cards sold, given, replaced and their income; points issued, spent, burned, owed."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import case, extract, func, select

from webapp.club.ledger_rules import BURN, ISSUE, REDEEM
from webapp.club.models import BonusOp, BonusPosting, Card, CardEvent, Purse
from webapp.db import db
from webapp.kit.days import add_months
from webapp.staff.lists import people_named

KINDS = ("sold", "given", "replaced")


@dataclass
class Cards:
    """Cards of one month, office or seller; income in kopecks."""

    sold: int = 0
    given: int = 0
    replaced: int = 0
    income: int = 0

    def add(self, kind: str, count: int, kopecks: int) -> None:
        """Count more of a kind."""
        setattr(self, kind, getattr(self, kind) + count)
        self.income += kopecks


@dataclass
class Points:
    """Points of one month, all counted upwards; `owed` is what stood on the cards at its end."""

    issued: int = 0
    spent: int = 0
    burned: int = 0
    other: int = 0
    owed: int = 0


@dataclass
class Sales:
    """Cards by (month, office), by month, by seller's name, and in all."""

    by_place: dict[tuple[date, int], Cards] = field(default_factory=dict)
    by_month: dict[date, Cards] = field(default_factory=dict)
    by_seller: dict[str, Cards] = field(default_factory=dict)
    total: Cards = field(default_factory=Cards)


def months_until(today: date, count: int) -> list[date]:
    """The first days of the last `count` months, the present one last."""
    first = today.replace(day=1)
    return [add_months(first, -back) for back in range(count - 1, -1, -1)]


def sales(months: Sequence[date], office_ids: Collection[int], seller_id: int | None = None) -> Sales:
    """What was sold in these offices, in one query; with `seller_id` only by this person."""
    year, month = extract("year", CardEvent.day), extract("month", CardEvent.day)
    query = (select(year, month, CardEvent.office_id, CardEvent.seller_id, CardEvent.kind, func.count(),
                    func.sum(CardEvent.price_kopecks))
             .where(CardEvent.office_id.in_(office_ids), CardEvent.kind.in_(KINDS), CardEvent.day >= months[0])
             .group_by(year, month, CardEvent.office_id, CardEvent.seller_id, CardEvent.kind))
    if seller_id is not None:
        query = query.where(CardEvent.seller_id == seller_id)
    found = Sales(by_month={first: Cards() for first in months})
    rows: list[Any] = list(db.session.execute(query))
    names = people_named({row[3] for row in rows if row[3] is not None})
    for row_year, row_month, office_id, seller, kind, count, kopecks in rows:
        first = date(int(row_year), int(row_month), 1)
        if first not in found.by_month:
            continue
        places = [found.by_month[first], found.by_place.setdefault((first, office_id), Cards()), found.total]
        if kind != "replaced":
            places.append(found.by_seller.setdefault(names.get(seller, ""), Cards()))
        for place in places:
            place.add(kind, count, int(kopecks or 0))
    return found


def points(months: Sequence[date], office_ids: Collection[int]) -> dict[date, Points]:
    """Points on cards of these offices by month, in two queries; what is owed is counted back from today."""
    year, month = extract("year", BonusOp.day), extract("month", BonusOp.day)
    # To clients points added by hand are given like any others: what cards brought along, above all.
    by_hand = case(((BonusOp.kind == "correction") & (BonusPosting.amount > 0), BonusPosting.amount), else_=0)
    query = (select(year, month, BonusPosting.account, func.sum(BonusPosting.amount), func.sum(by_hand))
             .join(BonusOp, BonusOp.id == BonusPosting.op_id).join(Card, Card.id == BonusPosting.card_id)
             .where(Card.office_id.in_(office_ids), BonusOp.day >= months[0])
             .group_by(year, month, BonusPosting.account))
    found = {first: Points() for first in months}
    names = {ISSUE: "issued", REDEEM: "spent", BURN: "burned"}
    net: dict[date, int] = {}
    rows: list[Any] = list(db.session.execute(query))
    for row_year, row_month, account, amount, given in rows:
        first, amount = date(int(row_year), int(row_month), 1), int(amount)
        net[first] = net.get(first, 0) + amount
        if first in found:
            found[first].issued += int(given)
            amount -= int(given)
            name = names.get(account, "other")
            upwards = amount if name in ("issued", "other") else -amount
            setattr(found[first], name, getattr(found[first], name) + upwards)
    owed = owed_now(office_ids)
    for first in reversed(months):
        found[first].owed = owed
        owed -= net.get(first, 0)
    return found


def has_cards(office_ids: Collection[int]) -> bool:
    """True once these offices have handed out a card, or sold one of another office."""
    query = select(CardEvent.id).where(CardEvent.office_id.in_(office_ids)).limit(1)
    return db.session.scalar(query) is not None or db.session.scalar(
        select(Card.id).where(Card.office_id.in_(office_ids)).limit(1)) is not None


def owed_now(office_ids: Collection[int]) -> int:
    """Points that stand on cards of these offices: what the agency owes, in rubles."""
    return int(db.session.scalar(select(func.sum(Purse.balance)).join(Card, Card.id == Purse.card_id)
                                 .where(Card.office_id.in_(office_ids))) or 0)
