"""Moving points: credits, debits, reversals, mergers; each happens once (`architecture.md` §5)."""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from webapp.club import ledger_rules as rules
from webapp.club.actions.warnings import close_warning
from webapp.club.activity import keep_burn_day, keep_fair
from webapp.club.burned import burns_since, used_up
from webapp.club.ledger_rules import BACK_AGAIN, BURNED, CREDITS, KINDS, BadPosting, Head, Move
from webapp.club.models import BonusDebt, BonusOp, BonusPosting, Card, Purse, head_of
from webapp.db import db, one_at_a_time, transaction
from webapp.kit.days import local_day, zone
from webapp.staff.rules import Actor

_INSERTS: dict[str, Any] = {
    name: make(BonusOp).on_conflict_do_nothing(index_elements=["idem_key"]).returning(BonusOp.id)
    for name, make in (("sqlite", sqlite.insert), ("postgresql", postgresql.insert))}


@dataclass(frozen=True)
class Why:
    """Why points move: `key` makes it happen once, `reason` is a code, `cause` the row it follows from ("trip:7").

    `note` is free text of a person, `office_id` where it happened.
    """

    key: str
    reason: str
    cause: str = ""
    note: str = ""
    office_id: int | None = None
    trip_id: int | None = None


def credit(card_id: int, points: int, kind: str, why: Why, *, actor: Actor, now: datetime) -> BonusOp:
    """Points come to the card; a debt is paid first. The same key and wish again give the same operation.

    Raises BadPosting: "bad-amount", "key-reused"; ValueError for a kind that is no credit.
    """
    if kind not in CREDITS:
        raise ValueError(kind)
    with transaction():
        card = lock_card(card_id)
        return _post(card, card_id, kind, points, why, lambda head: rules.credit(head, points, kind), actor=actor,
                     now=now)


def debit(card_id: int, points: int, kind: str, why: Why, *, actor: Actor, now: datetime) -> BonusOp:
    """Points go: kind "spending" or "burn". Raises BadPosting: "bad-amount", "not-enough", "key-reused"."""
    if kind not in ("spending", "burn"):
        raise ValueError(kind)
    with transaction():
        card = lock_card(card_id)
        return _post(card, card_id, kind, -points, why, lambda head: rules.debit(head, points), actor=actor, now=now)


def correct(card_id: int, points: int, why: Why, *, actor: Actor, now: datetime) -> BonusOp:
    """A person puts the balance right, up or down (signed points). Raises BadPosting as `credit` and `debit`."""
    with transaction():
        card = lock_card(card_id)
        return _post(card, card_id, "correction", points, why, lambda head: (
            rules.credit(head, points, "correction") if points > 0 else rules.debit(head, -points)),
            actor=actor, now=now)


def reverse(op_id: int, why: Why, *, anew: int = 0, actor: Actor, now: datetime) -> BonusOp:
    """Undo an operation, once: points that are spent already become a debt of the card (`domain.md` §5.2), those that
    burned since do not. `anew`: so many come for the same thing right after, and pay what is owed.

    Raises BadPosting: "reversed-already", "not-reversible" (reversals, mergers), "key-reused"; LookupError.
    """
    with transaction() as session:
        op = session.get(BonusOp, op_id)
        card_id = session.scalar(select(BonusPosting.card_id).where(BonusPosting.op_id == op_id)) or session.scalar(
            select(BonusDebt.card_id).where(BonusDebt.op_id == op_id))
        if op is None or card_id is None:
            raise LookupError(op_id)
        if op.kind in ("reversal", "merge") or op.reason in (BURNED, BACK_AGAIN):
            raise BadPosting("not-reversible")
        # A card that was merged since answers by the card that has its points now.
        card = lock_card(card_id)
        earlier = session.scalar(select(BonusOp).where(BonusOp.reverses_id == op_id))
        if earlier is not None and earlier.idem_key != why.key:
            raise BadPosting("reversed-already")
        back = _post(card, card_id, "reversal", -op.amount, why, lambda head: rules.undo(head, op.amount), actor=actor,
                     now=now, reverses_id=op_id)
        if earlier is None:
            _even_out(op, back, card, anew, why, actor=actor, now=now)
        return back


def _even_out(op: BonusOp, back: BonusOp, card: Card, anew: int, why: Why, *, actor: Actor, now: datetime) -> None:
    """Nobody loses points twice, by a burn and by a debt, and nobody gets them back by a burn that is undone."""
    if op.kind == "burn":
        if used := used_up(op):
            said = Why(f"{BACK_AGAIN}:{back.id}", BACK_AGAIN, cause=f"op:{back.id}", trip_id=why.trip_id)
            _post(card, card.id, "correction", -used, said, lambda head: rules.take_back(head, used), actor=actor,
                  now=now)
        return
    owed = (db.session.scalar(select(BonusDebt.amount).where(BonusDebt.op_id == back.id)) or 0) - anew
    for burn_id, left in burns_since(op) if owed > 0 else ():
        if points := min(left, owed):
            said = Why(f"{BURNED}:{back.id}:{burn_id}", BURNED, cause=f"op:{burn_id}", trip_id=why.trip_id)
            _post(card, card.id, "correction", points, said, partial(rules.even_out, points=points), actor=actor,
                  now=now)
            owed -= points


