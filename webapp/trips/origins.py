"""The trip behind a message of the outbox."""

from flask import url_for
from flask_login import current_user
from sqlalchemy import select

from webapp.db import db
from webapp.post.origins import Origin
from webapp.touches.actions.occasions import group_key
from webapp.trips.board_html import span_words
from webapp.trips.models import Trip
from webapp.web.guard import DESK


def trips_behind(groups: set[str]) -> dict[str, Origin]:
    """Trips by the group of their messages, for those who may open them."""
    if not current_user.hats & set(DESK):
        return {}
    numbers = {int(group.partition(":")[2]) for group in groups if group.startswith("occasion:")}
    rows = db.session.execute(select(Trip.id, Trip.occasion_id, Trip.destination, Trip.departure_on, Trip.return_on)
                              .where(Trip.occasion_id.in_(numbers)))
    return {group_key(row.occasion_id): Origin(
        url_for("trips.trip", trip_id=row.id),
        " ".join(filter(None, [row.destination, span_words(row.departure_on, row.return_on)]))) for row in rows}
