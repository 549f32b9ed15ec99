"""What a movement of points makes of a card's balance and debt (`domain.md` §5.2). All amounts are whole points."""

from collections.abc import Mapping
from dataclasses import dataclass

ISSUE, REDEEM, BURN, ADJUST, REVERSE = "issue", "redeem", "burn", "adjust", "reverse"
ACCOUNTS = (ISSUE, REDEEM, BURN, ADJUST, REVERSE)
KINDS: Mapping[str, str] = {
    "accrual": ISSUE, "welcome_back": ISSUE, "referral": ISSUE, "compensation": ISSUE, "coupon": ISSUE,
    "spending": REDEEM, "burn": BURN, "correction": ADJUST, "merge": ADJUST, "reversal": REVERSE,
}
"""Kinds of operations with the counter-account each of their postings names."""
CREDITS = tuple(kind for kind, account in KINDS.items() if account == ISSUE)
PAYS_DEBT = frozenset(CREDITS) - {"compensation"} | {"merge", "reversal"}
"""Credits that pay a debt first. What consoles a client or corrects us is never swallowed by a debt."""
BURNED, BACK_AGAIN = "burned-before", "back-again"
"""Why a reversal is evened out: its points had burned; or the burn was taken back, and they are not due after all."""
MOST = 100_000_000
"""No operation moves more points."""
FULL = 1_000_000_000
"""No card holds more, or owes more: the columns of the database have an end."""


class BadPosting(ValueError):
    """An operation the ledger refuses; `code`: bad-amount, not-enough, key-reused, reversed-already, not-reversible."""

    def __init__(self, code: str, points: int = 0) -> None:
        super().__init__(code)
        self.code = code
        self.points = points


@dataclass(frozen=True)
class Head:
    """Where a card's two chains stand: the last sequence numbers (0: none yet), the balance and the debt."""

    seq: int = 0
    balance: int = 0
    debt_seq: int = 0
    debt: int = 0

    @property
    def worth(self) -> int:
        """Balance less debt: the sum of all operations of the card."""
        return self.balance - self.debt


@dataclass(frozen=True)
class Move:
    """What an operation adds to balance and debt of one card."""

    points: int = 0
    debt: int = 0


def credit(head: Head, points: int, kind: str) -> Move:
    """Points come: a debt is paid first, the rest is for the client. Raises BadPosting("bad-amount")."""
    _check(points)
    paid = min(points, head.debt) if kind in PAYS_DEBT else 0
    if head.balance + points - paid > FULL:
        raise BadPosting("bad-amount")
    return Move(points - paid, -paid)


def debit(head: Head, points: int) -> Move:
    """Points go. Raises BadPosting: "bad-amount", "not-enough" with what is there."""
    _check(points)
    if points > head.balance:
        raise BadPosting("not-enough", head.balance)
    return Move(-points)


def respend(head: Head, points: int, owed: int) -> Move:
    """Spent anew out of what has just come back; `owed` of it went into the debt and is taken from there again.

    Raises BadPosting as `debit`.
    """
    _check(points)
    return Move(debit(head, points - owed).points if points > owed else 0, owed)


def take_back(head: Head, points: int) -> Move:
    """Points that should not have come are taken as far as they are there; the rest is a debt (§5.2)."""
    _check(points)
    taken = min(points, head.balance)
    return Move(-taken, points - taken)


def even_out(head: Head, points: int) -> Move:
    """Points just taken back had burned before: the client has lost them once, so they are no debt (§5.2)."""
    _check(points)
    return Move(0, -min(points, head.debt))


def undo(head: Head, amount: int) -> Move:
    """The reversal of an operation of `amount` points (signed): what came goes, what went comes back."""
    return take_back(head, amount) if amount > 0 else credit(head, -amount, "reversal")


def after(head: Head, move: Move) -> Head:
    """The head behind the move."""
    return Head(head.seq + bool(move.points), head.balance + move.points,
                head.debt_seq + bool(move.debt), head.debt + move.debt)


def _check(points: int) -> None:
    if not 0 < points <= MOST:
        raise BadPosting("bad-amount")
