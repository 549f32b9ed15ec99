"""Counters of the board and of each manager, and the colleagues work may be handed to."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, select, text

from webapp.db import db
from webapp.staff.models import User, UserOffice
from webapp.trips.board_query import IN_SIGHT, OWNERLESS, by_office, is_broken, occasion, user, values_of
from webapp.trips.board_scope import Days, Wish

COUNTED = ("over", "broken", "today")
_STANDING = text("occasion.kind = 'trip' AND occasion.cancelled_at IS NULL")
_OWNERLESS = select(func.count()).select_from(occasion).where(_STANDING, OWNERLESS, IN_SIGHT)
_COLLEAGUES = (select(User.id, User.name).join(UserOffice, UserOffice.user_id == User.id)
               .where(UserOffice.office_id.in_(bindparam("offices", expanding=True)), User.dismissed_at.is_(None),
                      User.role != "admin").distinct().order_by(User.name))


def counts_of(days: Days, wish: Wish) -> dict[str, Any]:
    """Counters and manager totals: overdue, not sent, today; per owner (`id`, `name`, `over`, `broken`, `today`).

    Answered from the indexes of what needs somebody. A row that is both overdue and broken counts as broken, as in
    the list. The counters are of the owners that `wish` names, else of all; the totals are always everybody's.
    """
    days = days.of(wish.office_id)
    people: dict[int | None, dict[str, Any]] = {}
    connection, values = db.session.connection(), values_of(days, Wish())
    for owner_id, all_due, just_today, name in connection.execute(_due(len(days.groups)), values):
        person = _person(people, owner_id, name)
        person["today"] += just_today
        person["over"] += all_due - just_today
    for owner_id, number, all_due, just_today, name in connection.execute(_broken(len(days.groups)), values):
        person = _person(people, owner_id, name)
        person["broken"] += number
        person["today"] -= just_today
        person["over"] -= all_due - just_today
    listed = sorted((p for p in people.values() if p["over"] or p["broken"] or p["today"]),
                    key=lambda p: (-p["broken"] - p["over"], -p["today"], p["name"]))
    counted = [person for person in listed if not wish.owners or person["id"] in wish.owners]
    return {**{name: sum(person[name] for person in counted) for name in COUNTED}, "people": listed}


def ownerless_of(days: Days) -> int:
    """How many trips under way nobody takes care of."""
    return int(db.session.connection().scalar(_OWNERLESS, {"offices": list(days.by_office)}) or 0)


def colleagues_of(office_ids: Sequence[int]) -> list[tuple[int, str]]:
    """(id, name) of people who work in these offices and do steps, by name."""
    found = db.session.connection().execute(_COLLEAGUES, {"offices": list(office_ids)})
    return [(row.id, row.name) for row in found]


@lru_cache(maxsize=8)
def _due(groups: int) -> Select[Any]:
    """Per owner: rows with something due by today, and how many of them are due just today."""
    by_today = by_office(groups, lambda today: occasion.c.attention_on <= today)
    return _by_owner(func.count().label("due"), _just_today(groups), where=by_today)


@lru_cache(maxsize=8)
def _broken(groups: int) -> Select[Any]:
    """Per owner: broken rows, and how many of them were counted among those with something due."""
    by_today = by_office(groups, lambda today: occasion.c.attention_on <= today)
    return _by_owner(func.count().label("number"), func.count().filter(by_today).label("due"), _just_today(groups),
                     where=and_(IN_SIGHT, is_broken()))


def _just_today(groups: int) -> Any:
    today = by_office(groups, lambda today: occasion.c.attention_on == today)
    return func.count().filter(today).label("today")


def _by_owner(*sums: Any, where: ColumnElement[bool]) -> Select[Any]:
    found = select(occasion.c.owner_id, *sums).where(_STANDING, where).group_by(occasion.c.owner_id).subquery()
    return select(found, user.c.name).select_from(found.outerjoin(user, user.c.id == found.c.owner_id))


def _person(people: dict[int | None, dict[str, Any]], owner_id: int | None, name: str | None) -> dict[str, Any]:
    if owner_id not in people:
        people[owner_id] = {"id": owner_id, "name": name or "", "over": 0, "broken": 0, "today": 0}
    return people[owner_id]
