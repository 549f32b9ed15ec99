"""Current control: how complete the contacts of buyers are (clients with a trip that stands), and who lacks what."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, String, and_, cast, func, or_, select

from webapp.clients.models import Client, Consent, Email, Phone
from webapp.db import db
from webapp.kit.shares import per_cent
from webapp.staff.models import User
from webapp.touches.models import Touch
from webapp.trips.models import Trip

FACTS = ("phone", "email", "birthday", "news", "next_trip", "preferences", "passport")


@dataclass(frozen=True)
class Completeness:
    """How many buyers there are, and of how many each fact is known."""

    buyers: int
    known: dict[str, int]

    def share(self, fact: str) -> int | None:
        """Per cent; None without buyers."""
        return per_cent(self.known[fact], self.buyers)


@dataclass(frozen=True)
class Lacking:
    """A buyer who lacks something: id, name, manager, and the day of the last return."""

    client_id: int
    name: str
    manager: str
    last_trip: date | None


def completeness(office_ids: Collection[int], today: date) -> Completeness:
    """Counted in one statement: a number per fact, whole sets at a time."""
    buyers = _buyers(office_ids)
    numbers = [select(func.count()).select_from(buyers.subquery()).scalar_subquery()]
    numbers += [select(func.count()).select_from(buyers.where(_known(fact, today)).subquery()).scalar_subquery()
                for fact in FACTS]
    row: Any = db.session.execute(select(*numbers)).one()
    return Completeness(int(row[0]), dict(zip(FACTS, (int(number) for number in row[1:]), strict=True)))


def lacking(fact: str, office_ids: Collection[int], today: date, limit: int,
            manager_id: int | None = None) -> list[Lacking]:
    """Buyers of whom this is not known, whoever came back last first; in one statement."""
    newest = (select(Trip.client_id, func.max(Trip.return_on).label("last_on")).where(Trip.cancelled_at.is_(None))
              .group_by(Trip.client_id).subquery())
    query = (select(Client.id, Client.last_name, Client.first_name, User.name, newest.c.last_on)
             .join(newest, newest.c.client_id == Client.id).outerjoin(User, User.id == Client.manager_id)
             .where(Client.id.in_(_buyers(office_ids)), ~_known(fact, today))
             .order_by(newest.c.last_on.desc(), Client.id).limit(limit))
    if manager_id is not None:
        query = query.where(Client.manager_id == manager_id)
    return [Lacking(row.id, f"{row.last_name} {row.first_name}".strip(), row.name or "", row.last_on)
            for row in db.session.execute(query)]


def _buyers(office_ids: Collection[int]) -> Any:
    return select(Client.id).where(
        Client.office_id.in_(office_ids), Client.erased_at.is_(None),
        Client.id.in_(select(Trip.client_id).where(Trip.cancelled_at.is_(None))))


def _known(fact: str, today: date) -> ColumnElement[bool]:
    known: dict[str, Any] = {
        "phone": Client.id.in_(select(Phone.client_id).where(Phone.broken_at.is_(None))),
        "email": Client.id.in_(select(Email.client_id).where(Email.broken_at.is_(None))),
        "birthday": Client.birthday.is_not(None),
        "news": Client.id.in_(select(Consent.client_id).where(Consent.marketing, Consent.stopped.is_(False))),
        "next_trip": or_(
            Client.id.in_(select(Trip.client_id).where(Trip.cancelled_at.is_(None), Trip.departure_on > today)),
            Client.id.in_(select(Touch.client_id).where(and_(
                Touch.status == "planned", Touch.step_code.startswith("planned_trip:", autoescape=True))))),
        "preferences": func.length(cast(Client.preferences, String)) > len("{}"),
        "passport": Client.passport_until >= today,
    }
    # What is unknown to the database (no passport) is not known to us either.
    return func.coalesce(known[fact], False)
