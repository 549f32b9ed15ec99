"""Which colleague a name in a sheet or a booking system means: any order, initials, or only a first name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from webapp.db import db
from webapp.kit.names import PersonName, may_be_same, read_name
from webapp.kit.text import match_key
from webapp.staff.models import User, UserOffice
from webapp.staff.rules import ADMIN, MANAGER


@dataclass(frozen=True)
class Colleague:
    """Somebody who sells in the office."""

    id: int
    name: str
    email: str
    role: str


class Sellers:
    """The colleagues of one office; those who left or only administer are nobody's sellers.

    `chosen` says whom a name means (its match_key → id, 0 for nobody) and goes before what the name itself tells; a
    colleague who has left since is no longer meant.
    """

    def __init__(self, colleagues: Sequence[Colleague], chosen: Mapping[str, int] | None = None) -> None:
        self.colleagues = colleagues
        self._people = [(read_name(c.name), c) for c in colleagues]
        by_id = {c.id: c for c in colleagues}
        self._known = {key: by_id.get(number) for key, number in (chosen or {}).items()
                       if not number or number in by_id}

    def find(self, text: str) -> Colleague | None:
        """Whom the text means; None for nobody, and for two who may both be meant."""
        key = match_key(text)
        if key not in self._known:
            self._known[key] = self.recognise(text)
        return self._known[key]

    def recognise(self, text: str) -> Colleague | None:
        """Whom the text means by itself, whatever was chosen for it."""
        key = match_key(text)
        if not key:
            return None
        by_mail = [c for _, c in self._people if c.email == text.strip().lower()]
        name = read_name(text)
        same = [c for n, c in self._people if n.key == key or n.key == name.key]
        return _one(by_mail) or _one(same) or _one([c for n, c in self._people if _may_mean(name, n)])


def sellers_of(office_id: int, chosen: Mapping[str, int] | None = None) -> Sellers:
    """The sellers of an office as they are now; `chosen` as in Sellers."""
    query = (select(User.id, User.name, User.email, User.role).join(UserOffice, UserOffice.user_id == User.id)
             .where(UserOffice.office_id == office_id, User.dismissed_at.is_(None), User.role != ADMIN)
             .order_by(User.id))
    return Sellers([Colleague(*row) for row in db.session.execute(query)], chosen)


def _may_mean(typed: PersonName, name: PersonName) -> bool:
    words = typed.key.split()
    if len(words) == 1:
        # «Ольга», «Соколова»: one word is a first name or a surname.
        return words[0] in (match_key(name.first), match_key(name.last))
    return may_be_same(typed, name)


def _one(found: Sequence[Colleague]) -> Colleague | None:
    """The only one, or the only manager among several."""
    if len(found) > 1:
        found = [c for c in found if c.role == MANAGER]
    return found[0] if len(found) == 1 else None
