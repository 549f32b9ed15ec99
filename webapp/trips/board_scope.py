"""Whose rows the board shows: today in every office of a person, and what the filters ask for."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import select

from webapp.db import db
from webapp.kit.days import local_day, zone
from webapp.staff.models import Office, User


@dataclass(frozen=True)
class Days:
    """Today in every office of the person: most often one date, two while midnight wanders across the zones."""

    by_office: dict[int, date]
    zones: dict[int, str]
    now: datetime

    @property
    def groups(self) -> dict[date, list[int]]:
        """Office ids by their present date."""
        found: dict[date, list[int]] = {}
        for office_id, day in self.by_office.items():
            found.setdefault(day, []).append(office_id)
        return found

    def of(self, office_id: int | None) -> "Days":
        """The same for one office only; all of them when it is None or a stranger's."""
        if office_id not in self.by_office:
            return self
        return replace(self, by_office={office_id: self.by_office[office_id]})


@dataclass(frozen=True)
class Wish:
    """What the filters in the address ask for."""

    show: str = "all"
    owners: frozenset[int] = frozenset()
    office_id: int | None = None
    text: str = ""
    clients: tuple[int, ...] = ()


def days_of(user: User, now: datetime) -> Days:
    """Today in each office this person sees."""
    if user.is_network:
        zones = {row.id: row.timezone for row in db.session.execute(select(Office.id, Office.timezone))}
    else:
        zones = {office.id: office.timezone for office in user.offices}
    return Days({i: local_day(now, zone(name)) for i, name in zones.items()}, zones, now)
