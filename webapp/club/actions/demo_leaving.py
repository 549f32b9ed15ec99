"""The demo goes: cards of the agency's own keep their points, their chains and their history."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import literal, or_, select, update

from webapp.club.actions.ledger import Why, lock_card, reverse
from webapp.club.actions.trip_points import taken_back
from webapp.club.models import BonusDebt, BonusOp, BonusPosting, Card, CardEvent, TripBonus
from webapp.db import db, transaction
from webapp.staff.rules import Actor

LEFT = "demo-left"


def leave_own_cards(client_ids: Collection[int], trip_ids: Collection[int], *, actor: Actor, now: datetime) -> set[int]:
    """Part what is the agency's own from these clients and trips of the demo, before they are deleted.

    Points of own cards that were spent on such a trip come back; an own card that such a client has borrowed is with
    its owner again; a card of the demo that was joined with an own one, in whichever direction, is that one's history
    and goes to its owner. Gives the ids of cards that went over. For use inside the transaction that removes the demo.
    """
    with transaction() as session:
        adopted = _adopt(client_ids)
        spent = session.execute(
            select(TripBonus.trip_id, TripBonus.spend_op_id, Card.client_id).join(Card, Card.id == TripBonus.card_id)
            .where(TripBonus.spend_op_id.is_not(None)).order_by(TripBonus.card_id, TripBonus.trip_id)).all()
        for row in spent:
            if row.trip_id in trip_ids and row.client_id not in client_ids and not taken_back(row.spend_op_id):
                reverse(row.spend_op_id, Why(f"{LEFT}:{row.spend_op_id}", LEFT, trip_id=row.trip_id), actor=actor,
                        now=now)
        lent = session.execute(select(Card.id, Card.lent_to_id).where(Card.lent_to_id.is_not(None))
                               .order_by(Card.id)).all()
        for one in lent:
            if one.lent_to_id in client_ids:
                card = lock_card(one.id)
                card.lent_to_id, card.lent_to, card.lent_on = None, "", None
        session.flush()
        return adopted


def forget_the_demo(client_ids: Collection[int], trip_ids: Collection[int], adopted: Collection[int]) -> None:
    """What stays no longer names what leaves: no trips, no clients, and no numbers of theirs in keys of operations.

    A database may give the number of a deleted trip or client to the next one, whose points would then be taken for
    those that have come already. For use while the tables that only grow are open.
    """
    session = db.session
    of_trips = session.execute(select(BonusOp.id, BonusOp.trip_id).where(BonusOp.trip_id.is_not(None))).all()
    ops = {row.id for row in of_trips if row.trip_id in trip_ids}
    for table in (BonusPosting, BonusDebt):
        ops |= set(session.scalars(select(table.op_id).where(table.card_id.in_(adopted))))
    for op_id in sorted(ops):
        session.execute(update(BonusOp).where(BonusOp.id == op_id).values(
            cause="", idem_key=literal(f"{LEFT}-{op_id}:") + BonusOp.idem_key))
    for op_id in {row.id for row in of_trips if row.trip_id in trip_ids}:
        session.execute(update(BonusOp).where(BonusOp.id == op_id).values(trip_id=None))
    named = session.execute(select(CardEvent.id, CardEvent.client_id).where(CardEvent.client_id.is_not(None))).all()
    for event in named:
        if event.client_id in client_ids:
            session.execute(update(CardEvent).where(CardEvent.id == event.id).values(client_id=None))


def _adopt(client_ids: Collection[int]) -> set[int]:
    """Cards of the demo that share a chain of mergers with an own one become its owner's."""
    session = db.session
    target = Card.id.in_(select(Card.merged_into_id).where(Card.merged_into_id.is_not(None)))
    cards = {card.id: card for card in session.scalars(
        select(Card).where(or_(Card.merged_into_id.is_not(None), target)).order_by(Card.id).with_for_update(of=Card)
        .execution_options(populate_existing=True))}
    groups: dict[int, list[Card]] = {}
    for card in cards.values():
        end = card
        while end.merged_into_id is not None:
            end = cards[end.merged_into_id]
        groups.setdefault(end.id, []).append(card)
    adopted: set[int] = set()
    for end_id, group in groups.items():
        own = sorted((card for card in group if card.client_id not in client_ids), key=lambda card: card.id != end_id)
        for card in group if own else ():
            if card.client_id in client_ids:
                card.client_id, card.office_id = own[0].client_id, own[0].office_id
                adopted.add(card.id)
    session.flush()
    return adopted
