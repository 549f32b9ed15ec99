"""What an office has of a kind of gift: it came, was written off, went to another office; and the kinds themselves."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from webapp.club.gift_rules import MOST_MOVED, may_take
from webapp.club.gifts import stock_of
from webapp.club.models import GiftKind, GiftMove
from webapp.db import transaction
from webapp.staff.audit import record
from webapp.staff.models import Office
from webapp.staff.rules import ADMIN, DIRECTOR, MANAGER, SERVICE, Actor, BadInput, NotAllowed

CAME, WRITTEN_OFF, SENT = "came", "written-off", "sent"
HOW = (CAME, WRITTEN_OFF, SENT)


@dataclass(frozen=True)
class Move:
    """What happened to `amount` gifts: they came, were written off, or went to the office `to`."""

    how: str
    amount: int
    note: str = ""
    to: Office | None = None


def move_gifts(kind_id: int, office: Office, move: Move, *, actor: Actor, now: datetime) -> list[GiftMove]:
    """Write down a move; what goes to another office is two lines.

    The kind is locked: two people never take the same gift from the shelf. Raises BadInput: "bad-amount",
    "not-enough" (with what is left), "no-such-kind", "where-to", "note-needed"; NotAllowed.
    """
    actor.needs(MANAGER, SERVICE, DIRECTOR)
    if not actor.may_see(office.id):
        raise NotAllowed("office")
    if move.how not in HOW or not 0 < move.amount <= MOST_MOVED:
        raise BadInput("bad-amount", "amount", str(MOST_MOVED))
    if move.how == SENT and (move.to is None or move.to.id == office.id or move.to.closed_on is not None):
        raise BadInput("where-to", "to")
    if move.how == WRITTEN_OFF and not move.note:
        raise BadInput("note-needed", "note")
    with transaction() as session:
        kind = session.get(GiftKind, kind_id, with_for_update=True)
        if kind is None or not kind.counted:
            raise BadInput("no-such-kind", "kind")
        stock = stock_of(kind.id, office.id)
        if move.how != CAME and not may_take(stock, move.amount):
            raise BadInput("not-enough", "amount", str(max(stock.left, 0)))
        rows = [_line(kind, office, move.amount if move.how == CAME else -move.amount, move, actor, now)]
        if move.how == SENT and move.to is not None:
            rows.append(_line(kind, move.to, move.amount, move, actor, now))
        session.add_all(rows)
        session.flush()
        return rows


def save_kind(kind_id: int | None, *, name_ru: str, name_en: str, counted: bool, active: bool, actor: Actor,
              now: datetime) -> GiftKind:
    """Add a kind of gift, or change one. Raises BadInput("no-name", "name-taken"), LookupError, NotAllowed."""
    actor.needs(ADMIN)
    if not name_ru:
        raise BadInput("no-name", "name_ru")
    with transaction() as session:
        kind = session.get(GiftKind, kind_id, with_for_update=True) if kind_id else None
        if kind_id and kind is None:
            raise LookupError(kind_id)
        same = session.scalar(select(GiftKind.id).where(func.lower(GiftKind.name_ru) == name_ru.lower(),
                                                        GiftKind.id != (kind_id or 0)))
        if same:
            raise BadInput("name-taken", "name_ru", name_ru)
        verb = "edited" if kind else "added"
        if kind is None:
            last = session.scalar(select(func.max(GiftKind.position))) or 0
            number = (session.scalar(select(func.max(GiftKind.id))) or 0) + 1
            kind = GiftKind(code=f"own-{number}", position=last + 1)
            session.add(kind)
        before = [kind.name_ru, kind.name_en, kind.counted, kind.active]
        kind.name_ru, kind.name_en, kind.counted, kind.active = name_ru, name_en, counted, active
        session.flush()
        after = [kind.name_ru, kind.name_en, kind.counted, kind.active]
        record(actor, verb, "gift_kind", kind.id, now=now, facts={
            name: [old, new] for name, old, new in zip(("name_ru", "name_en", "counted", "active"), before, after,
                                                       strict=True) if old != new})
        return kind


def _line(kind: GiftKind, office: Office, amount: int, move: Move, actor: Actor, now: datetime) -> GiftMove:
    return GiftMove(kind_id=kind.id, office_id=office.id, amount=amount, at=now, actor=actor.name,
                    note=move.note or (f"→ {move.to.name}" if move.to and amount < 0 else ""))
