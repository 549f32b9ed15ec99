"""Pure rules of the monthly SMS budget: whose SMS still fit, how full it is, when it begins anew (`domain.md` §2.5)."""

from dataclasses import dataclass
from datetime import date, datetime

from webapp.kit.days import add_months, local_day, moment, zone
from webapp.post.rules import MARKETING, QUIET_TO, TEST

NEAR = 80
"""Per cent from which directors and administrators are warned."""
MOST_HARD = 1000


@dataclass(frozen=True)
class Spent:
    """Kopecks, and SMS as providers bill them: a long text is several `parts`."""

    kopecks: int = 0
    parts: int = 0

    def plus(self, more: "Spent") -> "Spent":
        """Both together."""
        return Spent(self.kopecks + more.kopecks, self.parts + more.parts)


@dataclass(frozen=True)
class Budget:
    """What may be spent in a calendar month: `kopecks`, `parts`, or whichever is used up first; None is no limit.

    News and offers stop there. At `hard` per cent of it (100 or more) everything else stops too, but for tests;
    without `hard` SMS about trips always leave.
    """

    kopecks: int | None = None
    parts: int | None = None
    hard: int | None = None

    @property
    def is_set(self) -> bool:
        """Any limit at all?"""
        return self.kopecks is not None or self.parts is not None


def fits(budget: Budget, spent: Spent, size: Spent, klass: str) -> bool:
    """May an SMS of `klass` and `size` still leave when `spent` has gone out this month?"""
    share = 100 if klass == MARKETING else budget.hard
    if klass == TEST or share is None:
        return True
    after = spent.plus(size)
    return all(limit is None or used * 100 <= limit * share
               for limit, used in ((budget.kopecks, after.kopecks), (budget.parts, after.parts)))


def percent(budget: Budget, spent: Spent) -> int:
    """How full the budget is, by the limit that is nearer; 0 without limits."""
    found = [used * 100 // limit if limit else 100
             for limit, used in ((budget.kopecks, spent.kopecks), (budget.parts, spent.parts)) if limit is not None]
    return max(found, default=0)


def level(budget: Budget, spent: Spent, price: int) -> str:
    """"" (nothing to say), "near" (80 %), "full" (no news fit) or "closed" (nothing fits); `price` is of one SMS."""
    one = Spent(price, 1)
    if not fits(budget, spent, one, "service"):
        return "closed"
    if not fits(budget, spent, one, MARKETING):
        return "full"
    return "near" if percent(budget, spent) >= NEAR else ""


def month_of(now: datetime, zone_name: str) -> date:
    """The first day of the month it is in `zone_name`."""
    return local_day(now, zone(zone_name)).replace(day=1)


def next_month(month: date, zone_name: str) -> datetime:
    """The morning of the first day after `month`: from then on there is a whole budget again."""
    return moment(add_months(month, 1), QUIET_TO, zone(zone_name))
