"""Bringing a friend: states of a referral, who is no friend, which trip counts, codes for links (`domain.md` §5.7)."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

NEW, TALKING, TRAVELS, REWARDED, REFUSED, LOST = "new", "talking", "travels", "rewarded", "refused", "lost"
STATES = (NEW, TALKING, TRAVELS, REWARDED, REFUSED, LOST)
OPEN = (NEW, TALKING, TRAVELS)
NEXT: dict[str, frozenset[str]] = {
    NEW: frozenset({TALKING, TRAVELS, REFUSED, LOST}),
    TALKING: frozenset({TRAVELS, REFUSED, LOST}),
    # The trip was cancelled: the talk goes on.
    TRAVELS: frozenset({REWARDED, TALKING, REFUSED}),
    # The trip was cancelled after all: points were taken back, the next one counts. Or a director took them back.
    REWARDED: frozenset({TALKING, REFUSED}),
    # The friend came once more, or by another client.
    LOST: frozenset({TALKING, REFUSED}),
    REFUSED: frozenset(),
}
"""What may follow what."""

SELF, KNOWN, REPEAT, BY_ANOTHER, BY_HAND, UNDONE = "self", "known", "repeat", "by-another", "by-hand", "undone"
REASONS = (SELF, KNOWN, REPEAT, BY_ANOTHER, BY_HAND, UNDONE)

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""No signs that look or sound alike: neither 0 and O, nor 1, I and L."""
CODE_LENGTH = 8
MOST_A_DAY = 30
"""So many friends by one invitation in a day; more is a machine, and the page asks for a call instead."""
# What a Russian keyboard gives for a letter that looks the same.
_CYRILLIC = str.maketrans("АВЕКМНРСТУХ", "ABEKMHPCTYX")


@dataclass(frozen=True)
class Journey:
    """A trip of a friend as far as it counts: `is_over` by the office's own day."""

    id: int
    bought_on: date
    entered_at: datetime
    return_on: date
    cancelled: bool
    is_over: bool


@dataclass(frozen=True)
class Verdict:
    """What the trips say of a referral: a trip bought before it, and the one that counts for it."""

    is_known: bool
    trip: Journey | None

    @property
    def pays(self) -> bool:
        """Whether the reward is due."""
        return not self.is_known and self.trip is not None and self.trip.is_over


def may_become(state: str, target: str) -> bool:
    """True when a referral in `state` may become `target`."""
    return target in NEXT[state]


def verdict(journeys: Iterable[Journey], since: date, since_at: datetime) -> Verdict:
    """Which trip counts for a friend who came on the day `since` (of the office), at the moment `since_at`.

    Cancelled trips are nothing. One bought earlier makes the friend a client of before; of the later ones the first
    to return counts.
    """
    bought = [trip for trip in journeys if not trip.cancelled]
    before = [trip for trip in bought if trip.bought_on < since or trip.entered_at < since_at]
    later = [trip for trip in bought if trip not in before]
    return Verdict(bool(before), min(later, key=lambda trip: (trip.return_on, trip.id), default=None))


def no_friend(inviter_ids: Collection[int], holder_ids: Collection[int], *, own_phone: bool, has_bought: bool,
              is_claimed: bool) -> str:
    """Why somebody is no friend to be rewarded for, "" where nothing speaks against it.

    `inviter_ids` are all records of the inviter, `holder_ids` the clients who have the friend's phone, `is_claimed`:
    another referral of the friend is open or rewarded.
    """
    if own_phone or set(inviter_ids) & set(holder_ids):
        return SELF
    if has_bought:
        return KNOWN
    return REPEAT if is_claimed else ""


def spell_code(below: Callable[[int], int]) -> str:
    """A new code; `below(n)` gives a random number less than n."""
    return "".join(ALPHABET[below(len(ALPHABET))] for _sign in range(CODE_LENGTH))


def read_code(typed: str) -> str:
    """The code somebody typed or said, in any case and with dashes; "" for what can be none."""
    code = "".join(sign for sign in typed.upper().translate(_CYRILLIC) if sign.isalnum())
    return code if len(code) == CODE_LENGTH and set(code) <= set(ALPHABET) else ""


def shown_code(code: str) -> str:
    """The code as it is said: «7KQ2-MX4T»."""
    return f"{code[:4]}-{code[4:]}"
