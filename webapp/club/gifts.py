"""Questions about gifts: what waits for a client, what an office has, what happened to it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, bindparam, case, exists, func, select
from sqlalchemy.orm import aliased, joinedload

from webapp.clients.models import Client
from webapp.club.gift_rules import Stock
from webapp.club.models import Gift, GiftKind, GiftMove
from webapp.db import db
from webapp.staff.models import Office
from webapp.touches.models import Touch

CODE = "gift"
"""Step codes of gifts outside of a plan are "gift:<number>"."""


_WAITING = (select(GiftKind.name_ru, GiftKind.name_en, Client.language, Office.name, Office.address, Gift.until)
            .select_from(Gift).join(Touch, Touch.id == Gift.touch_id).join(GiftKind, GiftKind.id == Gift.kind_id)
            .join(Client, Client.id == Touch.client_id).join(Office, Office.id == Gift.office_id)
            .where(Gift.client_id == bindparam("client"), Touch.status == "planned").order_by(Gift.id))


@dataclass(frozen=True)
class Waiting:
    """A gift for the balance page: what, in which office, until which day."""

    name: str
    office: str
    address: str
    until: date | None


@dataclass(frozen=True)
class Passed:
    """A line of the history; `how` is came, got (from another office), written-off, sent, or handed (to a client)."""

    at: datetime
    kind: GiftKind
    how: str
    amount: int
    by: str
    office: str
    note: str = ""
    client: Client | None = None


def kinds(*, active: bool = True) -> list[GiftKind]:
    """Kinds of gifts in their order; those that are no longer given only when asked for."""
    query = select(GiftKind).order_by(GiftKind.position, GiftKind.id)
    return list(db.session.scalars(query.where(GiftKind.active) if active else query))


def gift_name(kind: GiftKind, lang: str) -> str:
    """What the kind is called in a language, in the other one where there is only that."""
    return in_language(kind, lang)


def in_language(names: Any, lang: str) -> str:
    """Of `name_ru` and `name_en` the one to show."""
    return str((names.name_en or names.name_ru) if lang == "en" else (names.name_ru or names.name_en))


def waiting_for(client_id: int) -> list[Waiting]:
    """What waits for a client in an office, in the client's language; nothing that was handed over or called off."""
    rows = db.session.connection().execute(_WAITING, {"client": client_id})
    return [Waiting(in_language(row, row.language), row.name, row.address, row.until) for row in rows]


def gifts_of(client_id: int, *, trip_id: int | None = None, since: datetime | None = None) -> list[Gift]:
    """Gifts of a client, perhaps of one trip: those that wait, and those handed over after `since`."""
    query = _with_all().where(Gift.client_id == client_id)
    if trip_id is not None:
        query = query.where(Gift.trip_id == trip_id)
    rows = db.session.scalars(query).all()
    return [gift for gift in rows if gift.touch.status == "planned" or gift.touch.status == "done" and (
        since is None or gift.touch.done_at is not None and gift.touch.done_at >= since)]


def gift_of_touch(touch_id: int) -> Gift | None:
    """The gift a step is about."""
    return db.session.scalar(_with_all().where(Gift.touch_id == touch_id))


def stock_of(kind_id: int, office_id: int) -> Stock:
    """What one office has of one kind."""
    return stocks([office_id], [kind_id]).get((office_id, kind_id), Stock())


