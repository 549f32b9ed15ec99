"""What cards should hold, worked out without the product: balances, debts, days of burning, warnings.

Nothing of `webapp.club` is imported here: what the product does is compared with this.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta

MONTHS = 6


def months_later(day: date, months: int = MONTHS) -> date:
    """The same day of the month so much later, or the last one of that month: found by walking through the calendar."""
    first = day.replace(day=1)
    for _ in range(months):
        first = (first + timedelta(days=31)).replace(day=1)
    wanted = first + timedelta(days=day.day - 1)
    # Beyond the month's end: walk back until it is the right month again.
    while wanted.month != first.month:
        wanted -= timedelta(days=1)
    return wanted


@dataclass(eq=False)
class Kept:
    """One card as it should be."""

    active: date
    balance: int = 0
    debt: int = 0
    floor: date | None = None
    warned: date | None = None
    told: date | None = None
    came_since: int = 0
    gone_to: "Kept | None" = None

    @property
    def home(self) -> "Kept":
        """The card that has the points now."""
        return self.gone_to.home if self.gone_to else self

    @property
    def burns(self) -> date | None:
        """Its day of burning."""
        if not self.balance or self.gone_to:
            return None
        day = months_later(self.active)
        return max(day, self.floor) if self.floor else day

    def comes(self, points: int, today: date, *, pays: bool = True) -> None:
        """Points come; a debt is paid first where it may be. A day too near for a fair warning moves at once."""
        paid = min(points, self.debt) if pays else 0
        self.debt -= paid
        self.balance += points - paid
        if self.warned:
            self.came_since += points - paid
        burns = self.burns
        if points and burns is not None:
            near = burns < today + timedelta(days=28)
            fair = self.warned or (today + timedelta(days=31) if near else burns)
            if fair > burns:
                self.floor = fair

    def goes(self, points: int) -> bool:
        """Points go; False when there are not enough."""
        if points > self.balance:
            return False
        self.balance -= points
        self._forget_warning_when_empty()
        return True

    def spends_less(self, was: int, now: int, today: date) -> None:
        """All of it comes back and `now` go again: balance and debt are as if no more had ever been spent."""
        balance, debt = self.balance, self.debt
        self.comes(was, today)
        paid = min(was - now, debt)
        self.debt, self.balance = debt - paid, balance + was - now - paid
        self._forget_warning_when_empty()

    def taken(self, points: int) -> None:
        """Points that should not have come: what is spent already is owed."""
        self.debt += max(0, points - self.balance)
        self.balance -= min(points, self.balance)
        self._forget_warning_when_empty()

    def used(self, day: date) -> None:
        """In somebody's hands."""
        self.active, self.floor, self.warned = max(self.active, day), None, None

    def moves_to(self, other: "Kept") -> None:
        """Everything goes to another card of the same person."""
        before = other.balance
        together = self.debt + other.debt
        paid = min(together, self.balance)
        other.debt, other.balance = together - paid, other.balance + self.balance - paid
        if other.warned:
            other.came_since += max(0, other.balance - before)
        other.active = max(self.active, other.active)
        # The longer life of both, a promised day too.
        other.floor = max(filter(None, (self.floor, other.floor)), default=None)
        self.balance = self.debt = 0
        self.warned, self.gone_to = None, other

    def _forget_warning_when_empty(self) -> None:
        if not self.balance:
            self.warned = None

    def is_warned(self, today: date) -> None:
        """The nightly look at warnings."""
        burns = self.burns
        if self.warned and burns is not None and burns < self.warned:
            self.floor = burns = self.warned
        if self.warned and burns != self.warned:
            self.warned = None
        if self.warned or burns is None or burns > today + timedelta(days=31):
            return
        if burns < today + timedelta(days=28):
            self.floor = burns = today + timedelta(days=31)
        self.warned, self.told, self.came_since = burns, today, 0

    def burn(self, today: date) -> int:
        """The nightly burn; gives the points that went."""
        if self.burns is None or self.burns > today or self.warned is None:
            return 0
        assert self.told
        fair = max(self.told + timedelta(days=28), self.warned)
        if fair > today:
            self.floor = self.warned = fair
            return 0
        lost = max(0, self.balance - self.came_since)
        self.balance -= lost
        self.warned = None
        if self.balance:
            self.floor = today + timedelta(days=31)
        if not lost:
            # All of it came after the warning: another one begins at once.
            self.warned, self.told, self.came_since = self.floor, today, 0
        return lost


@dataclass(eq=False)
class Burn:
    """Points that burned: `left` of them nobody has been spared for yet."""

    left: int
    spared: int = 0
    undone: bool = False


@dataclass(eq=False)
class Trip:
    """A trip a card was used for; `came` is what it brought, once it has."""

    card: Kept
    number: int
    back: date
    rubles: int
    spent: int
    state: str = "open"
    came: "Op | None" = None

    def points(self, rate: int) -> int:
        """What it brings: price less discount and points spent, rounded down."""
        return max(0, (self.rubles - self.rubles * 3 // 100 - self.spent) * rate // 10_000)


@dataclass(eq=False)
class Op:
    """A movement that may be taken back once. `burns` have come over its points since; `burn` it is one itself."""

    number: int
    card: Kept
    amount: int
    undone: bool = False
    burns: list[Burn] = field(default_factory=list)
    burn: Burn | None = None
    ended: bool = False


@dataclass(eq=False)
class World:
    """All cards of one sequence."""

    today: date
    cards: list[Kept] = field(default_factory=list)
    trips: list[Trip] = field(default_factory=list)
    ops: list[Op] = field(default_factory=list)

    def burned(self, card: Kept, points: int, number: int) -> None:
        """A burn: all that has come to this card before had its chance to be among the lost."""
        burn = Burn(points)
        for op in [*self.ops, *(trip.came for trip in self.trips if trip.came)]:
            if op.card.home is card and op.amount > 0 and not op.ended:
                op.burns.append(burn)
        self.ops.append(Op(number, card, -points, burn=burn))

    def taken_back(self, op: Op, anew: int = 0) -> None:
        """Undone, once; who has lost points by a burn owes none of them, but for those that come `anew`."""
        op.undone, card = True, op.card.home
        if op.amount < 0:
            card.comes(-op.amount, self.today)
            if op.burn:
                op.burn.undone = True
                card.taken(op.burn.spared)
            return
        owed = op.amount - card.balance - anew
        card.taken(op.amount)
        for burn in op.burns:
            spared = max(0, min(owed, burn.left)) if not burn.undone else 0
            burn.left, burn.spared, owed, card.debt = (burn.left - spared, burn.spared + spared, owed - spared,
                                                       card.debt - spared)

    def joined(self, source: Kept, target: Kept) -> None:
        """Two cards become one; of a card with nothing on it nothing goes over that could burn."""
        if not source.balance and not source.debt:
            for op in [*self.ops, *(trip.came for trip in self.trips if trip.came)]:
                op.ended = op.ended or op.card.home is source
        source.moves_to(target)
