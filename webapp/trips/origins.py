"""The trip, or the occasion of another kind, behind a message of the outbox."""

from flask import url_for
from flask_login import current_user
from sqlalchemy import select

from webapp.db import db
from webapp.post.origins import Origin
from webapp.touches.actions.occasions import group_key
from webapp.touches.kind_words import about
from webapp.touches.models import Occasion
from webapp.touches.shipped import TRIP
from webapp.trips.board_html import span_words
from webapp.trips.models import Trip
from webapp.web.guard import DESK


def trips_behind(groups: set[str]) -> dict[str, Origin]:
    """Trips by the group of their messages, for those who may open them."""
    numbers = _numbers(groups)
    rows = db.session.execute(select(Trip.id, Trip.occasion_id, Trip.destination, Trip.departure_on, Trip.return_on)
                              .where(Trip.occasion_id.in_(numbers)))
    return {group_key(row.occasion_id): Origin(
        url_for("trips.trip", trip_id=row.id),
        " ".join(filter(None, [row.destination, span_words(row.departure_on, row.return_on)]))) for row in rows}


def occasions_behind(groups: set[str]) -> dict[str, Origin]:
    """What else messages are about: the page of the thing itself, else the client's."""
    numbers = _numbers(groups)
    rows = db.session.execute(select(Occasion.id, Occasion.kind, Occasion.client_id, Occasion.anchors, Occasion.facts)
                              .where(Occasion.id.in_(numbers), Occasion.kind != TRIP)).all() if numbers else ()
    found = {}
    for row in rows:
        told = about(row.kind, row.client_id, row.anchors, row.facts)
        if told is not None:
            page = told.url or url_for("client_page.show", client_id=row.client_id)
            found[group_key(row.id)] = Origin(page, told.words)
    return found


def _numbers(groups: set[str]) -> set[int]:
    """Ids of the occasions, for those who may open them."""
    if not current_user.hats & set(DESK):
        return set()
    return {int(group.partition(":")[2]) for group in groups if group.startswith("occasion:")}
