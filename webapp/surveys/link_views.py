"""The link to the survey of a trip, to be handed over in a chat: for clients whom letters do not reach."""

from flask import Blueprint, Response, abort
from flask_login import current_user
from sqlalchemy import select

from webapp.db import db
from webapp.kit import clock
from webapp.staff.audit import actor_of
from webapp.staff.models import User, scoped
from webapp.staff.rules import BadInput
from webapp.surveys.actions.asking import hand_over
from webapp.trips.models import Trip
from webapp.web.guard import DESK, allow
from webapp.web.page import page

bp = Blueprint("survey_link", __name__)


@bp.post("/trips/<int:trip_id>/survey")
@allow(*DESK)
def make(trip_id: int) -> Response:
    """Make the link and show it, this once."""
    trip = _trip(trip_id, current_user) or abort(404)
    try:
        url = hand_over(trip, actor=actor_of(current_user), now=clock.now())
    except BadInput:
        return page("surveys/link.html", status=409, trip=trip, url="")
    return page("surveys/link.html", trip=trip, url=url)


def _trip(trip_id: int, user: User) -> Trip | None:
    found: Trip | None = db.session.scalar(scoped(select(Trip).where(Trip.id == trip_id), Trip.office_id, user))
    return found