def spend_less(op_id: int, points: int, back: Why, anew: Why, *, actor: Actor, now: datetime) -> BonusOp | None:
    """Leave `points` of a spending: it comes back whole, and so many are spent anew; None where none stay.

    Only the difference pays a debt of the card: what the return put into it beyond that is owed again.
    Raises BadPosting and LookupError as `reverse` and `debit`.
    """
    with transaction() as session:
        undone = reverse(op_id, back, actor=actor, now=now)
        if not points:
            return None
        paid = session.execute(select(BonusDebt.card_id, BonusDebt.amount).where(BonusDebt.op_id == undone.id)
                               ).one_or_none()
        card_id = paid.card_id if paid else session.scalars(
            select(BonusPosting.card_id).where(BonusPosting.op_id == undone.id)).one()
        more = undone.amount - points
        owed = max(0, -paid.amount - more) if paid else 0
        return _post(lock_card(card_id), card_id, "spending", -points, anew,
                     lambda head: rules.respend(head, points, owed), actor=actor, now=now)


def merge_points(source: Card, target: Card, why: Why, *, actor: Actor, now: datetime) -> BonusOp | None:
    """Everything on `source` goes to `target`, points and debt, in one operation; None when there is nothing.

    Both are locked by the caller, the lower id first.
    """
    with transaction():
        leaving = head_of(source.id)
        if not leaving.balance and not leaving.debt:
            return None
        op, is_new = _operation("merge", 0, why, target, source.id, actor=actor, now=now)
        if not is_new:
            return op
        _write(source, op, leaving, Move(-leaving.balance, -leaving.debt), actor=actor)
        head = head_of(target.id)
        owing = Head(head.seq, head.balance, head.debt_seq, head.debt + leaving.debt)
        move = rules.credit(owing, leaving.balance, "merge") if leaving.balance else Move()
        # What the source owed and what its points paid of either debt, in one line.
        _write(target, op, head, Move(move.points, move.debt + leaving.debt), actor=actor)
        return op


def hold_people(client_ids: Collection[int]) -> None:
    """Whoever makes cards for these clients, rewards them or erases them waits for each other; first of all locks.

    Not the rows of the clients: those are locked last, behind cards and occasions, by whatever stops letters.
    """
    for client_id in sorted(set(client_ids)):
        one_at_a_time(f"club:{client_id}")


def living(card_id: int) -> int:
    """The card that has the points of this one now: itself, unless it was merged. Whoever locks several sorts these."""
    while (into := db.session.scalar(select(Card.merged_into_id).where(Card.id == card_id))) is not None:
        card_id = into
    return card_id


def lock_card(card_id: int) -> Card:
    """The card, locked until the transaction ends, as it is now; a merged one gives the card that has its points.

    Raises LookupError.
    """
    session = db.session
    card = session.get(Card, card_id, with_for_update=True, populate_existing=True)
    if card is None:
        raise LookupError(card_id)
    return lock_card(card.merged_into_id) if card.merged_into_id is not None else card


def _post(card: Card, asked_id: int, kind: str, amount: int, why: Why, move: Any, *, actor: Actor, now: datetime,
          reverses_id: int | None = None) -> BonusOp:
    op, is_new = _operation(kind, amount, why, card, asked_id, actor=actor, now=now, reverses_id=reverses_id)
    if is_new:
        head = head_of(card.id)
        _write(card, op, head, move(head), actor=actor)
        if amount > 0:
            keep_fair(card, op.day)
    return op


def request_hash(kind: str, amount: int, asked_id: int, reverses_id: int | None = None) -> str:
    """What was wished, apart from its key: a repeat has the same."""
    return hashlib.sha256(repr((kind, amount, asked_id, reverses_id)).encode()).hexdigest()


def _operation(kind: str, amount: int, why: Why, card: Card, asked_id: int, *, actor: Actor, now: datetime,
               reverses_id: int | None = None) -> tuple[BonusOp, bool]:
    """The operation under this key, and whether it is new; an amount of nothing is refused before it gets here."""
    if kind != "merge" and not 0 < abs(amount) <= rules.MOST:
        raise BadPosting("bad-amount")
    session = db.session
    session.flush()
    said = request_hash(kind, amount, asked_id, reverses_id)
    values = dict(idem_key=why.key, request_hash=said, kind=kind, amount=amount, at=now,
                  day=local_day(now, zone(card.office.timezone)), actor=actor.name, user_id=actor.user_id,
                  office_id=why.office_id, reason=why.reason, note=why.note, cause=why.cause, trip_id=why.trip_id,
                  reverses_id=reverses_id)
    # On PostgreSQL the same key waits here until the other transaction has ended.
    op_id = session.scalar(_INSERTS[session.get_bind().dialect.name].values(**values))
    if op_id is not None:
        return session.get_one(BonusOp, op_id), True
    op = session.scalars(select(BonusOp).where(BonusOp.idem_key == why.key)).one()
    if op.request_hash != said:
        raise BadPosting("key-reused")
    return op, False


def _write(card: Card, op: BonusOp, head: Head, move: Move, *, actor: Actor) -> None:
    """Lines behind the ends of both chains, and the new ends; the day of burning follows the balance."""
    session, new = db.session, rules.after(head, move)
    if move.points:
        session.execute(insert(BonusPosting).values(
            op_id=op.id, card_id=card.id, seq=new.seq, prev_seq=head.seq or None, amount=move.points,
            prev_balance=head.balance, balance=new.balance, account=KINDS[op.kind]))
    if move.debt:
        session.execute(insert(BonusDebt).values(
            op_id=op.id, card_id=card.id, seq=new.debt_seq, prev_seq=head.debt_seq or None, amount=move.debt,
            prev_balance=head.debt, balance=new.debt))
    session.execute(update(Purse).where(Purse.card_id == card.id).values(
        seq=new.seq or None, balance=new.balance, debt_seq=new.debt_seq or None, debt=new.debt))
    keep_burn_day(card, new.balance)
    if head.balance and not new.balance:
        # Nobody is to hear of points that are gone.
        close_warning(card, "void", actor=actor, now=op.at)
