"""The sheet an agency already keeps, row by row: trips, what is wrong with the other rows, and repeats."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeVar

from webapp.batches.tables import Row, Table
from webapp.kit.names import may_be_same
from webapp.kit.phones import Phone
from webapp.kit.text import as_text, clean, match_key
from webapp.trips.columns import FIELDS, STEPS, Columns, guess_columns, missing
from webapp.trips.sheetrow import Problem, SheetTrip, read_row
from webapp.trips.ticks import UnknownTick, read_tick

__all__ = ["Problem", "Reading", "Repeat", "SheetTrip", "read_sheet", "same_person"]

T = TypeVar("T")
_TOTALS = ("итог", "всего", "total", "subtotal", "grand total", "промежуточн", "сумма", "средн")
_MONTHS = frozenset((
    "январь", "февраль", "март", "апрель", "май", "июнь", "июль", "август", "сентябрь", "октябрь", "ноябрь",
    "декабрь", "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december"))
# People of one journey who share a phone: a family, hardly more.
_ONE_CONTACT = 20
_SUMS = ("=sum", "=сумм", "=subtotal", "=промежуточные")
_DATES = ("purchase", "departure", "return_")


@dataclass(frozen=True)
class Repeat:
    """A row that says again what an earlier row says; whatever more it knows is added to that row's trip."""

    line: int
    first_line: int


@dataclass(frozen=True)
class Reading:
    """What a sheet would become. Lines are numbered as a spreadsheet shows them.

    `rows` counts rows with data: each is a trip, a repeat, or bad. `blank`, `totals` (totals, month titles
    and repeated headings) are what was passed over.
    """

    columns: Columns
    mapping: Mapping[str, Sequence[int]]
    trips: list[SheetTrip]
    problems: list[Problem]
    repeats: list[Repeat]
    bad: list[Row]
    rows: int
    blank: int
    totals: int
    sheet: str = ""

    def reasons(self, line: int) -> list[Problem]:
        """The problems of one row, those that kept it out first."""
        return sorted((p for p in self.problems if p.line == line), key=lambda p: not p.fatal)


def read_sheet(table: Table, *, today: date, mapping: Mapping[str, Sequence[int]] | None = None) -> Reading:
    """Read every row below the heading row (domain.md §1.5); `mapping` (field → column indexes) overrides
    the guess.

    A row becomes a trip unless a problem with `fatal` stops it; `today` is the office's today. Without a
    heading row or a required column nothing is taken, one problem says so, and every row counts as bad.
    """
    columns = guess_columns(table.rows)
    mapping = columns.mapping if mapping is None else {f: list(i) for f, i in mapping.items() if i}
    below = [row for row in table.rows if row.line > columns.heading_line]
    kinds = [(row, _kind(row, mapping, columns, today)) for row in below]
    data = [row for row, kind in kinds if kind == "data"]
    blank, totals = (sum(kind == wanted for _, kind in kinds) for wanted in ("blank", "totals"))
    lacking = missing(mapping)
    if lacking:
        code = "missing-column" if columns.heading_line else "no-heading"
        problems = [Problem(columns.heading_line or 1, FIELDS[f] if f else "", "", code, True)
                    for f in (lacking if columns.heading_line else ("",))]
        return Reading(columns, mapping, [], problems, [], data, len(data), blank, totals, table.sheet)
    trips, problems, repeats, bad = _take(data, mapping, columns, today)
    return Reading(columns, mapping, trips, problems, repeats, bad, len(data), blank, totals, table.sheet)


def same_person(one: SheetTrip, other: SheetTrip) -> bool:
    """Are these two rows about one client? A shared phone or e-mail and names that fit, or the same full
    name.

    Equal surnames and first names without a patronymic are one person only while no contacts speak against
    it.
    """
    mine, theirs = set(one.contacts), set(other.contacts)
    if mine & theirs:
        return may_be_same(one.name, other.name)
    return one.name.key == other.name.key and (bool(one.name.middle) or not mine or not theirs)


def _take(data: Iterable[Row], mapping: Mapping[str, Sequence[int]], columns: Columns,
          today: date) -> tuple[list[SheetTrip], list[Problem], list[Repeat], list[Row]]:
    told: list[list[SheetTrip]] = []
    problems: list[Problem] = []
    repeats: list[Repeat] = []
    bad: list[Row] = []
    known: dict[str, list[int]] = {}
    for row in data:
        trip, found = read_row(row, mapping, columns, today=today)
        problems += found
        if trip is None:
            bad.append(row)
            continue
        place = _place_of(trip, known, told)
        if place is None:
            place = len(told)
            told.append([trip])
        else:
            repeats.append(Repeat(trip.line, told[place][0].line))
            told[place].append(trip)
        for mark in _marks(trip):
            places = known.setdefault(mark, [])
            if place not in places and len(places) < _ONE_CONTACT:
                places.append(place)
    return [_joined(same) if len(same) > 1 else same[0] for same in told], problems, repeats, bad


