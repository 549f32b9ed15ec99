"""What a client sees of a card: read in few queries, as plain rows, without a name or a place in them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Row, Select, and_, bindparam, select

from webapp.clients.models import Client, PersonalLink
from webapp.club.burn_rules import last_usable
from webapp.club.card_links import named_in
from webapp.club.inviting import url_of
from webapp.club.ledger_rules import BURNED
from webapp.club.models import (
    ACTIVE,
    BLOCKED,
    MERGED,
    TERMS,
    BonusDebt,
    BonusOp,
    BonusPosting,
    Card,
    CardNumber,
    FriendLink,
    Purse,
    TripBonus,
)
from webapp.club.sale_rules import Terms, points_for, terms_from
from webapp.db import db
from webapp.kit.days import ONE_DAY
from webapp.staff.models import Office, Setting
from webapp.trips.models import Trip

RECENT = 30
SOON = timedelta(days=31)
_OWN = ("agency_name", "agency_phone", "agency_email")


@dataclass(frozen=True)
class Held:
    """A card with what is on it, in points; `zone`, `office`, `phone` and `email` are those of its home office."""

    id: int
    client_id: int
    language: str
    number: str
    state: str
    balance: int
    debt: int
    had_debt: bool
    burn_on: date | None
    zone: str
    office: str
    phone: str
    email: str
    came_from: bool = False

    @property
    def is_blocked(self) -> bool:
        """Nobody can use it now; its points wait."""
        return self.state == BLOCKED

    @property
    def last_day(self) -> date | None:
        """The last day on which its points can be used."""
        return last_usable(self.burn_on) if self.burn_on else None

    def days_left(self, today: date) -> int | None:
        """So many days until the points burn, today among them; 0 once they may burn at any hour; None: they do not."""
        return max(0, (self.burn_on - today).days) if self.burn_on else None

    def is_soon(self, today: date) -> bool:
        """The last month before the points burn."""
        return self.burn_on is not None and self.burn_on - today <= SOON


@dataclass(slots=True)
class Line:
    """A line of the history: points that came or went, the balance behind it, and what a debt had to do with it.

    `paid` points went into a debt of the card, `owed` could not be taken because they were spent, and `burned` because
    they had burned before.
    """

    day: date
    kind: str
    reason: str
    amount: int
    balance: int
    has_trip: bool
    paid: int = 0
    owed: int = 0
    burned: int = 0


@dataclass(frozen=True)
class Pending:
    """Points that a trip will bring, and the day they are expected; None: any day now."""

    points: int
    day: date | None


# Made once: putting a question together costs more than having it answered.
_CARD = (select(Card.id, Card.client_id, Card.state, Card.burn_on, Card.merged_into_id, Client.language,
                CardNumber.number, Purse.balance, Purse.debt, Purse.debt_seq, Office.timezone,
                Office.name.label("office"), Office.phone, Office.email)
         .join(Client, Client.id == Card.client_id).join(Office, Office.id == Card.office_id)
         .join(Purse, Purse.card_id == Card.id)
         .outerjoin(CardNumber, and_(CardNumber.card_id == Card.id, CardNumber.ended_at.is_(None)))
         .where(Client.erased_at.is_(None)).order_by(Card.id))
_NAMED = _CARD.where(Card.id.in_(bindparam("cards", expanding=True)))
_OF_CLIENT = _CARD.where(Card.client_id == bindparam("client"), Card.state != MERGED)
_OP = (BonusOp.id, BonusOp.day, BonusOp.kind, BonusOp.reason, BonusOp.trip_id, BonusPosting.amount,
       BonusDebt.amount.label("debt"))
_POSTINGS = (select(*_OP).select_from(BonusPosting).join(BonusOp, BonusOp.id == BonusPosting.op_id)
             .outerjoin(BonusDebt, and_(BonusDebt.op_id == BonusPosting.op_id,
                                        BonusDebt.card_id == BonusPosting.card_id))
             .where(BonusPosting.card_id == bindparam("card")).order_by(BonusPosting.seq.desc())
             .limit(bindparam("most")))
# Operations that moved nothing but the debt.
_BARE_DEBTS = (select(*_OP).select_from(BonusDebt).join(BonusOp, BonusOp.id == BonusDebt.op_id)
               .outerjoin(BonusPosting, and_(BonusPosting.op_id == BonusDebt.op_id,
                                             BonusPosting.card_id == BonusDebt.card_id))
               .where(BonusDebt.card_id == bindparam("card"), BonusPosting.id.is_(None))
               .order_by(BonusDebt.seq.desc()).limit(bindparam("most")))
_PENDING = (select(Trip.price_kopecks, Trip.return_on, TripBonus.discount_kopecks, TripBonus.spent_points,
                   TripBonus.rate_bp)
            .join(Trip, Trip.id == TripBonus.trip_id)
            .where(TripBonus.card_id == bindparam("card"), TripBonus.state == "open", Trip.cancelled_at.is_(None))
            .order_by(Trip.return_on))
_SETTINGS = select(Setting.key, Setting.value).where(Setting.key.in_((TERMS, *_OWN)))
_INVITATION = select(FriendLink.code, FriendLink.closed_at).where(FriendLink.client_id == bindparam("client"))
_ALL = 10 ** 9


def cards_behind(link: PersonalLink) -> list[Held]:
    """The cards this link opens, usable ones first; a card that was merged gives the one that has its points."""
    return _usable_first(named_in(link.source), link.client_id)


def card_for(client_id: int, card_id: int | None = None) -> Held | None:
    """The card a letter to this client speaks of: the one named, else the first usable one; None without a card."""
    return next(iter(_usable_first((card_id,) if card_id else (), client_id)), None)


def history(card: Held, *, most: int | None) -> list[Line]:
    """Lines of the card, the newest first: `most` of them, or all."""
    wish = {"card": card.id, "most": most or _ALL}
    lines = [_line(row) for query in ((_POSTINGS, _BARE_DEBTS) if card.had_debt else (_POSTINGS,))
             for row in _rows(query, wish)]
    if card.had_debt:
        lines.sort(key=lambda pair: pair[0], reverse=True)
    return _with_balances(_folded([line for _id, line in lines])[:most], card.balance)


def pending(card_id: int, today: date) -> list[Pending]:
    """Points that trips will bring to the card, the nearest first."""
    found = [(points_for(row.price_kopecks or 0, row.discount_kopecks, row.spent_points, row.rate_bp),
              row.return_on + ONE_DAY) for row in _rows(_PENDING, {"card": card_id})]
    return [Pending(points, day if day > today else None) for points, day in found if points]


def invitation_of(client_id: int) -> tuple[str, bool]:
    """The address by which friends come, and whether one may be made: not where it was closed."""
    row = next(iter(_rows(_INVITATION, {"client": client_id})), None)
    if row is None:
        return "", True
    return ("", False) if row.closed_at else (url_of(row.code), False)


def has_cards() -> bool:
    """Whether anybody has a card: else nobody has points to ask for."""
    return db.session.scalar(select(Card.id).limit(1)) is not None


def of_the_agency() -> tuple[Terms, dict[str, str]]:
    """The terms of the club, and what the agency is called and how it is reached, in one look."""
    rows: dict[str, Any] = {row.key: row.value for row in _rows(_SETTINGS, {})}
    return terms_from(rows.get(TERMS) or {}), {key: str(rows.get(key) or "") for key in _OWN}


def _usable_first(named: tuple[int, ...], client_id: int) -> list[Held]:
    rows, is_joined = _rows(*((_NAMED, {"cards": named}) if named else (_OF_CLIENT, {"client": client_id}))), False
    while merged := {row.merged_into_id for row in rows} - {None}:
        rows, is_joined = [row for row in rows if row.merged_into_id is None], True
        heirs = merged - {row.id for row in rows}
        rows += _rows(_NAMED, {"cards": tuple(heirs)}) if heirs else []
    cards = [_held(row, came_from=is_joined) for row in rows]
    return sorted(cards, key=lambda card: (card.state != ACTIVE, named.index(card.id) if card.id in named else card.id))


def _rows(query: Select[*tuple[Any, ...]], values: Mapping[str, Any]) -> Sequence[Row[*tuple[Any, ...]]]:
    """Plain rows, past the session: nothing is changed here, and a page of a client shall be light."""
    return db.session.connection().execute(query, values).all()


def _held(row: Row[*tuple[Any, ...]], *, came_from: bool = False) -> Held:
    return Held(row.id, row.client_id, row.language, row.number or "", row.state, row.balance, row.debt,
                row.debt_seq is not None, row.burn_on, row.timezone, row.office, row.phone, row.email, came_from)


def _line(row: Row[*tuple[Any, ...]]) -> tuple[int, Line]:
    op_id, day, kind, reason, trip_id, amount, debt = row
    return op_id, Line(day, kind, reason, amount or 0, 0, trip_id is not None, paid=max(0, -(debt or 0)),
                       owed=max(0, debt or 0))


def _folded(lines: Sequence[Line]) -> list[Line]:
    """What burned before it was taken back is told with the taking back: apart, both lines would only puzzle."""
    kept: list[Line] = []
    for line in reversed(lines):
        if line.reason != BURNED:
            kept.append(line)
        elif kept:
            kept[-1].owed, kept[-1].burned = kept[-1].owed - line.paid, kept[-1].burned + line.paid
    return kept[::-1]


def _with_balances(lines: Sequence[Line], balance: int) -> list[Line]:
    """Each line with the balance behind it, counted back from what is on the card now."""
    for line in lines:
        line.balance = balance
        balance -= line.amount
    return list(lines)
