"""What SMS cost: the price and the monthly budget the agency has set, and what this month has cost so far."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from webapp.db import db
from webapp.post.budget_rules import Budget, Spent, level, month_of, next_month, percent
from webapp.post.models import SmsMonth
from webapp.post.wording import SMS_FILE
from webapp.staff.models import Office, Setting, setting
from webapp.staff.rules import DEFAULT_ZONE

PRICE, BUDGET = "sms_price", "sms_budget"
_SET = select(Setting.key, Setting.value).where(Setting.key.in_((PRICE, BUDGET)))
_ZONE = select(Office.timezone).order_by(Office.id).limit(1)


@dataclass(frozen=True)
class Purse:
    """Where the agency stands this month: `price` is kopecks for one SMS (0: not set), `month` its first day."""

    price: int
    budget: Budget
    month: date
    zone: str
    spent: Spent = Spent()
    messages: int = 0

    @property
    def percent(self) -> int:
        """How full the budget is."""
        return percent(self.budget, self.spent)

    @property
    def level(self) -> str:
        """What there is to say about it: "", "near", "full", "closed"."""
        return level(self.budget, self.spent, self.price)

    @property
    def whole_again(self) -> datetime:
        """When the next budget begins (UTC)."""
        return next_month(self.month, self.zone)

    @property
    def parts_of_one(self) -> float:
        """How many SMS one message is billed as; two until this month has told."""
        return self.spent.parts / self.messages if self.messages else 2.0


def sms_price() -> int:
    """Kopecks for one SMS; 0 while nobody has said."""
    return int(setting(PRICE) or 0)


def purse_of(now: datetime) -> Purse:
    """The present month in the agency's main zone: that of its first office."""
    price, budget = _chosen()
    zone = db.session.scalar(_ZONE) or DEFAULT_ZONE
    month = month_of(now, zone)
    row = db.session.get(SmsMonth, month, populate_existing=True)
    spent = Spent(row.kopecks, row.parts) if row else Spent()
    return Purse(price, budget, month, zone, spent, row.messages if row else 0)


def has_budget() -> bool:
    """A budget is set at all; one look, for pages that say something only then."""
    return bool(setting(BUDGET))


def is_paid(provider: str) -> bool:
    """Whether an SMS through this provider costs money: files do not."""
    return provider.startswith("sms_") and provider != SMS_FILE


def _chosen() -> tuple[int, Budget]:
    found: dict[str, Any] = {key: value for key, value in db.session.execute(_SET)}
    return int(found.get(PRICE) or 0), Budget(**(found.get(BUDGET) or {}))
