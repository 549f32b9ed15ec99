"""Where a person is spoken of in rows of the club that no foreign key leads to: own operations, cards of friends."""

from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_, select, union

from webapp.clients.models import Client
from webapp.club.models import BonusDebt, BonusOp, BonusPosting, Card, CardEvent, Referral
from webapp.db import db


def own_ops(client_id: int) -> set[int]:
    """Ids of the operations on this client's cards: their lines point to them, not they to the card."""
    cards = select(Card.id).where(Card.client_id == client_id)
    return set(db.session.scalars(union(select(BonusPosting.op_id).where(BonusPosting.card_id.in_(cards)),
                                        select(BonusDebt.op_id).where(BonusDebt.card_id.in_(cards)))))


def spoken_of(client: Client) -> dict[Any, set[int]]:
    """Rows of other people that say who this was, by table: loans, and calls to friends this client has sent."""
    events = select(CardEvent.id).where(or_(CardEvent.client_id == client.id, names_both(CardEvent.note, client)))
    calls = select(Referral.touch_id).where(Referral.inviter_id == client.id, Referral.touch_id.is_not(None))
    tables = db.metadata.tables
    return {tables["card_event"]: set(db.session.scalars(events)), tables["touch"]: set(db.session.scalars(calls)),
            tables[BonusOp.__tablename__]: own_ops(client.id)}


def names_both(column: Any, client: Client) -> ColumnElement[bool]:
    """Does a text hold both names of the client?"""
    names = [name for name in (client.last_name, client.first_name) if name]
    return and_(*(column.contains(name, autoescape=True) for name in names)) if len(names) > 1 else false()
