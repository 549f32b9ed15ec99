"""Personal links to surveys: one trip each. The trip stands in what the link was made for."""

from webapp.clients.links import PLACES
from webapp.clients.models import PersonalLink
from webapp.staff.models import setting
from webapp.surveys.rules import web_address

SURVEY = "survey"
PLACES[SURVEY] = "s"
FROM_CARD = "card"
"""The channel of links made on the page of a card: whoever holds them may not be the client."""
SETTING = "survey"
_PREFIX = "trip:"


def source_of(trip_id: int) -> str:
    """What a link to the survey of this trip is made for: «trip:7»."""
    return f"{_PREFIX}{trip_id}"


def trip_of(link: PersonalLink) -> int | None:
    """The trip a link is about; None for one that says nothing of a trip."""
    number = link.source.removeprefix(_PREFIX)
    return int(number) if link.source.startswith(_PREFIX) and number.isdigit() else None


def elsewhere() -> str:
    """The address of a survey of another service that the agency uses instead; "" for our own."""
    return web_address(str((setting(SETTING) or {}).get("url", "")))
