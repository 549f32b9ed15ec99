"""Proof that the ledger of points is whole (`architecture.md` §5): every question asked of all rows at once."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

from sqlalchemy import case, func, literal_column, or_, select
from sqlalchemy.orm import aliased

from webapp.batches.models import last_worker
from webapp.club.burn_rules import burn_day
from webapp.club.models import (
    ACTIVE,
    BonusDebt,
    BonusOp,
    BonusPosting,
    BurnWarning,
    Card,
    FriendKnock,
    Purse,
    TripBonus,
    terms,
)
from webapp.db import db
from webapp.touches.models import Occasion

STUCK_AFTER = timedelta(hours=1)
MOST = 100
"""No question tells of more rows than these: one is enough to alarm."""


def faults() -> Iterator[str]:
    """A sentence for every row that disagrees with the others; reads only. Two hundred thousand cards take seconds."""
    for ask in _QUESTIONS:
        yield from ask()


def _balances() -> Iterator[str]:
    """What is kept beside a card is the sum of its lines, and its last one; so is the debt."""
    for table, end, kept, name in ((BonusPosting, Purse.seq, Purse.balance, "balance"),
                                   (BonusDebt, Purse.debt_seq, Purse.debt, "debt")):
        lines: Any = (select(table.card_id, func.sum(table.amount).label("total"), func.max(table.seq).label("last"),
                             func.count().label("number")).group_by(table.card_id).subquery())
        query = (select(Card.id).outerjoin(Purse, Purse.card_id == Card.id).outerjoin(lines, lines.c.card_id == Card.id)
                 .where(or_(Purse.card_id.is_(None), func.coalesce(kept, 0) != func.coalesce(lines.c.total, 0),
                            func.coalesce(end, 0) != func.coalesce(lines.c.last, 0),
                            func.coalesce(lines.c.last, 0) != func.coalesce(lines.c.number, 0))))
        for card_id in _some(query):
            yield f"card {card_id}: its {name} is not the sum of its lines, or a line is missing"


def _chains() -> Iterator[str]:
    """Every line goes on from the one before it."""
    for table, name in ((BonusPosting, "points"), (BonusDebt, "debt")):
        line: Any = table
        before: Any = aliased(line)
        query = (select(line.id).outerjoin(before, (before.card_id == line.card_id) & (before.seq == line.seq - 1))
                 .where(or_(line.balance != line.prev_balance + line.amount,
                            line.prev_balance != func.coalesce(before.balance, 0),
                            (line.seq > 1) & before.id.is_(None), line.balance < 0)))
        for line_id in _some(query):
            yield f"line {line_id} of {name}: does not go on from the one before it"


def _operations() -> Iterator[str]:
    """What an operation says is what its lines make: points that came less debt that grew; nothing for a merger."""
    moved: Any = _per_operation(BonusPosting).union_all(_per_operation(BonusDebt, -1)).subquery()
    total: Any = select(moved.c.op_id, func.sum(moved.c.amount).label("total")).group_by(moved.c.op_id).subquery()
    query = (select(BonusOp.id).outerjoin(total, total.c.op_id == BonusOp.id)
             .where(or_(total.c.total.is_(None), BonusOp.amount != total.c.total)))
    for op_id in _some(query):
        yield f"operation {op_id}: its lines make another amount"


def _per_operation(table: Any, sign: int = 1) -> Any:
    return select(table.op_id, (table.amount * sign).label("amount"))


def _reversals() -> Iterator[str]:
    """A reversal takes back exactly what it reverses."""
    first: Any = aliased(BonusOp)
    query = select(BonusOp.id).join(first, first.id == BonusOp.reverses_id).where(BonusOp.amount != -first.amount)
    for op_id in _some(query):
        yield f"operation {op_id}: reverses another amount than it names"


def _days() -> Iterator[str]:
    """The kept day of burning is the one function's, and there is none where nothing can burn.

    Dates are few, cards many: the function is asked once for each pair of dates.
    """
    months = terms().months
    burns = case(((Card.state == ACTIVE) & (Purse.balance > 0), 1), else_=0)
    query = (select(Card.active_on, Card.not_before, Card.burn_on, burns, func.min(Card.id), func.count())
             .join(Purse, Purse.card_id == Card.id).group_by(Card.active_on, Card.not_before, Card.burn_on, burns))
    for active_on, not_before, kept, can_burn, card_id, number in db.session.execute(query):
        wanted: date | None = burn_day(active_on, months, not_before) if can_burn else None
        if kept != wanted:
            more = f" (and {number - 1} more like it)" if number > 1 else ""
            yield f"card {card_id}: burns on {kept or 'no day'} although it should on {wanted or 'none'}{more}"


def _trips() -> Iterator[str]:
    """What a trip says of its card is what the ledger has: nothing is pending, credited or given back twice."""
    spent, came = aliased(BonusOp), aliased(BonusOp)
    back: Any = aliased(BonusOp)
    undone = select(literal_column("1")).where(back.reverses_id == TripBonus.spend_op_id).exists()
    unmade = select(literal_column("1")).where(back.reverses_id == TripBonus.accrual_op_id).exists()
    over = TripBonus.state.in_(("open", "accrued"))
    query = (select(TripBonus.trip_id).outerjoin(spent, spent.id == TripBonus.spend_op_id)
             .outerjoin(came, came.id == TripBonus.accrual_op_id)
             .where(or_(
                 (TripBonus.state == "open") & TripBonus.accrual_op_id.is_not(None),
                 (TripBonus.state == "cancelled") & TripBonus.accrual_op_id.is_not(None) & ~unmade,
                 TripBonus.state.in_(("cancelled", "none")) & TripBonus.spend_op_id.is_not(None) & ~undone,
                 over & (TripBonus.spent_points != func.coalesce(-spent.amount, 0)),
                 spent.trip_id.is_distinct_from(TripBonus.trip_id) & TripBonus.spend_op_id.is_not(None),
                 came.trip_id.is_distinct_from(TripBonus.trip_id) & TripBonus.accrual_op_id.is_not(None))))
    for trip_id in _some(query):
        yield f"trip {trip_id}: what its card brought or paid disagrees with the ledger"


def _warnings() -> Iterator[str]:
    """A warning stands only before points that can burn, and with its plan."""
    query = (select(BurnWarning.id).join(Card, Card.id == BurnWarning.card_id)
             .join(Purse, Purse.card_id == Card.id).outerjoin(Occasion, Occasion.id == BurnWarning.occasion_id)
             .where(BurnWarning.state == literal_column("'open'"),
                    or_(Card.state != ACTIVE, Purse.balance == 0, Occasion.id.is_(None),
                        Occasion.cancelled_at.is_not(None))))
    for warning_id in _some(query):
        yield f"warning {warning_id}: still open although there is nothing to burn or its plan has ended"


def _knocks() -> Iterator[str]:
    """Friends who came by an invitation are looked at by a living worker; without one they wait and nothing is lost."""
    beat = last_worker()
    if beat is not None:
        for knock_id in _some(select(FriendKnock.id).where(FriendKnock.looked_at.is_(None),
                                                           FriendKnock.created_at < beat - STUCK_AFTER)):
            yield f"friend {knock_id} who came by an invitation: still waits to be called"


def _some(query: Any) -> list[Any]:
    return list(db.session.scalars(query.limit(MOST)))


_QUESTIONS: tuple[Callable[[], Iterator[str]], ...] = (
    _balances, _chains, _operations, _reversals, _days, _trips, _warnings, _knocks)
