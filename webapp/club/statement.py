"""The statement of a card: every operation with what it did to balance and debt, newest first, a page at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, exists, func, or_, select, union
from sqlalchemy.orm import aliased

from webapp.club import words
from webapp.club.models import BonusDebt, BonusOp, BonusPosting, Card, CardEvent
from webapp.db import db
from webapp.staff.models import Office
from webapp.trips.models import Trip

A_PAGE = 50
MOST = 5_000
EVENTS_SHOWN = 12


@dataclass(frozen=True)
class Entry:
    """One operation as people read it. `amount` and `debt` are signed points, `balance` and `owed` what was left.

    `is_undone` when a later operation took it back; `trip_id` and `trip` are empty for trips of other offices.
    `is_before` on a card that was joined with this one later: there is no balance of this card to tell.
    """

    op: BonusOp
    day: date
    kind: str
    why: str
    amount: int
    balance: int | None
    debt: int
    owed: int | None
    office: str
    trip_id: int | None
    trip: str
    is_undone: bool
    is_before: bool

    @property
    def when(self) -> datetime:
        """The moment."""
        return self.op.at


def count_of(card_id: int) -> int:
    """How many operations the card has."""
    return db.session.scalar(select(func.count()).select_from(_ids(card_id, _joined(card_id)).subquery())) or 0


def entries_of(card_id: int, office_ids: Sequence[int] | None, limit: int = A_PAGE, offset: int = 0) -> list[Entry]:
    """Operations of a card and of those that were joined with it, newest first; trips only of `office_ids` (None: of
    all offices). Two queries, and one for every card joined with a joined one.
    """
    later, joined = aliased(BonusOp), _joined(card_id)
    cards = [card_id, *joined]
    # A merger has lines on both cards: here the ones of the card that lives on are told.
    here = or_(BonusOp.kind != "merge", BonusPosting.card_id == card_id)
    owed_here = or_(BonusOp.kind != "merge", BonusDebt.card_id == card_id)
    undone = exists().where(later.reverses_id == BonusOp.id)
    query = (
        select(BonusOp, BonusPosting.amount, BonusPosting.balance, BonusDebt.amount, BonusDebt.balance, Office.name,
               Trip.id, Trip.destination, Trip.office_id, undone,
               func.coalesce(BonusPosting.card_id, BonusDebt.card_id) != card_id)
        .outerjoin(BonusPosting, and_(BonusPosting.op_id == BonusOp.id, BonusPosting.card_id.in_(cards), here))
        .outerjoin(BonusDebt, and_(BonusDebt.op_id == BonusOp.id, BonusDebt.card_id.in_(cards), owed_here))
        .outerjoin(Office, Office.id == BonusOp.office_id).outerjoin(Trip, Trip.id == BonusOp.trip_id)
        .where(BonusOp.id.in_(_ids(card_id, joined))).order_by(BonusOp.id.desc()).offset(offset).limit(limit))
    return [_entry(row, office_ids) for row in db.session.execute(query)]


def own_today(card_id: int, user_id: int, day: date) -> list[BonusOp]:
    """What this person has written off the card on that day for something that is no trip, and not taken back."""
    later = aliased(BonusOp)
    query = select(BonusOp).join(BonusPosting, BonusPosting.op_id == BonusOp.id).where(
        BonusPosting.card_id == card_id, BonusOp.kind == "spending", BonusOp.user_id == user_id, BonusOp.day == day,
        BonusOp.trip_id.is_(None), ~exists().where(later.reverses_id == BonusOp.id))
    return list(db.session.scalars(query.order_by(BonusOp.id.desc())))


def events_of(card_id: int, limit: int = EVENTS_SHOWN) -> list[CardEvent]:
    """What happened to the card, newest first."""
    return list(db.session.scalars(select(CardEvent).where(CardEvent.card_id == card_id)
                                   .order_by(CardEvent.id.desc()).limit(limit)))


def _joined(card_id: int) -> list[int]:
    """Cards whose points came to this one when two became one, directly or through others."""
    found: list[int] = []
    layer = [card_id]
    while layer := list(db.session.scalars(select(Card.id).where(Card.merged_into_id.in_(layer)))):
        found += layer
    return found


def _ids(card_id: int, joined: Sequence[int]) -> Any:
    """Ids of all operations that touched this card's points or its debt, or those of a joined card before."""
    own = [select(table.op_id).where(table.card_id == card_id) for table in (BonusPosting, BonusDebt)]
    if not joined:
        return union(*own)
    before = [select(table.op_id).join(BonusOp, BonusOp.id == table.op_id).where(
        table.card_id.in_(joined), BonusOp.kind != "merge") for table in (BonusPosting, BonusDebt)]
    return union(*own, *before)


def _entry(row: Any, office_ids: Sequence[int] | None) -> Entry:
    op, amount, balance, debt, owed, office, trip_id, trip, trip_office, undone, is_before = row
    seen = trip_id is not None and (office_ids is None or trip_office in office_ids)
    why = ". ".join(filter(None, (words.reason(op.reason), op.note)))
    return Entry(op, op.day, str(words.KINDS[op.kind]), why, amount or 0, None if is_before else balance, debt or 0,
                 None if is_before else owed, office or "", trip_id if seen else None, trip or "" if seen else "",
                 bool(undone), bool(is_before))
