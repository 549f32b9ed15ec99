"""How much is left to do for people: the same three numbers in the bar, above the list for today and in its parts."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Date, and_, bindparam, false, func, literal, or_, select, text, union_all

from webapp.db import db
from webapp.touches.models import Occasion, Plan, Touch
from webapp.touches.people import stands_in_for
from webapp.trips.board_scope import Days


@dataclass(frozen=True, slots=True)
class Left:
    """Things to do, each counted once: overdue steps, letters that did not go out, steps of today."""

    over: int = 0
    broken: int = 0
    today: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.over + self.broken + self.today

    @property
    def is_red(self) -> bool:
        """True when something is late or broken."""
        return self.over + self.broken > 0


def left_among(kinds: Iterable[str]) -> Left:
    """The numbers of a list that was read already, by the kinds of its items."""
    listed = list(kinds)
    return Left(*(listed.count(kind) for kind in ("over", "broken", "today")))


def left_for(days: Days, user_id: int) -> Left:
    """The same numbers without the list, for a person and whom the person stands in for; every page asks for them."""
    if not days.by_office:
        return Left()
    groups, people = days.groups, stands_in_for(user_id, max(days.by_office.values()))
    values: dict[str, Any] = {"people": list(people), "offices": list(days.by_office)}
    for number, (day, offices) in enumerate(groups.items()):
        values |= {f"day{number}": day, f"offices{number}": offices}
    found = {row[0]: (int(row[1] or 0), int(row[2] or 0))
             for row in db.session.connection().execute(_left(len(groups)), values)}
    due, over = (found["named"][place] + found["nobody"][place] for place in (0, 1))
    return Left(over, found["broken"][0], due - over)


@lru_cache(maxsize=8)
def _left(groups: int) -> Any:
    people: Any = bindparam("people", expanding=True)
    offices: Any = bindparam("offices", expanding=True)

    def on(office: Any, column: Any, condition: Any) -> ColumnElement[bool]:
        return or_(false(), *(and_(office.in_(bindparam(f"offices{n}", expanding=True)),
                                   condition(column, bindparam(f"day{n}", type_=Date))) for n in range(groups)))

    def by_today(table: Any, column: Any) -> ColumnElement[bool]:
        return on(table.office_id, column, lambda value, day: value <= day)
    over = func.count().filter(on(Touch.office_id, Touch.due_on, lambda value, day: value < day))
    # Conditions that no index may answer are written so that none is tried: without statistics SQLite would read every
    # planned step, and every trip of a person, to find the few that are due or broken.
    steps = (text("touch.status = 'planned'"), text("NOT touch.automatic"), by_today(Touch, Touch.due_on))
    owner: Any = Occasion.owner_id + 0
    named = select(literal("named"), func.count(), over).where(Touch.assignee_id.in_(people), *steps)
    nobody = select(literal("nobody"), func.count(), over).where(
        text("touch.assignee_id IS NULL"), *steps)
    broken = select(literal("broken"), func.sum(Occasion.broken), literal(0)).where(
        Occasion.kind.in_(select(Plan.kind)), text("occasion.broken > 0"), Occasion.office_id.in_(offices),
        or_(owner.in_(people), owner.is_(None)))
    return union_all(named, nobody, broken)
