"""Who does a step: the seller, somebody else, customer service; and for whom a person stands in."""

from datetime import date

from sqlalchemy import select

from webapp.db import db
from webapp.staff.calendars import substitutes_on
from webapp.staff.models import User, UserOffice
from webapp.staff.rules import MANAGER, SERVICE


def performer_for(performer: str, office_id: int, owner_id: int | None) -> int | None:
    """User id for a step's performer (`domain.md` §1.1); None for automatic steps and where nobody fits."""
    if performer == "auto":
        return None
    if performer == "seller":
        return owner_id
    staff = _staff_of(office_id)
    service = [user_id for user_id, role in staff if role == SERVICE and user_id != owner_id]
    if service:
        return service[0]
    others = [user_id for user_id, role in staff if role == MANAGER and user_id != owner_id]
    return others[0] if others and performer == "not_seller" else owner_id


def _staff_of(office_id: int) -> list[tuple[int, str]]:
    query = (select(User.id, User.role).join(UserOffice, UserOffice.user_id == User.id)
             .where(UserOffice.office_id == office_id, User.dismissed_at.is_(None)).order_by(User.id))
    return [(row.id, row.role) for row in db.session.execute(query)]


def stands_in_for(user_id: int, day: date) -> frozenset[int]:
    """The person and everybody whose substitute the person is on `day`, through chains of absences."""
    return frozenset({user_id} | {away for away, person in substitutes_on(day).items() if person == user_id})
