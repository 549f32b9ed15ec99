"""Tables of cards: the card, its numbers, what happened to it, the trips it was used for, warnings before a burn."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index
from sqlalchemy import text as sql_text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.appendonly import append_only
from webapp.clients.models import Client
from webapp.club.sale_rules import ON_RETURN
from webapp.db import Base
from webapp.staff.models import Office, User

ACTIVE, BLOCKED, MERGED = "active", "blocked", "merged"
PLASTIC, VIRTUAL = "plastic", "virtual"
EVENTS = ("sold", "given", "virtual", "presented", "lent", "returned", "blocked", "unblocked", "replaced", "merged")
_EVENTS = ", ".join(f"'{event}'" for event in EVENTS)


def partial(table: str, name: str, *columns: str, where: str, unique: bool = False) -> Index:
    """An index of the few rows that matter."""
    return Index(f"ix_{table}_{name}", *columns, unique=unique, sqlite_where=sql_text(where),
                 postgresql_where=sql_text(where))


class Card(Base):
    """A loyalty card with its points. The number may change (`CardNumber`), the card lives on.

    `active_on` is the last activity, a day of the home office; `burn_on` is kept beside balance and state: the day on
    which the points burn (`burn_rules.burn_day`), NULL while there is nothing that could. `not_before` moves it.
    Who changes points or activity locks this row first.
    """

    __tablename__ = "card"
    __table_args__ = (
        CheckConstraint("state IN ('active', 'blocked', 'merged')", "state_known"),
        CheckConstraint("kind IN ('plastic', 'virtual')", "kind_known"),
        CheckConstraint("(state = 'merged') = (merged_into_id IS NOT NULL)", "merged_somewhere"),
        CheckConstraint("price_kopecks >= 0", "price_not_negative"),
        partial("card", "burn", "office_id", "burn_on", where="burn_on IS NOT NULL"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"), index=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    kind: Mapped[str] = mapped_column(default=PLASTIC)
    state: Mapped[str] = mapped_column(default=ACTIVE)
    price_kopecks: Mapped[int] = mapped_column(BigInteger, default=0)
    issued_on: Mapped[date]
    active_on: Mapped[date]
    burn_on: Mapped[date | None]
    not_before: Mapped[date | None]
    # No foreign keys to whom a card is lent or who came with it: the owner's rows are not those of a friend.
    lent_to_id: Mapped[int | None] = mapped_column(index=True)
    lent_to: Mapped[str] = mapped_column(default="")
    lent_on: Mapped[date | None]
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("card.id"), index=True)
    created_at: Mapped[datetime]
    client: Mapped[Client] = relationship()
    office: Mapped[Office] = relationship()

    @property
    def is_open(self) -> bool:
        """True while points may be moved by clients: neither blocked nor merged into another."""
        return self.state == ACTIVE


class CardNumber(Base):
    """A number with its check digit: blank (printed, nobody's yet), a card's own, or ended.

    Without `card_id` it is blank; `batch` names the order of blanks it was printed with.
    """

    __tablename__ = "card_number"
    __table_args__ = (
        partial("card_number", "live", "card_id", where="card_id IS NOT NULL AND ended_at IS NULL", unique=True),
    )
    number: Mapped[str] = mapped_column(primary_key=True)
    card_id: Mapped[int | None] = mapped_column(ForeignKey("card.id"), index=True)
    batch: Mapped[str] = mapped_column(default="", index=True)
    made_at: Mapped[datetime]
    since: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(default="")


class CardEvent(Base):
    """Append-only: what happened to a card, where, on which local day of that office, by whom; sales with their money.

    `client_id` is who came with the card, or to whom it was lent, where that is known.
    """

    __tablename__ = "card_event"
    __table_args__ = (
        CheckConstraint(f"kind IN ({_EVENTS})", "kind_known"),
        Index("ix_card_event_card", "card_id", "id"),
        Index("ix_card_event_day", "office_id", "day"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    card_id: Mapped[int] = mapped_column(ForeignKey("card.id"))
    kind: Mapped[str]
    at: Mapped[datetime]
    day: Mapped[date]
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    actor: Mapped[str]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("staff_user.id"))
    seller_id: Mapped[int | None] = mapped_column(ForeignKey("staff_user.id"))
    client_id: Mapped[int | None]
    number: Mapped[str] = mapped_column(default="")
    price_kopecks: Mapped[int] = mapped_column(BigInteger, default=0)
    receipt: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")
    seller: Mapped[User | None] = relationship(foreign_keys=[seller_id])
    office: Mapped[Office] = relationship()


class TripBonus(Base):
    """What a card has to do with a trip: discount, points spent, points to come.

    `state`: open (points are pending), accrued, cancelled (the trip was), none (the card was taken off the trip).
    `rate_bp` is that of the owner's level at purchase, `accrue` when its points come, both as they were when the card
    was noted: new terms are for new sales. Discount in kopecks.
    """

    __tablename__ = "trip_bonus"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'accrued', 'cancelled', 'none')", "state_known"),
        CheckConstraint("discount_kopecks >= 0 AND spent_points >= 0 AND rate_bp >= 0", "not_negative"),
        CheckConstraint("accrue IN ('return', 'purchase')", "accrue_known"),
        partial("trip_bonus", "open", "trip_id", where="state = 'open'"),
        partial("trip_bonus", "at_once", "trip_id", where="state = 'accrued' AND accrue = 'purchase'"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    trip_id: Mapped[int] = mapped_column(ForeignKey("trip.id"), unique=True)
    card_id: Mapped[int] = mapped_column(ForeignKey("card.id"), index=True)
    state: Mapped[str] = mapped_column(default="open")
    level: Mapped[str] = mapped_column(default="")
    rate_bp: Mapped[int]
    accrue: Mapped[str] = mapped_column(default=ON_RETURN)
    discount_kopecks: Mapped[int] = mapped_column(BigInteger, default=0)
    spent_points: Mapped[int] = mapped_column(default=0)
    turn: Mapped[int] = mapped_column(default=1)
    spend_op_id: Mapped[int | None] = mapped_column(ForeignKey("bonus_op.id"))
    accrual_op_id: Mapped[int | None] = mapped_column(ForeignKey("bonus_op.id"))
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    settled_at: Mapped[datetime | None]
    card: Mapped[Card] = relationship()


class BurnWarning(Base):
    """A warning that points are about to burn: at most one open per card.

    `burn_on` is the day it speaks of, `seq` the card's last posting when it was given, `amount` the points named.
    `state`: open, saved (somebody presented the card or travelled), burned, void (nothing left to burn, card blocked
    or merged). `occasion_id` is its plan of letter, SMS and call.
    """

    __tablename__ = "burn_warning"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'saved', 'burned', 'void')", "state_known"),
        Index("ix_burn_warning_card", "card_id", "burn_on"),
        partial("burn_warning", "open", "card_id", where="state = 'open'", unique=True),
        Index("ix_burn_warning_closed", "state", "closed_on"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    card_id: Mapped[int] = mapped_column(ForeignKey("card.id"))
    burn_on: Mapped[date]
    seq: Mapped[int]
    amount: Mapped[int]
    state: Mapped[str] = mapped_column(default="open")
    occasion_id: Mapped[int | None] = mapped_column(ForeignKey("occasion.id"), unique=True)
    opened_at: Mapped[datetime]
    opened_on: Mapped[date]
    closed_at: Mapped[datetime | None]
    closed_on: Mapped[date | None]
    told_staff_on: Mapped[date | None]


append_only(CardEvent.__table__, erasable=("note",))  # type: ignore[arg-type]
