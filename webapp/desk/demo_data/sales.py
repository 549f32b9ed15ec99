"""Which trips the demo has: how many in every stage of the journey, counted in days from today."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from webapp.desk.demo_data import routes
from webapp.desk.demo_data.agency import MAIN, URAL
from webapp.desk.demo_data.people import companions
from webapp.trips.actions import TripData

FAILS, SILENT, STOPPED, CANCELLED = "fails", "silent", "stopped", "cancelled"
"""What happens to a trip: its reminder is refused, an SMS gets no answer, letters are stopped too long, it is off."""

GRAND = {37: 742_000_00}
"""A journey so dear that it alone leads to the highest level of the club; kopecks."""


@dataclass(frozen=True)
class Stage:
    """`count` trips in one stage. Days from today; `back` or `away` run evenly from the first to the second number.

    The fixed end is the return when `back` is given, else the departure; `bought` days before the departure.
    """

    count: int
    away: tuple[int, int] | None = None
    back: tuple[int, int] | None = None
    bought: tuple[int, int] = (12, 45)


STAGES = (
    Stage(13, back=(-46, -24), bought=(10, 34)),
    Stage(14, back=(-22, -12), bought=(8, 30)),
    Stage(30, back=(-11, -2), bought=(8, 30)),
    Stage(6, back=(-1, 0), bought=(9, 28)),
    Stage(24, away=(-6, -1), bought=(7, 30)),
    Stage(3, away=(0, 0), bought=(9, 30)),
    Stage(5, away=(1, 1), bought=(2, 25)),
    Stage(18, away=(2, 14), bought=(5, 30)),
    Stage(12, away=(9, 60), bought=(-1, 0)),
    Stage(32, away=(16, 130), bought=(-1, 0)),
)
JUST_SOLD, LONG_BEFORE = 8, 9
REPEAT_FROM = 125
"""From this number on clients of the first trips buy again."""
SPECIAL = {80: FAILS, 86: SILENT, 74: STOPPED, 20: CANCELLED, 97: CANCELLED, 121: CANCELLED, 140: CANCELLED}


@dataclass(frozen=True)
class Sale:
    """One trip to be sold: by whose number, in which office, with which dates, and what will happen to it."""

    number: int
    client: int
    office: str
    data: TripData
    today: date
    fate: str = ""

    def bought_on(self, day: date) -> "Sale":
        """The same sale with the working day on which it really happens."""
        return replace(self, data=replace(self.data, purchase_on=day))


def sales(today: date) -> Iterator[Sale]:
    """Every trip of the demo, in no particular order of time."""
    number = 0
    for index, stage in enumerate(STAGES):
        for turn in range(stage.count):
            yield _sale(number, index, stage, turn, today)
            number += 1


def client_of(number: int) -> int:
    """Number of the client who buys trip `number`."""
    return number - REPEAT_FROM if number >= REPEAT_FROM else number


def office_of(client: int) -> str:
    """Code of the office of client number `client`."""
    return URAL if client % 4 == 1 else MAIN


def _sale(number: int, index: int, stage: Stage, turn: int, today: date) -> Sale:
    route = routes.ROUTES[number * 5 % len(routes.ROUTES)]
    nights = route.nights
    if stage.back is not None:
        back = _spread(stage.back, turn, stage.count)
        away = back - nights
    else:
        away = _spread(stage.away or (0, 0), turn, stage.count)
        # Who is travelling must not be back yet.
        nights = max(nights, 1 - away) if away < 0 else nights
        back = away + nights
    data = TripData(
        purchase_on=today + timedelta(days=_bought(index, stage, turn, away)),
        departure_on=today + timedelta(days=away), return_on=today + timedelta(days=back),
        destination=route.destination, operator=route.operators[number % len(route.operators)],
        booking_number=f"{4100 + number * 13}", price_kopecks=GRAND.get(number) or routes.price_of(route, number),
        departure_time=routes.DEPARTS[number % 5] if number % 2 else None,
        landing_time=routes.LANDS[number % 5] if number % 2 else None,
        addons=(routes.ADDONS[number % 4],) if number % 3 == 0 else (),
        note="Молодожёны: попросить у отеля украшение номера" if number % 31 == 8 else "")
    client = client_of(number)
    return Sale(number, client, office_of(client), data, today, SPECIAL.get(number, ""))


def _bought(index: int, stage: Stage, turn: int, away: int) -> int:
    """The day of the purchase, from today."""
    if index == JUST_SOLD:
        return -(turn % 3)
    if index == LONG_BEFORE:
        return -4 - turn * 2
    return away - _spread(stage.bought, turn * 7 % stage.count, stage.count)


def _spread(ends: tuple[int, int], turn: int, count: int) -> int:
    first, last = ends
    return first if count == 1 else first + (last - first) * turn // (count - 1)


def with_company(sale: Sale, last_name: str) -> TripData:
    """The trip with those who travel along: families of up to four."""
    return replace(sale.data, companions=companions(sale.number, last_name, sale.number % 4))