def _place_of(trip: SheetTrip, known: Mapping[str, list[int]], told: Sequence[Sequence[SheetTrip]]) -> int | None:
    """Where the same trip stands already: the same fingerprint, or one person under another spelling of the name."""
    fingerprint, *contacts = _marks(trip)
    if fingerprint in known:
        return known[fingerprint][0]
    places = dict.fromkeys(place for mark in contacts for place in known.get(mark, ()))
    return next((p for p in places if may_be_same(told[p][0].name, trip.name)), None)


def _marks(trip: SheetTrip) -> list[str]:
    """What tells this trip from others: its fingerprint, then its journey with each contact of the client."""
    return [trip.fingerprint, *(f"{trip.journey}|{contact}" for contact in trip.contacts)]


def _joined(same: Sequence[SheetTrip]) -> SheetTrip:
    """The first row with whatever more its repeats know: nothing that was typed is lost."""
    first = same[0]
    numbers: dict[str, Phone] = {}
    for phone in (p for trip in same for p in trip.phones):
        numbers.setdefault(phone.e164, phone)
    return replace(
        first, phones=tuple(numbers.values()), emails=_each_once(trip.emails for trip in same),
        manager=_first_of(trip.manager for trip in same), operator=_first_of(trip.operator for trip in same),
        booking=_first_of(trip.booking for trip in same), ticks=frozenset().union(*(trip.ticks for trip in same)),
        price_kopecks=next((t.price_kopecks for t in same if t.price_kopecks is not None), None),
        ticked_on={step: day for trip in reversed(same) for step, day in trip.ticked_on.items()},
        comment="\n".join(_each_once([trip.comment] for trip in same if trip.comment)),
        companions=_each_once(trip.companions for trip in same), leftovers=_each_once(trip.leftovers for trip in same))


def _each_once(groups: Iterable[Iterable[T]]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(item for group in groups for item in group))


def _first_of(texts: Iterable[str]) -> str:
    return next(filter(None, texts), "")


def _kind(row: Row, mapping: Mapping[str, Sequence[int]], columns: Columns, today: date) -> str:
    """What a row below the heading is: "data", "blank" (also rows of empty tick boxes), or "totals"."""
    told = _told(row, mapping, today)
    if not told:
        return "blank"
    if _is_heading_again(row, columns):
        return "totals"
    if any(told.get(i) for f in _DATES for i in mapping.get(f, ())):
        return "data"
    words = [match_key(t) for t in told.values()]
    if any(t.lower().startswith(_SUMS) for t in told.values()):
        return "totals"
    if any(w.startswith(_TOTALS) for w in words) or set(told) <= set(mapping.get("price", ())):
        return "totals"
    return "totals" if len(words) == 1 and _is_month(words[0]) else "data"


def _is_month(words: str) -> bool:
    """«Ноябрь 2026 г.»: the title of a month's rows."""
    month, *rest = words.split() or [""]
    return month in _MONTHS and all(word.isdigit() or word in ("г", "год") for word in rest)


def _told(row: Row, mapping: Mapping[str, Sequence[int]], today: date) -> dict[int, str]:
    """Cells that say something: not the running number, not an empty tick box, not the reason of an
    earlier import."""
    silent = {i for f in ("number", "reason") for i in mapping.get(f, ())}
    boxes = {i for f, indexes in mapping.items() if f in STEPS for i in indexes}
    told = {}
    for i, cell in enumerate(row.cells):
        text = clean(as_text(cell))
        unticked = cell is False or (i in boxes and not _is_ticked(row, i, today))
        if text and i not in silent and not unticked:
            told[i] = text
    return told


def _is_ticked(row: Row, index: int, today: date) -> bool:
    try:
        return bool(read_tick(row.cell(index), today=today))
    except UnknownTick:
        return True


def _is_heading_again(row: Row, columns: Columns) -> bool:
    """A heading printed once more on every page."""
    headings = [g for g in columns.guesses if g.heading]
    same = sum(as_text(row.cell(g.index)).strip() == g.heading for g in headings)
    return len(headings) > 1 and same >= 2 and same * 2 >= len(headings)
