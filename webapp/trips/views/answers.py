"""Where a step is shown: each place answers in its own shape once something was done with the step there."""

from collections.abc import Callable
from typing import Any, NamedTuple

from flask import Response, abort
from flask_login import current_user
from sqlalchemy import bindparam, select

from webapp.db import db
from webapp.kit import clock
from webapp.staff.audit import actor_of
from webapp.touches.models import Touch
from webapp.trips.models import Trip
from webapp.trips.step_panel import panel_of

SHOWS = frozenset({"", "later", "drop", "note"})
_TRIP_ID = select(Trip.id).where(Trip.occasion_id == bindparam("occasion"))


class Told(NamedTuple):
    """What to tell: a sentence, and for a refusal the open panel with what was typed."""

    said: str
    is_open: bool = False
    show: str = ""
    status: int = 200
    panel: dict[str, Any] | None = None


Place = Callable[[Touch, Told], Response | None]
_places: dict[str, Place] = {}


def answers(view: str) -> Callable[[Place], Place]:
    """This function draws a step in the place that forms call `view`; None when the step does not stand there."""
    def keep(place: Place) -> Place:
        _places[view] = place
        return place
    return keep


def answer_in(view: str, touch: Touch, told: Told) -> Response | None:
    """The step as its place shows it; None for a page of its own."""
    place = _places.get(view)
    return place(touch, told) if place else None


def seen(touch_id: int) -> Touch:
    """The touch, when it belongs to an office of this person; else 404."""
    touch = db.session.get(Touch, touch_id)
    if touch is None or not actor_of(current_user).may_see(touch.office_id):
        abort(404)
    return touch


def panel_context(touch_id: int, show: str) -> dict[str, Any]:
    """What the panel under a row shows."""
    touch = seen(touch_id)
    return panel_of(touch, show if show in SHOWS else "", user=current_user, now=clock.now())


def trip_id_of(touch: Touch) -> int | None:
    """Id of the trip a step belongs to, or None for a step of another occasion."""
    if touch.occasion_id is None:
        return None
    return db.session.connection().scalar(_TRIP_ID, {"occasion": touch.occasion_id})
