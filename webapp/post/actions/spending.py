"""Money for SMS: kept with every hand-off, given back when nothing was taken, and asked about before a batch leaves."""

from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, select, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from webapp.db import Base, transaction, wake
from webapp.kit.money import display
from webapp.post.actions.swift import Swift
from webapp.post.budget_rules import Budget, Spent, fits
from webapp.post.models import LEASED, QUEUED, SmsMonth
from webapp.post.obstacles import message
from webapp.post.refusal_rules import Outcome
from webapp.post.spending import BUDGET, PRICE, Purse, is_paid, purse_of
from webapp.staff.audit import record
from webapp.staff.models import Setting
from webapp.staff.rules import ADMIN, Actor

OVER = "sms-budget"
"""The reason of an SMS that waits for the next month, or does not leave at all."""
months = Base.metadata.tables[SmsMonth.__tablename__]
_NEW = {name: make(months).values(kopecks=0, parts=0, messages=0).on_conflict_do_nothing(index_elements=["month"])
        for name, make in (("sqlite", sqlite.insert), ("postgresql", postgresql.insert))}
_ROW = message.c.id == bindparam("row")
_of = select(message.c.charged_on, message.c.cost, message.c.parts).where(_ROW).subquery()
_MONTH_OF_IT = months.c.month == select(_of.c.charged_on).scalar_subquery()
_CHARGE = Swift(update(message).where(_ROW, message.c.charged_on.is_(None)).values(
    cost=bindparam("sum"), parts=bindparam("of_parts"), charged_on=bindparam("of_month")))
_ADD = Swift(update(months).where(months.c.month == bindparam("of_month")).values(
    kopecks=months.c.kopecks + bindparam("sum"), parts=months.c.parts + bindparam("of_parts"),
    messages=months.c.messages + 1))
_GIVE_BACK = Swift(update(months).where(_MONTH_OF_IT).values(
    kopecks=months.c.kopecks - func.coalesce(select(_of.c.cost).scalar_subquery(), 0),
    parts=months.c.parts - select(_of.c.parts).scalar_subquery(), messages=months.c.messages - 1))
_UNCHARGE = Swift(update(message).where(_ROW).values(cost=None, charged_on=None))
_CORRECT = Swift(update(months).where(_MONTH_OF_IT).values(
    kopecks=months.c.kopecks + bindparam("said") - func.coalesce(select(_of.c.cost).scalar_subquery(), 0)))
_COST = Swift(update(message).where(_ROW, message.c.charged_on.is_not(None)).values(cost=bindparam("said")))


class Till:
    """Asked about every SMS of a batch: does it still fit into the month? Those that do count for the ones after them.

    The row of the month stays locked until the batch is claimed, and SMS that are claimed already count: two workers
    at once cannot spend the same money.
    """

    def __init__(self, session: Session, rows: Iterable[Any], provider: str, now: datetime) -> None:
        is_asked = is_paid(provider) and any(row.channel == "sms" for row in rows)
        self.purse: Purse | None = purse_of(now) if is_asked else None
        self.spent = Spent()

    @property
    def month(self) -> date | None:
        """Where it is counted; None when it costs nothing."""
        return self.purse.month if self.purse else None

    @property
    def month_words(self) -> str:
        """The month as reasons keep it."""
        return f"{self.purse.month:%Y-%m}" if self.purse else ""

    def open(self, session: Session) -> None:
        """Lock the month and see what is left of it."""
        if self.purse is not None:
            connection = session.connection()
            connection.execute(_NEW[connection.dialect.name], {"month": self.purse.month})
            self.spent = self._locked(connection, self.purse)

    def shut_until(self, row: Any) -> datetime | None:
        """When this SMS may leave; None means now."""
        if self.purse is None or fits(self.purse.budget, self.spent, self.size(row), row.klass):
            return None
        return self.purse.whole_again

    def take(self, row: Any) -> None:
        """It leaves with this batch."""
        if self.purse is not None:
            self.spent = self.spent.plus(self.size(row))

    def size(self, row: Any) -> Spent:
        """What it will be counted with until the provider names its price."""
        parts = max(row.parts, 1)
        return Spent(parts * self.purse.price if self.purse else 0, parts)

    def _locked(self, connection: Connection, purse: Purse) -> Spent:
        row = connection.execute(select(months.c.kopecks, months.c.parts).where(
            months.c.month == purse.month).with_for_update()).one()
        claimed = connection.scalar(select(func.sum(message.c.parts)).where(
            text(LEASED), message.c.state == "claimed", message.c.channel == "sms")) or 0
        return Spent(row.kopecks + claimed * purse.price, row.parts + claimed)


def book(connection: Connection, bills: dict[int, Spent], month: date | None, handed: Collection[int],
         outcomes: Iterable[Outcome]) -> None:
    """Count what was handed over, correct what got a price, give back what was not taken.

    Last in its transaction: whoever holds the row of a month waits for nobody.
    """
    if month is None:
        return
    for outcome in outcomes:
        if outcome.state in ("queued", "failed"):
            give_back_money(connection, outcome.message_id)
        elif outcome.state == "sent" and outcome.kopecks is not None:
            correct_money(connection, outcome.message_id, outcome.kopecks)
    for row_id in sorted(handed):
        bill = bills[row_id]
        values = {"row": row_id, "sum": bill.kopecks, "of_parts": bill.parts, "of_month": month}
        if _CHARGE.run(connection, values):
            _ADD.run(connection, {name: values[name] for name in ("sum", "of_parts", "of_month")})


def give_back_money(connection: Connection, row_id: int) -> None:
    """The provider has not taken it: the month has this money again."""
    if _GIVE_BACK.run(connection, {"row": row_id}):
        _UNCHARGE.run(connection, {"row": row_id})


def correct_money(connection: Connection, row_id: int, kopecks: int) -> None:
    """The provider has named its price; only for an SMS that was counted."""
    if _CORRECT.run(connection, {"row": row_id, "said": kopecks}):
        _COST.run(connection, {"row": row_id, "said": kopecks})


def set_sms_money(*, price: int, budget: Budget, actor: Actor, now: datetime) -> None:
    """The price of one SMS (kopecks, 0: unknown) and the monthly budget; SMS that waited for money are looked at anew.

    Raises NotAllowed("role").
    """
    actor.needs(ADMIN)
    kept = {name: value for name, value in vars(budget).items() if value is not None} if budget.is_set else None
    with transaction() as session:
        before, after = purse_of(now), {PRICE: price or None, BUDGET: kept}
        old, new = _facts(before.price, before.budget), _facts(price, budget)
        facts = {name: [old[name], value] for name, value in new.items() if old[name] != value}
        if not facts:
            return
        for key, value in after.items():
            session.merge(Setting(key=key, value=value))
        session.flush()
        record(actor, "sms-money", "sending", None, now=now, facts=facts)
        session.execute(update(message).where(
            text(QUEUED), message.c.channel == "sms", message.c.last_code == OVER).values(
            next_try_at=now, last_code="", last_text=""))
        wake("post")


def _facts(price: int, budget: Budget) -> dict[str, str]:
    """What the log tells, ready to be read."""
    return {"sms_price": display(price) if price else "",
            "sms_month_money": "" if budget.kopecks is None else display(budget.kopecks),
            "sms_month_number": "" if budget.parts is None else str(budget.parts),
            "sms_month_hard": "" if budget.hard is None else f"{budget.hard} %"}
