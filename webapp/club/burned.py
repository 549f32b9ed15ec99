"""Points that burned after they had come: whoever has lost them once does not owe them too (`domain.md` §5.2)."""

from collections.abc import Iterator

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import aliased

from webapp.club.ledger_rules import BURNED
from webapp.club.models import BonusDebt, BonusOp, BonusPosting, Card
from webapp.db import db


def burns_since(op: BonusOp) -> list[tuple[int, int]]:
    """Burns of the card since `op` brought points to it, the oldest first: the operation, and how many of its points no
    reversal has used up yet. A burn that was taken back is none.
    """
    later, own = aliased(BonusOp), _card_of(op.id)
    found: list[tuple[int, int]] = []
    for card_id, since in _path(own, _first(op)):
        found += [(row.id, -row.amount) for row in db.session.execute(
            select(BonusOp.id, BonusPosting.amount).join(BonusPosting, BonusPosting.op_id == BonusOp.id)
            .where(BonusPosting.card_id == card_id, BonusOp.kind == "burn", BonusOp.id > since,
                   ~exists().where(later.reverses_id == BonusOp.id)).order_by(BonusOp.id))]
    used = _used(own) if found else {}
    return [(op_id, points - used.get(op_id, 0)) for op_id, points in found]


def used_up(burn: BonusOp) -> int:
    """How many points of this burn reversals have not asked for a second time."""
    return _used(_card_of(burn.id)).get(burn.id, 0)


def _card_of(op_id: int) -> int:
    """The card an operation moved; one that only paid or made a debt has no line of points."""
    lines = (select(table.card_id).where(table.op_id == op_id) for table in (BonusPosting, BonusDebt))
    return next(card_id for line in lines if (card_id := db.session.scalar(line)) is not None)


def _first(op: BonusOp) -> int:
    """Points of a trip that were only put right came when the first of them did."""
    if op.kind != "accrual" or op.trip_id is None:
        return op.id
    back, since = aliased(BonusOp), op.id
    earlier: Select[int, str] = (select(BonusOp.id, back.reason).join(back, back.reverses_id == BonusOp.id).where(
        BonusOp.trip_id == op.trip_id, BonusOp.kind == "accrual", BonusOp.id < op.id).order_by(BonusOp.id.desc()))
    for row in db.session.execute(earlier):
        if row.reason != "repriced":
            break
        since = row.id
    return since


def _path(card_id: int, since: int) -> Iterator[tuple[int, int]]:
    """The card, then those its points went to, each with the operation that brought them.

    Of a card that was joined with nothing on it, nothing could burn any more.
    """
    yield card_id, since
    into = db.session.scalar(select(Card.merged_into_id).where(Card.id == card_id))
    lines = (select(func.max(table.op_id)).join(BonusOp, BonusOp.id == table.op_id).where(
        table.card_id == card_id, BonusOp.kind == "merge", BonusOp.id > since) for table in (BonusPosting, BonusDebt))
    joined = max((db.session.scalar(line) or 0 for line in lines), default=0) if into else 0
    if into and joined:
        yield from _path(into, joined)


def _used(card_id: int) -> dict[int, int]:
    """Points by burn, of this card and those it was joined with, that were evened out."""
    cards: list[int] = []
    following: int | None = card_id
    while following is not None:
        cards.append(following)
        following = db.session.scalar(select(Card.merged_into_id).where(Card.id == following))
    rows = db.session.execute(select(BonusOp.cause, func.sum(BonusOp.amount)).join(
        BonusDebt, BonusDebt.op_id == BonusOp.id).where(BonusDebt.card_id.in_(cards), BonusOp.reason == BURNED)
        .group_by(BonusOp.cause)).all()
    return {int(cause.removeprefix("op:")): int(points) for cause, points in rows if cause}
