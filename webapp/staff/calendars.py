"""Working days of offices, their today, and who works instead of somebody away."""

from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any

from flask import g, has_app_context, has_request_context
from sqlalchemy import select

from webapp.db import db
from webapp.kit import days
from webapp.kit.workdays import Hours, WorkingDays, public_holidays
from webapp.staff import lists
from webapp.staff.models import DayOff, Office, User
from webapp.staff.rules import substitutes


def calendar_of(office: Office) -> WorkingDays:
    """When people work in `office`: weekly hours, public holidays, own days off; read once per request."""
    return calendars_of([office])[office.id]


def calendars_of(offices: Iterable[Office]) -> dict[int, WorkingDays]:
    """Calendars of several offices by id, with one query for all that are not known yet."""
    known = _known()
    missing = {office.id: office for office in offices if office.id not in known}
    if missing:
        exceptions: dict[int, list[DayOff]] = {office_id: [] for office_id in missing}
        for row in db.session.scalars(select(DayOff).where(DayOff.office_id.in_(missing))):
            exceptions[row.office_id].append(row)
        for office_id, office in missing.items():
            known[office_id] = _calendar(office, exceptions[office_id])
    return known


def forget(office: Office) -> None:
    """The office changed: its calendar is read anew when next asked."""
    _known().pop(office.id, None)


def today_of(office: Office, now: datetime) -> date:
    """The calendar day in the office's zone at the moment `now`."""
    return days.local_day(now, days.zone(office.timezone))


def substitute_of(user: User, day: date) -> User | None:
    """Who works instead of `user` on `day`; None when the user is at work, or nobody could be found."""
    person = substitutes_on(day).get(user.id)
    return db.session.get(User, person) if person else None


def substitutes_on(day: date) -> dict[int, int]:
    """Who works instead of whom on `day`, by ids: chains followed to somebody at work, circles left out.

    Read once per request: several numbers of the bar ask.
    """
    known: dict[date, dict[int, int]] = g.setdefault("staff_substitutes", {}) if has_request_context() else {}
    if day not in known:
        known[day] = at_work_instead(lists.away_on(day))
    return known[day]


def forget_substitutes() -> None:
    """Somebody comes, goes or is away: who works instead of whom is read anew when next asked."""
    if has_request_context():
        g.pop("staff_substitutes", None)


def at_work_instead(away: dict[int, int]) -> dict[int, int]:
    """The same for absences already read (person → substitute); dismissed people stand in for nobody."""
    if not away:
        return {}
    query = select(User.id).where(User.id.in_(away.values()), User.dismissed_at.is_not(None))
    return substitutes(away, set(db.session.scalars(query)))


def colleagues(office: Office) -> list[User]:
    """People who work in `office` now, by name."""
    return lists.colleagues(office)


def _known() -> dict[int, WorkingDays]:
    if not has_app_context():
        return {}
    if "staff_calendars" not in g:
        g.staff_calendars = {}
    return g.staff_calendars


def _calendar(office: Office, exceptions: list[DayOff]) -> WorkingDays:
    return WorkingDays(week=tuple(_hours(office.hours.get(str(day))) for day in range(7)),
                       holidays=public_holidays(office.country),
                       days_off=frozenset(row.day for row in exceptions if not row.working),
                       days_on=frozenset(row.day for row in exceptions if row.working))


def _hours(pair: Any) -> Hours | None:
    return (time.fromisoformat(pair[0]), time.fromisoformat(pair[1])) if pair else None
