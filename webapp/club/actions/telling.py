"""Telling clients of their card: a new one, points that came. Each opens an occasion; its plan writes the letters.

Call inside the transaction of what is told. An agency whose set-up has not brought the plan yet tells nothing.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from webapp.club.card_plans import GIVEN_POINTS, NEW_CARD, TRIP_POINTS
from webapp.club.models import BonusOp, BonusPosting, Card, number_of
from webapp.club.number_rules import display
from webapp.db import db, transaction
from webapp.kit.days import local_day, zone
from webapp.staff.rules import Actor
from webapp.touches.actions.occasions import open_occasion
from webapp.touches.models import Occasion, Plan

_ANCHORS = {NEW_CARD: "issued", TRIP_POINTS: "credited", GIVEN_POINTS: "given"}


def tell_new_card(card: Card, *, actor: Actor, now: datetime) -> Occasion | None:
    """A card was sold or given: its number and page by SMS at once, a welcome the next morning."""
    facts = {"number": display(number_of(card.id))}
    return _tell(NEW_CARD, card, local_day(now, zone(card.office.timezone)), facts, actor, now)


def tell_points(card: Card, op: BonusOp, *, actor: Actor, now: datetime) -> Occasion | None:
    """Points came to the card by `op`, for a trip ("accrual") or as a present: compensation, coupon, welcome_back.

    For whoever credits points: pages and rooms that grant them call it behind `ledger.credit`, in the same transaction.
    None where nothing reached the card (a debt took all), or where the operation has been told of before.
    """
    came = db.session.scalar(select(BonusPosting.amount).where(BonusPosting.op_id == op.id,
                                                               BonusPosting.card_id == card.id))
    if not came or came < 0 or _was_told(card, op):
        return None
    kind = TRIP_POINTS if op.kind == "accrual" else GIVEN_POINTS
    return _tell(kind, card, op.day, {"points": came, "kind": op.kind, "op": op.id}, actor, now)


def _tell(kind: str, card: Card, day: date, facts: Mapping[str, Any], actor: Actor, now: datetime) -> Occasion | None:
    with transaction() as session:
        client = card.client
        if client.erased_at is not None or session.scalar(select(Plan.id).where(Plan.kind == kind).limit(1)) is None:
            return None
        return open_occasion(kind, client, anchors={_ANCHORS[kind]: day}, owner_id=client.manager_id, actor=actor,
                             now=now, facts={"card": card.id, **facts})


def _was_told(card: Card, op: BonusOp) -> bool:
    """The same operation given again by its key is not news."""
    told = db.session.scalars(select(Occasion.facts).where(
        Occasion.client_id == card.client_id, Occasion.kind.in_((TRIP_POINTS, GIVEN_POINTS))))
    return any(facts.get("op") == op.id for facts in told)
