"""Who may handle a complaint, and whom it goes to."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select

from webapp.complaints.questions import may_work_with
from webapp.db import db
from webapp.kit.days import local_day, zone
from webapp.staff.calendars import substitutes_on
from webapp.staff.models import Office, User
from webapp.staff.rules import DIRECTOR, SERVICE


def can_handle(user_id: int | None, office_id: int) -> bool:
    """Whether this person works here, with complaints, and sees those of the office."""
    user = db.session.get(User, user_id) if user_id else None
    return user is not None and user.works_here and may_work_with(user) and office_id in user.office_ids


def owner_for(office: Office, manager_id: int | None, now: datetime, *, besides: Collection[int] = ()) -> int | None:
    """Customer service of the office, a director where it has none; somebody away is stood in for.

    The manager it is about only where nobody else is left, `besides` never; None: nobody at all.
    """
    never = {manager_id, *besides}
    service = [user.id for user in _people(SERVICE) if user.id not in never and _is_of(user, office.id)]
    person = next(iter(service), None) or director_of(office.id, besides=never)
    instead = substitutes_on(local_day(now, zone(office.timezone))).get(person or 0)
    if instead not in never and can_handle(instead, office.id):
        return instead
    return person or (manager_id if manager_id not in besides and can_handle(manager_id, office.id) else None)


def director_of(office_id: int, *, besides: Collection[int | None] = ()) -> int | None:
    """Who looks at a reopened complaint: a director of the office, else one of the whole network."""
    people = [user for user in _people(DIRECTOR) if user.id not in besides]
    own = [user.id for user in people if _is_of(user, office_id)]
    return next(iter([*own, *(user.id for user in people if user.is_network)]), None)


def _people(role: str) -> list[User]:
    return list(db.session.scalars(select(User).where(User.role == role, User.dismissed_at.is_(None))
                                   .order_by(User.id)))


def _is_of(user: User, office_id: int) -> bool:
    return office_id in [office.id for office in user.offices]