def stocks(office_ids: Collection[int], kind_ids: Collection[int] | None = None) -> dict[tuple[int, int], Stock]:
    """Stock by (office, kind); two queries whatever the number of offices, kinds and gifts."""
    came, gone, sent = GiftMove.amount > 0, GiftMove.amount < 0, _between_offices()
    moved = select(GiftMove.office_id, GiftMove.kind_id, func.sum(case((came, GiftMove.amount), else_=0)),
                   func.sum(case((gone & ~sent, -GiftMove.amount), else_=0)),
                   func.sum(case((gone & sent, -GiftMove.amount), else_=0))).where(
        GiftMove.office_id.in_(office_ids)).group_by(GiftMove.office_id, GiftMove.kind_id)
    given = (select(Gift.office_id, Gift.kind_id, func.sum(case((Touch.status == "done", 1), else_=0)),
                    func.sum(case((Touch.status == "planned", 1), else_=0)))
             .join(Touch, Touch.id == Gift.touch_id).where(Gift.office_id.in_(office_ids))
             .group_by(Gift.office_id, Gift.kind_id))
    if kind_ids is not None:
        moved, given = moved.where(GiftMove.kind_id.in_(kind_ids)), given.where(Gift.kind_id.in_(kind_ids))
    book = {(row[0], row[1]): [int(figure) for figure in row[2:]] for row in db.session.execute(moved)}
    out = {(row[0], row[1]): (int(row[2]), int(row[3])) for row in db.session.execute(given)}
    return {place: _stock(book.get(place, [0, 0, 0]), out.get(place, (0, 0))) for place in book.keys() | out.keys()}


def _stock(moved: Sequence[int], given: tuple[int, int]) -> Stock:
    came, written_off, sent = moved
    return Stock(came, *given, written_off=written_off, sent=sent)


def _between_offices() -> Any:
    """Whether a line has its other half at another office: what one sent, the other got at the same moment."""
    other = aliased(GiftMove)
    return exists().where(other.kind_id == GiftMove.kind_id, other.at == GiftMove.at, other.actor == GiftMove.actor,
                          other.amount == -GiftMove.amount, other.office_id != GiftMove.office_id)


def waiting_in(office_ids: Collection[int], limit: int = 200) -> Sequence[Gift]:
    """Gifts that wait in these offices, those due first."""
    return db.session.scalars(_with_all().where(Gift.office_id.in_(office_ids), Touch.status == "planned")
                              .order_by(None).order_by(Touch.due_on, Gift.id).limit(limit)).all()


def history_of(office_ids: Collection[int], limit: int) -> list[Passed]:
    """What came, went and was handed over, the newest first; two queries."""
    moves = db.session.execute(select(GiftMove, _between_offices()).where(GiftMove.office_id.in_(office_ids)).options(
        joinedload(GiftMove.kind), joinedload(GiftMove.office)).order_by(GiftMove.id.desc()).limit(limit))
    given = db.session.scalars(_with_all().where(Gift.office_id.in_(office_ids), Touch.status == "done",
                                                 Touch.done_at.is_not(None))
                               .order_by(None).order_by(Touch.done_at.desc()).limit(limit))
    lines = [Passed(row.at, row.kind, _how(row.amount, bool(paired)), row.amount, row.actor, row.office.name, row.note)
             for row, paired in moves]
    lines += [Passed(gift.touch.done_at or gift.created_at, gift.kind, "handed", -1, gift.touch.done_by,
                     gift.office.name, _said(gift), gift.touch.client) for gift in given]
    return sorted(lines, key=lambda line: line.at, reverse=True)[:limit]


def _how(amount: int, paired: bool) -> str:
    """What a line of the book was: two halves of a move between offices know each other."""
    if amount > 0:
        return "got" if paired else "came"
    return "sent" if paired else "written-off"


def _said(gift: Gift) -> str:
    """What was written at the counter; a step may have been born with the name of the gift as its note."""
    said = gift.touch.note
    return gift.note if said.casefold().startswith((gift.kind.name_ru.casefold(), gift.kind.name_en.casefold() or
                                                    gift.kind.name_ru.casefold())) else said


def _with_all() -> Select[Gift]:
    return (select(Gift).join(Touch, Touch.id == Gift.touch_id).order_by(Gift.id)
            .options(joinedload(Gift.kind), joinedload(Gift.office), joinedload(Gift.touch).joinedload(Touch.client)))
