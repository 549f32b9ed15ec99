"""The page of one trip: its route, the next step, facts, messages, history."""

from typing import Any

from flask import Response, abort, make_response, render_template, request, url_for
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from webapp.db import db
from webapp.post import wording
from webapp.post.models import Message
from webapp.staff.rules import DIRECTOR
from webapp.staff.words import add_reasons
from webapp.touches.models import Touch
from webapp.trips import actions, timeline
from webapp.trips.board_html import span_words
from webapp.trips.models import Trip
from webapp.trips.step_panel import panel_of
from webapp.trips.trip_history import history_of, tell_the_log
from webapp.trips.views import hand_over, new_trip, trip_changes  # noqa: F401 - their pages belong to this blueprint
from webapp.trips.views.answers import SHOWS, Told, answers, trip_id_of
from webapp.trips.views.trips_blueprint import bp, me, moment, seen_trip, today_in
from webapp.web.guard import DESK, allow
from webapp.web.page import is_partial, page, row_id

__all__ = ["bp"]
tell_the_log()
add_reasons({
    "not-yours": _l("This trip is another manager's. Ask them, or your director."),
    "cancelled": _l("This trip is cancelled and cannot be changed any more."),
})


@bp.get("/trips/<int:trip_id>")
@allow(*DESK)
def trip(trip_id: int) -> Response:
    """Everything about one trip; `open` unfolds the panel of a step in place."""
    shown = seen_trip(trip_id)
    opened = request.args.get("open", type=row_id)
    if is_partial():
        return steps_answer(trip_id, open_id=opened, show=request.args.get("show", ""))
    now = moment()
    return page("trips/trip.html", messages=timeline.messages_of(shown), history=history_of(shown),
                may_change=actions.may_change(shown, actor=me(), now=now), span=span_words,
                is_director=DIRECTOR in current_user.hats, message_states=wording.STATES,
                **_steps(shown, opened, request.args.get("show", "")))


@answers("trip")
def _route_of(touch: Touch, told: Told) -> Response | None:
    trip_id = trip_id_of(touch)
    return None if trip_id is None else steps_answer(
        trip_id, open_id=touch.id if told.is_open else None, show=told.show, status=told.status, panel=told.panel,
        said=told.said)


def steps_answer(trip_id: int, *, open_id: int | None = None, show: str = "", status: int = 200,
                 panel: dict[str, Any] | None = None, said: str = "") -> Response:
    """The route with the next step, as a part; what was done is told to screen readers beside it."""
    context = _steps(seen_trip(trip_id), open_id, show)
    if panel and context["panel"]:
        context["panel"].update(panel)
    response = make_response(render_template("trips/_steps_answer.html", said=said, **context), status)
    response.headers.add("Vary", "HX-Request")
    return response


def message_url(message: Message) -> str:
    """Address of the page of a message."""
    return url_for("post.message", message_id=message.id)


def _steps(shown: Trip, open_id: int | None, show: str) -> dict[str, Any]:
    now = moment()
    stops = timeline.stops_of(shown, now=now)
    following = timeline.next_of(stops)
    return {"trip": shown, "stops": stops, "following": following, "letter": timeline.next_letter(stops),
            "panel": _panel(shown, open_id, show), "open_id": open_id, "message_url": message_url,
            "zone": shown.office.timezone, "today": today_in(shown.office), "view": "trip",
            "back": url_for("trips.trip", trip_id=shown.id)}


def _panel(shown: Trip, open_id: int | None, show: str) -> dict[str, Any] | None:
    if open_id is None:
        return None
    touch = db.session.get(Touch, open_id) if 0 < open_id < 2**31 else None
    if touch is None or touch.occasion_id != shown.occasion_id:
        abort(404)
    return panel_of(touch, show if show in SHOWS else "", user=current_user, now=moment())
