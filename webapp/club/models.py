"""Tables of the club, and the questions asked of them everywhere: whose card a number is, what is on it."""

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from webapp.club.balance_models import BalanceAsk
from webapp.club.card_models import (
    ACTIVE,
    BLOCKED,
    MERGED,
    PLASTIC,
    VIRTUAL,
    BurnWarning,
    Card,
    CardEvent,
    CardNumber,
    TripBonus,
)
from webapp.club.friend_models import FriendKnock, FriendLink, Gift, GiftKind, GiftMove, Referral
from webapp.club.ledger_models import BonusDebt, BonusOp, BonusPosting, Purse
from webapp.club.ledger_rules import Head
from webapp.club.level_models import ClientLevel, Level, LevelEvent, Privilege
from webapp.club.sale_rules import Terms, terms_from
from webapp.db import db
from webapp.staff.models import setting

__all__ = ["ACTIVE", "BLOCKED", "MERGED", "PLASTIC", "TERMS", "VIRTUAL", "BalanceAsk", "BonusDebt", "BonusOp",
           "BonusPosting", "BurnWarning", "Card", "CardEvent", "CardNumber", "ClientLevel", "FriendKnock", "FriendLink",
           "Gift", "GiftKind", "GiftMove", "Level", "LevelEvent", "Privilege", "Purse", "Referral", "TripBonus",
           "card_by", "cards_of", "head_of", "number_of", "rate_of", "terms"]

TERMS = "club"


def terms() -> Terms:
    """The terms of this agency's club."""
    return terms_from(setting(TERMS) or {})


def card_by(number: str) -> Card | None:
    """The card of the whole network that has this number now; None for blank, ended and unknown ones."""
    return db.session.scalar(
        select(Card).join(CardNumber, CardNumber.card_id == Card.id)
        .where(CardNumber.number == number, CardNumber.ended_at.is_(None)).options(joinedload(Card.office)))


def number_of(card_id: int) -> str:
    """The card's number now, "" for one that lost it (merged)."""
    return db.session.scalar(select(CardNumber.number).where(
        CardNumber.card_id == card_id, CardNumber.ended_at.is_(None))) or ""


def cards_of(client_id: int) -> list[Card]:
    """The client's own cards that were not merged into others, the oldest first."""
    query = select(Card).where(Card.client_id == client_id, Card.state != MERGED).options(joinedload(Card.office))
    return list(db.session.scalars(query.order_by(Card.id)))


def head_of(card_id: int) -> Head:
    """Balance and debt of a card, in points."""
    row = db.session.execute(select(Purse.seq, Purse.balance, Purse.debt_seq, Purse.debt)
                             .where(Purse.card_id == card_id)).one_or_none()
    return Head() if row is None else Head(row.seq or 0, row.balance, row.debt_seq or 0, row.debt)


def rate_of(client_id: int) -> tuple[str, int]:
    """Code and rate (basis points) of the client's level; the lowest level without one; ("", 0) without levels."""
    own = select(Level.code, Level.rate_bp).join(ClientLevel, ClientLevel.level_code == Level.code).where(
        ClientLevel.client_id == client_id)
    row = db.session.execute(own).one_or_none() or db.session.execute(
        select(Level.code, Level.rate_bp).order_by(Level.rank).limit(1)).one_or_none()
    return (row.code, row.rate_bp) if row else ("", 0)
