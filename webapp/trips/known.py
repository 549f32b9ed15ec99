"""Who in an office is already known: the client of a row, found by contacts and name, and the trips they have."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import permutations
from typing import Any

from sqlalchemy import or_, select

from webapp.clients.models import Client, Email, Phone
from webapp.db import db
from webapp.kit.names import PersonName, may_be_same
from webapp.kit.text import match_key
from webapp.trips.models import Trip
from webapp.trips.sheetrow import SheetTrip

_MOST_WORDS = 4


@dataclass(eq=False)
class Person:
    """A client as matching sees one; `id` is 0 while the row that makes the client is not saved yet."""

    name: PersonName
    id: int = 0
    contacts: set[str] = field(default_factory=set)
    purchases: list[date] = field(default_factory=list)
    journeys: set[str] = field(default_factory=set)
    manager_id: int | None = None
    timezone: str = ""

    @property
    def is_new(self) -> bool:
        """Is the client made by this import?"""
        return not self.id


class People:
    """Clients of one office that rows may be about. Rows are looked up in lots, never one by one."""

    def __init__(self, office_id: int) -> None:
        self._office_id = office_id
        self._by_id: dict[int, Person] = {}
        self._by_contact: defaultdict[str, list[Person]] = defaultdict(list)
        self._by_name: defaultdict[str, list[Person]] = defaultdict(list)
        self._imported: set[str] = set()

    def load(self, rows: Sequence[SheetTrip]) -> None:
        """Read the clients and trips these rows may be about."""
        self._imported |= set(db.session.scalars(select(Trip.fingerprint).where(
            Trip.office_id == self._office_id, Trip.fingerprint.in_([row.fingerprint for row in rows]))))
        found = self._clients(rows)
        if found:
            self._read_contacts(found)
            self._read_trips(found)
        for person in found.values():
            self._index(person, person.contacts)
        self._by_id |= found

    def is_imported(self, row: SheetTrip) -> bool:
        """Has this row become a trip before, whoever the client is now?"""
        return row.fingerprint in self._imported

    def find(self, row: SheetTrip) -> Person | None:
        """The client of a row: a shared phone or e-mail and a name that fits, else the same full name.

        A full name without a patronymic is enough only while no contact speaks against it.
        """
        sharing = {id(p): p for c in row.contacts for p in self._by_contact.get(c, ())}.values()
        fitting = [p for p in sharing if may_be_same(p.name, row.name)]
        if fitting:
            return min(fitting, key=lambda p: (p.name.key != row.name.key, p.is_new, p.id))
        mine = bool(row.contacts)
        alike = [p for p in self._by_name.get(row.name.key, ())
                 if row.name.middle or not mine or not p.contacts]
        return min(alike, key=lambda p: (p.is_new, p.id), default=None)

    def add(self, row: SheetTrip) -> Person:
        """A client that the row makes."""
        person = Person(row.name)
        self._index(person, row.contacts)
        return person

    def remember(self, person: Person, row: SheetTrip) -> tuple[list[str], bool]:
        """The row is about `person`: gives contacts that are new for the client, and whether this is a repeat sale."""
        fresh = [c for c in row.contacts if c not in person.contacts]
        person.contacts |= set(fresh)
        for contact in fresh:
            if person not in self._by_contact[contact]:
                self._by_contact[contact].append(person)
        bought_before = any(day < row.purchase for day in person.purchases)
        person.purchases.append(row.purchase)
        person.journeys.add(row.journey)
        self._imported.add(row.fingerprint)
        return fresh, bought_before

    def _clients(self, rows: Sequence[SheetTrip]) -> dict[int, Person]:
        """Clients of the office with one of these contacts or names, that are not known yet."""
        contacts = {c for row in rows for c in row.contacts}
        keys = {key for row in rows for key in _name_keys(row.name)}
        columns = (Client.id, Client.last_name, Client.first_name, Client.middle_name, Client.manager_id,
                   Client.timezone)
        query = select(*columns).where(Client.office_id == self._office_id, or_(
            Client.name_key.in_(keys),
            Client.id.in_(select(Phone.client_id).where(Phone.e164.in_(contacts))),
            Client.id.in_(select(Email.client_id).where(Email.address.in_(contacts)))))
        return {row.id: Person(PersonName(row.last_name, row.first_name, row.middle_name), row.id,
                               manager_id=row.manager_id, timezone=row.timezone)
                for row in db.session.execute(query) if row.id not in self._by_id}

    def _read_contacts(self, found: dict[int, Person]) -> None:
        for client_id, value in _rows(select(Phone.client_id, Phone.e164).where(Phone.client_id.in_(found))):
            found[client_id].contacts.add(value)
        for client_id, value in _rows(select(Email.client_id, Email.address).where(Email.client_id.in_(found))):
            found[client_id].contacts.add(value)

    def _read_trips(self, found: dict[int, Person]) -> None:
        query = select(Trip.client_id, Trip.purchase_on, Trip.departure_on, Trip.return_on, Trip.destination).where(
            Trip.client_id.in_(found), Trip.cancelled_at.is_(None))
        for client_id, purchase, departure, back, destination in _rows(query):
            person = found[client_id]
            person.purchases.append(purchase)
            person.journeys.add("|".join((purchase.isoformat(), departure.isoformat(), back.isoformat(),
                                          match_key(destination))))

    def _index(self, person: Person, contacts: Iterable[str]) -> None:
        self._by_name[person.name.key].append(person)
        for contact in contacts:
            self._by_contact[contact].append(person)


def _name_keys(name: PersonName) -> set[str]:
    """Every order in which the name may stand in a client's row."""
    words = name.key.split()
    if len(words) > _MOST_WORDS:
        return {match_key(name.full)}
    return {" ".join(order) for order in permutations(words)}


def _rows(query: Any) -> Iterable[Any]:
    return db.session.execute(query).all()
