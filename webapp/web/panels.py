"""Panels: what rooms on the right put on pages of rooms on the left, without those knowing them.

A place is given one thing (a trip, a client, a step). A panel looks at it and gives finished markup, or None when it
has nothing to say there; whether the person may see it is the panel's own question.
"""

from collections.abc import Callable
from typing import Any

from flask import Flask, current_app
from markupsafe import Markup

PLACES = {
    "trip": "beside the route of a trip; given the Trip",
    "new-trip": "under the client chosen for a new trip; given the Client",
    "trip-cancel": "among what happens when a trip is cancelled, list items; given the Trip",
    "trip-main": "below the route of a trip; given the Trip",
    "client": "between trips and timeline of a client; given the Client",
    "client-aside": "beside the page of a client; given the Client",
    "balance": "on the page a client sees of a card, before its history; given the card as it is shown and the token",
    "today": "above the list for today; given the signed-in person",
    "step": "in the open panel of a step, between words to say and results; given the Touch",
    "after-step": "told once beside «Done», as words within a line; given the Touch that has just been ticked",
    "letter": "below a letter that came; given the row of the list of incoming letters",
}
"""Where panels can stand, and what they are given there."""

Panel = Callable[[Any], Markup | None]
_KEY = "snova.panels"


def init_panels(app: Flask) -> None:
    """Give templates `panels(place, thing)`."""
    app.extensions[_KEY] = {place: [] for place in PLACES}
    app.jinja_env.globals.update(panels=panels)


def add_panel(app: Flask, place: str, function: Panel, *, order: int = 50) -> None:
    """A room puts a panel into a place: smaller `order` first, equal ones as they came. KeyError: no such place."""
    app.extensions[_KEY][place].append((order, function))
    app.extensions[_KEY][place].sort(key=lambda entry: entry[0])


def panels(place: str, thing: Any) -> list[Markup]:
    """What rooms have to show in this place about `thing`, in order. KeyError: no such place."""
    made = (function(thing) for _order, function in current_app.extensions[_KEY][place])
    return [panel for panel in made if panel]
