"""One row of an agency's sheet: the trip it describes, and every problem with its cells."""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from webapp.batches.tables import Row
from webapp.kit import emails, phones
from webapp.kit.dates import BadDate, read_date
from webapp.kit.money import BadMoney, read_kopecks
from webapp.kit.names import PersonName, aside, read_name
from webapp.kit.phones import Phone
from webapp.kit.text import Cell, as_text, clean, match_key
from webapp.kit.words import N_
from webapp.trips.columns import FIELDS, STEPS, Columns
from webapp.trips.ticks import UnknownTick, read_tick

Mapped = Mapping[str, Sequence[int]]

REASONS: Mapping[str, str] = {
    "missing-name": N_("The client's name is missing."),
    "missing-date": N_("The date is missing."),
    "unreadable-date": N_("This is not a date that can be read."),
    "unlikely-date": N_("The year cannot be right."),
    "return-before-departure": N_("The return is before the departure."),
    "departure-before-purchase": N_("The departure is before the purchase."),
    "purchase-in-future": N_("The purchase date is still to come."),
    "bad-phone": N_("This is not a phone number. The trip is imported without it."),
    "bad-email": N_("This is not an e-mail address. The trip is imported without it."),
    "email-typo": N_("The e-mail address looks mistyped. It is imported as it is; please check it."),
    "bad-price": N_("This is not a price in rubles. The trip is imported without it."),
    "unknown-tick": N_("This is neither a tick nor a past date. The contact is not marked as done."),
    "missing-column": N_("The sheet has no such column. Choose the column that holds it."),
    "no-heading": N_("No row with headings was found. Choose the columns by hand."),
}
_DATE_FIELDS = ("purchase", "departure", "return_")
_LIST = re.compile(r"\s*[,;\n]\s*")
_LONGEST_VALUE = 200


@dataclass(frozen=True)
class Problem:
    """Something wrong with a cell. A `fatal` one keeps the row out; `hint` is what was probably meant."""

    line: int
    column: str
    value: str
    reason: str
    fatal: bool
    hint: str = ""


@dataclass(frozen=True)
class SheetTrip:
    """A trip as a row tells it. `ticks` are step codes done, `ticked_on` their days where a date stood for
    a tick.

    `leftovers` are texts no field could take, each with its heading: unread phones, unknown columns.
    `fingerprint` is the same for every spelling of the same client, dates and destination; `journey` leaves
    the client out.
    """

    line: int
    name: PersonName
    phones: tuple[Phone, ...]
    emails: tuple[str, ...]
    manager: str
    destination: str
    operator: str
    booking: str
    price_kopecks: int | None
    purchase: date
    departure: date
    return_: date
    ticks: frozenset[str]
    comment: str
    companions: tuple[str, ...] = ()
    ticked_on: Mapping[str, date] = field(default_factory=dict)
    leftovers: tuple[tuple[str, str], ...] = ()

    @cached_property
    def contacts(self) -> tuple[str, ...]:
        """Phones in E.164 and e-mail addresses: either is the sign of one person."""
        return tuple(p.e164 for p in self.phones) + self.emails

    @property
    def person_keys(self) -> tuple[str, ...]:
        """Keys under which this client may already be known, surest first: phone:…, email:…, name:…."""
        return (*(f"phone:{p.e164}" for p in self.phones), *(f"email:{e}" for e in self.emails),
                f"name:{self.name.key}")

    @cached_property
    def journey(self) -> str:
        """Dates and destination in one comparable text."""
        return "|".join((*(d.isoformat() for d in (self.purchase, self.departure, self.return_)),
                         match_key(self.destination)))

    @cached_property
    def fingerprint(self) -> str:
        """Identity of the row across files and spellings; a second import of it adds nothing."""
        return hashlib.sha256(f"{self.name.key}|{self.journey}".encode()).hexdigest()[:40]


def reason_text(code: str) -> str:
    """The English message id of a reason code, to be translated where it is shown."""
    return REASONS[code]


def read_row(row: Row, mapping: Mapped, columns: Columns, *,
             today: date) -> tuple[SheetTrip | None, list[Problem]]:
    """The trip of one row, or None when a fatal problem keeps it out; and all problems of the row
    (domain.md §1.5).

    Fatal: no name, any of the three dates missing or unreadable, dates out of order, purchase after today.
    """
    reader = _RowReader(row, mapping, columns, today)
    name = reader.name()
    dates = reader.dates()
    phones_, emails_ = reader.phones(), reader.emails()
    price, (ticks, ticked_on) = reader.price(), reader.ticks()
    if any(p.fatal for p in reader.problems) or len(dates) < len(_DATE_FIELDS):
        return None, reader.problems
    trip = SheetTrip(
        row.line, name, phones_, emails_, reader.text("manager"), reader.text("destination"),
        reader.text("operator"), reader.text("booking"), price, dates["purchase"], dates["departure"],
        dates["return_"], ticks, reader.comment(), reader.companions(), ticked_on, tuple(reader.leftovers()))
    return trip, reader.problems


