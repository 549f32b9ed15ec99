"""The bonus club of the demo on paper: whose cards were sold when, and what became of a few of them."""

from collections.abc import Iterator
from dataclasses import dataclass

from webapp.desk.demo_data.sales import office_of

BURNS_IN = 20
"""Days until the points of one card burn: its warning has gone out."""
LENT, BLOCKED, BURNING, PAYS = "lent", "blocked", "burning", "pays"
SLEEPS = 72
"""Whose card nobody has shown: the one trip is not over yet, or its points would have kept the others alive."""
FATES = {22: LENT, 27: BLOCKED, SLEEPS: BURNING, 12: PAYS}
BURNED = {76: 640, 83: 1120}
"""Cards nobody showed for half a year, with what was on them: their points burned a few days ago, after a warning."""
BURNED_AGO = 6
SAVED = {80: 1460}
"""A card that would have burned on the same day: the warning brought its owner into the office in time."""
SAVED_BEFORE = 12
TO_TELL, TO_TELL_POINTS, TO_TELL_IN = 82, 960, 29
"""Whose warning is new: letter and SMS have gone, the call is due today. In so many days the points burn."""
VIRTUAL = 37
"""The client who came back and got points as a present, without a card of plastic."""
GIFT = 42
"""A birthday."""
RECENT = (51, 54, 56, 58, 61, 64, 66, 68, 71)
TRAVEL = (2, 7, 17, 47, 52, 57, 62)
"""Clients whose card was shown when they bought their trip."""
FRIEND = "Светлана, сестра"
BLOCK_REASON = "Забыла сумку в такси, просит пока никому не списывать"
CARRIED_OVER = "Остаток с прежней карты"
SERVICE, RECEIPT = "Страховка от невыезда", "118"
SERVICE_COST = 150_000


@dataclass(frozen=True)
class Bought:
    """The card of client `client`, handed out `days` before today; price in kopecks, points of an earlier programme."""

    client: int
    days: int
    price: int = 50_000
    points: int = 0

    @property
    def office(self) -> str:
        """Code of the office that sold it."""
        return office_of(self.client)

    @property
    def fate(self) -> str:
        """What became of it."""
        return FATES.get(self.client, "")


def past() -> Iterator[Bought]:
    """Cards handed out before the agency began with Snova, over five months; the one that burns is of its own day."""
    for place, client in enumerate(range(2, 75, 5)):
        if client not in (VIRTUAL, SLEEPS):
            yield Bought(client, 16 + place * 9, 0 if client == GIFT else 50_000, 350 + place * 370 % 2900)


def recent() -> Iterator[Bought]:
    """Cards sold since then, one nearly every day."""
    for place, client in enumerate(RECENT):
        yield Bought(client, len(RECENT) + 1 - place)
