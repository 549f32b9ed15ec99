"""What the public form of complaints takes: a contact in any spelling, the trip in the client's words, limits. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from webapp.kit import emails, phones
from webapp.kit.text import match_key

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FORMS_AN_HOUR = 10
"""Complaints from one address of the network; an office or a village may share one."""
FORMS_A_DAY = 5
"""Complaints that give the same phone or e-mail."""
FILES_AN_HOUR = 60
"""Files from one address of the network."""
BYTES_AN_HOUR = 150 * 1024 * 1024
"""The same in bytes, as they are kept: sixty photos are a third of it."""
BYTES_A_DAY = 3 * 1024 * 1024 * 1024
"""Of all who may write without a login, whatever addresses they have: nobody fills the disk. Words are still taken."""
MOST_FILES = 10
"""In one form, or added at once."""
MOST_IN_ALL = 40
"""Of one complaint, however often somebody adds to it."""
MOST_EACH = 10 * 1024 * 1024
MOST_BODY = 64 * 1024 * 1024
"""A larger request is not read at all; within it, whatever is too heavy is named, and what was typed stays."""
KEPT = timedelta(hours=6)
"""Files of a form that nobody has sent."""
ENTRY_KEPT = timedelta(days=365)
"""The key of a form, as long as the link that follows from it."""
KEY = re.compile(r"[\w-]{20,64}", re.ASCII)
"""A key that was made by the form: nobody else's can be met by chance."""
_LONG_AGO = timedelta(days=400)
_STEM = 4


class BadContact(ValueError):
    """Nobody can be answered there; `code`: "nothing", "phone", "email"."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Contact:
    """Where the answer goes: a phone in E.164 or an address, the other is ""."""

    phone: str = ""
    email: str = ""

    @property
    def value(self) -> str:
        """Whichever it is."""
        return self.phone or self.email


@dataclass(frozen=True)
class Went:
    """A trip of a client as far as words may mean it."""

    id: int
    destination: str
    departure_on: date
    return_on: date


def read_contact(typed: str) -> Contact:
    """A phone or an e-mail in any common spelling; says nothing of whether we know it. Raises BadContact."""
    typed = typed.strip()[:200]
    if not typed:
        raise BadContact("nothing")
    if "@" in typed:
        address = emails.normalise(typed)
        if address is None:
            raise BadContact("email")
        return Contact(email=address)
    phone = phones.normalise(typed)
    if phone is None:
        raise BadContact("phone")
    return Contact(phone=phone)


def meant_trip(words: str, trips: Iterable[Went], today: date) -> int | None:
    """The one trip of late that the words name by its destination; None when none or several could be meant."""
    said = {word[:_STEM] for word in _words(words)}
    found = [trip.id for trip in trips if trip.departure_on <= today and trip.return_on >= today - _LONG_AGO
             and said & {word[:_STEM] for word in _words(trip.destination)}]
    return found[0] if len(found) == 1 else None


def same_name(typed: str, names: Iterable[str]) -> int:
    """How many words of a typed name are among `names`: of a family with one phone, the one who writes."""
    return len(set(_words(typed)) & {word for name in names for word in _words(name)})


def _words(text: str) -> list[str]:
    return [word for word in re.findall(r"[^\W\d_]+", match_key(text)) if len(word) > 2]