class _RowReader:
    """Reads the fields of one row and collects what is wrong with them."""

    def __init__(self, row: Row, mapping: Mapped, columns: Columns, today: date) -> None:
        self.problems: list[Problem] = []
        self._row, self._mapping, self._columns, self._today = row, mapping, columns, today
        self._unread: list[tuple[str, str]] = []

    def name(self) -> PersonName:
        whole = self.text("client")
        parts = [self.text(f) for f in ("last_name", "first_name", "middle_name")]
        if parts[0] or (parts[1] and not whole):
            return PersonName(*(read_name(p).full if p else "" for p in parts))
        name = read_name(whole)
        if not name.full:
            column = "client" if self._mapping.get("client") else "last_name"
            self._complain(column, whole, "missing-name", fatal=True)
        if rest := aside(whole):
            self._unread.append((self._heading("client"), rest))
        return name

    def dates(self) -> dict[str, date]:
        found: dict[str, date] = {}
        for name in _DATE_FIELDS:
            cell = self._first(name)
            try:
                found[name] = read_date(cell)
            except BadDate as bad:
                self._complain(name, as_text(cell), bad.code, fatal=True)
        self._check_order(found.get("purchase"), found.get("departure"), found.get("return_"))
        return found

    def phones(self) -> tuple[Phone, ...]:
        found: dict[str, Phone] = {}
        for index, text in self._texts("phone"):
            numbers = phones.find(text)
            if not numbers and text.strip("-–— ."):
                self._complain("phone", text, "bad-phone", index=index)
                self._unread.append((self._columns.heading(index), clean(text)))
            for number in numbers:
                found.setdefault(number.e164, number)
        return tuple(found.values())

    def emails(self) -> tuple[str, ...]:
        found: dict[str, None] = {}
        for index, text in self._texts("email"):
            read = emails.find(text)
            for bad in read.bad:
                self._complain("email", bad, "bad-email", index=index, hint=emails.suggestion(bad) or "")
                self._unread.append((self._columns.heading(index), bad))
            for email in read.emails:
                if better := emails.suggestion(email.address):
                    self._complain("email", email.raw, "email-typo", index=index, hint=better)
                found.setdefault(email.address)
        return tuple(found)

    def price(self) -> int | None:
        cell = self._first("price")
        try:
            return read_kopecks(cell)
        except BadMoney:
            self._complain("price", as_text(cell), "bad-price")
            self._unread.append((self._heading("price"), clean(as_text(cell))))
            return None

    def ticks(self) -> tuple[frozenset[str], dict[str, date]]:
        done: set[str] = set()
        days: dict[str, date] = {}
        for step in STEPS:
            for index in self._mapping.get(step, ()):
                cell = self._row.cell(index)
                try:
                    tick = read_tick(cell, today=self._today)
                except UnknownTick:
                    self._complain(step, as_text(cell), "unknown-tick", index=index)
                    self._unread.append((self._columns.heading(index), clean(as_text(cell))))
                    continue
                if tick:
                    done.add(step)
                if isinstance(tick, date):
                    days[step] = tick
        return frozenset(done), days

    def text(self, name: str) -> str:
        """The text of a field; several columns of one field are joined («Турция», «Кемер»)."""
        return ", ".join(dict.fromkeys(clean(t) for _, t in self._texts(name)))

    def comment(self) -> str:
        return "\n".join(clean(t, keep_lines=True) for _, t in self._texts("comment"))

    def companions(self) -> tuple[str, ...]:
        cells = (clean(text, keep_lines=True) for _, text in self._texts("companions"))
        return tuple(dict.fromkeys(clean(name) for cell in cells for name in _LIST.split(cell) if name))

    def leftovers(self) -> Iterator[tuple[str, str]]:
        """What no field took: cells that could not be read, and columns nobody knows."""
        yield from self._unread
        used = {i for indexes in self._mapping.values() for i in indexes}
        for index, cell in enumerate(self._row.cells):
            if index not in used and (text := clean(as_text(cell), keep_lines=True)):
                yield self._columns.heading(index), text

    def _check_order(self, purchase: date | None, departure: date | None, return_: date | None) -> None:
        wrong = {
            "purchase-in-future": ("purchase", bool(purchase and purchase > self._today)),
            "departure-before-purchase": ("departure", bool(purchase and departure and departure < purchase)),
            "return-before-departure": ("return_", bool(departure and return_ and return_ < departure)),
        }
        for reason, (name, is_so) in wrong.items():
            if is_so:
                self._complain(name, as_text(self._first(name)), reason, fatal=True)

    def _texts(self, name: str) -> Iterator[tuple[int, str]]:
        for index in self._mapping.get(name, ()):
            if (text := as_text(self._row.cell(index))).strip():
                yield index, text

    def _first(self, name: str) -> Cell:
        indexes = self._mapping.get(name, ())
        return self._row.cell(indexes[0]) if indexes else None

    def _heading(self, name: str) -> str:
        indexes = self._mapping.get(name, ())
        return self._columns.heading(indexes[0]) if indexes else FIELDS[name]

    def _complain(self, name: str, value: str, reason: str, *, fatal: bool = False, index: int | None = None,
                  hint: str = "") -> None:
        column = self._heading(name) if index is None else self._columns.heading(index)
        self.problems.append(
            Problem(self._row.line, column, clean(value)[:_LONGEST_VALUE], reason, fatal, hint))
