"""Tables of the ledger: operations, postings, debts, and where each card's chains stand (`architecture.md` §5).

The database itself refuses what must never be: each row names the one before it by number and balance and is tied to
it by a foreign key, so that no chain can fork, gap, or go below zero; nothing is ever changed or deleted.
"""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from webapp.appendonly import append_only
from webapp.club.ledger_rules import ACCOUNTS, KINDS
from webapp.db import Base

_KINDS = ", ".join(f"'{kind}'" for kind in KINDS)
_ACCOUNTS = ", ".join(f"'{account}'" for account in ACCOUNTS)
_CHAIN = ("(seq = 1 AND prev_seq IS NULL AND prev_balance = 0) OR "
          "(seq > 1 AND prev_seq IS NOT NULL AND prev_seq = seq - 1)")


class BonusOp(Base):
    """One operation: why points moved, by whom, for what; `amount` is what the card is worth more by, in points.

    `idem_key` makes it happen once, `request_hash` tells a repeat from another wish under the same key. `day` is the
    local day of the card's home office, `cause` what it follows from ("trip:7", "referral:3").
    """

    __tablename__ = "bonus_op"
    __table_args__ = (
        CheckConstraint(f"kind IN ({_KINDS})", "kind_known"),
        CheckConstraint("(kind = 'reversal') = (reverses_id IS NOT NULL)", "reversal_names_what"),
        CheckConstraint("kind NOT IN ('accrual', 'welcome_back', 'referral', 'compensation', 'coupon') OR amount > 0",
                        "credits_come"),
        CheckConstraint("kind NOT IN ('spending', 'burn') OR amount < 0", "debits_go"),
        CheckConstraint("(kind = 'merge') = (amount = 0)", "nothing_is_nothing"),
        Index("ix_bonus_op_day", "kind", "day"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    idem_key: Mapped[str] = mapped_column(unique=True)
    request_hash: Mapped[str]
    kind: Mapped[str]
    amount: Mapped[int]
    at: Mapped[datetime]
    day: Mapped[date]
    actor: Mapped[str]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("staff_user.id"))
    office_id: Mapped[int | None] = mapped_column(ForeignKey("office.id"))
    reason: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    cause: Mapped[str] = mapped_column(default="")
    trip_id: Mapped[int | None] = mapped_column(ForeignKey("trip.id"), index=True)
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("bonus_op.id"), unique=True)


class BonusPosting(Base):
    """A line of a card's balance; `account` is the other side of it."""

    __tablename__ = "bonus_posting"
    __table_args__ = (
        UniqueConstraint("card_id", "seq"),
        UniqueConstraint("card_id", "prev_seq"),
        UniqueConstraint("card_id", "seq", "balance"),
        UniqueConstraint("op_id", "card_id"),
        ForeignKeyConstraint(["card_id", "prev_seq", "prev_balance"],
                             ["bonus_posting.card_id", "bonus_posting.seq", "bonus_posting.balance"],
                             name="fk_bonus_posting_chain"),
        CheckConstraint(_CHAIN, "chain"),
        CheckConstraint("balance = prev_balance + amount", "sum"),
        CheckConstraint("balance >= 0", "not_negative"),
        CheckConstraint("amount <> 0", "moves"),
        CheckConstraint(f"account IN ({_ACCOUNTS})", "account_known"),
        CheckConstraint("account <> 'issue' OR amount > 0", "issue_comes"),
        CheckConstraint("account NOT IN ('redeem', 'burn') OR amount < 0", "redeem_and_burn_go"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    op_id: Mapped[int] = mapped_column(ForeignKey("bonus_op.id"))
    card_id: Mapped[int] = mapped_column(ForeignKey("card.id"))
    seq: Mapped[int]
    prev_seq: Mapped[int | None]
    amount: Mapped[int]
    prev_balance: Mapped[int]
    balance: Mapped[int]
    account: Mapped[str]


class BonusDebt(Base):
    """A line of a card's debt: points taken back that were spent already, and what later credits paid of them."""

    __tablename__ = "bonus_debt"
    __table_args__ = (
        UniqueConstraint("card_id", "seq"),
        UniqueConstraint("card_id", "prev_seq"),
        UniqueConstraint("card_id", "seq", "balance"),
        UniqueConstraint("op_id", "card_id"),
        ForeignKeyConstraint(["card_id", "prev_seq", "prev_balance"],
                             ["bonus_debt.card_id", "bonus_debt.seq", "bonus_debt.balance"],
                             name="fk_bonus_debt_chain"),
        CheckConstraint(_CHAIN, "chain"),
        CheckConstraint("balance = prev_balance + amount", "sum"),
        CheckConstraint("balance >= 0", "not_negative"),
        CheckConstraint("amount <> 0", "moves"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    op_id: Mapped[int] = mapped_column(ForeignKey("bonus_op.id"))
    card_id: Mapped[int] = mapped_column(ForeignKey("card.id"))
    seq: Mapped[int]
    prev_seq: Mapped[int | None]
    amount: Mapped[int]
    prev_balance: Mapped[int]
    balance: Mapped[int]


class Purse(Base):
    """Where a card's chains stand: the last lines of balance and debt, which foreign keys prove to exist."""

    __tablename__ = "purse"
    __table_args__ = (
        ForeignKeyConstraint(["card_id", "seq", "balance"],
                             ["bonus_posting.card_id", "bonus_posting.seq", "bonus_posting.balance"],
                             name="fk_purse_balance"),
        ForeignKeyConstraint(["card_id", "debt_seq", "debt"],
                             ["bonus_debt.card_id", "bonus_debt.seq", "bonus_debt.balance"], name="fk_purse_debt"),
        CheckConstraint("seq IS NOT NULL OR balance = 0", "empty"),
        CheckConstraint("debt_seq IS NOT NULL OR debt = 0", "no_debt"),
    )
    card_id: Mapped[int] = mapped_column(ForeignKey("card.id"), primary_key=True, autoincrement=False)
    seq: Mapped[int | None]
    balance: Mapped[int] = mapped_column(default=0)
    debt_seq: Mapped[int | None]
    debt: Mapped[int] = mapped_column(default=0)


append_only(BonusOp.__table__, erasable=("note",))  # type: ignore[arg-type]
append_only(BonusPosting.__table__)  # type: ignore[arg-type]
append_only(BonusDebt.__table__)  # type: ignore[arg-type]
