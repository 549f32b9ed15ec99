"""What rows of a sheet become in one office: a new trip of a known or new client, or nothing new. Reads only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from webapp.staff.models import Office
from webapp.trips.known import People, Person
from webapp.trips.sellers import Colleague, Sellers, sellers_of
from webapp.trips.sheetrow import SheetTrip

NEW, REPEAT = "new", "repeat"


@dataclass(frozen=True)
class Decision:
    """What one row becomes. `contacts` are those the client did not have; `repeat_sale` is for letters."""

    row: SheetTrip
    outcome: str
    person: Person
    seller: Colleague | None = None
    contacts: tuple[str, ...] = ()
    repeat_sale: bool = False
    makes_client: bool = False

    @property
    def done(self) -> dict[str, date | None]:
        """Steps ticked in the sheet, with their day where a date stood for the tick."""
        return {code: self.row.ticked_on.get(code) for code in sorted(self.row.ticks)}


class Intake:
    """Decides rows in order. One that is kept for a whole file sees its own earlier rows, as a dry run must."""

    def __init__(self, office: Office, sellers: Sellers | None = None) -> None:
        self.office = office
        self.sellers = sellers or sellers_of(office.id)
        self._people = People(office.id)

    def decide(self, rows: Sequence[SheetTrip]) -> list[Decision]:
        """One decision for each row; nothing is written."""
        self._people.load(rows)
        return [self._decide(row) for row in rows]

    def _decide(self, row: SheetTrip) -> Decision:
        person = self._people.find(row)
        if self._people.is_imported(row) or (person is not None and row.journey in person.journeys):
            return Decision(row, REPEAT, person or Person(row.name))
        makes_client = person is None
        person = person or self._people.add(row)
        contacts, repeat_sale = self._people.remember(person, row)
        return Decision(row, NEW, person, self.sellers.find(row.manager), tuple(contacts), repeat_sale, makes_client)
