"""Changing a trip: facts and dates in one form, the difference before dates move, cancelling."""

import hashlib
from collections.abc import Sequence
from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as BaseResponse

from webapp.staff.rules import NotAllowed
from webapp.touches.actions.occasions import Change
from webapp.trips import actions, timeline
from webapp.trips.differences import blocked_by, differences, groups_of
from webapp.trips.forms import CancelForm, EditTripForm, stored
from webapp.trips.models import Trip
from webapp.trips.reach import reach_now
from webapp.trips.views.trips_blueprint import bp, me, moment, seen_trip, today_in
from webapp.web.guard import DESK, allow
from webapp.web.page import page, part, see_other


@bp.get("/trips/<int:trip_id>/edit")
@allow(*DESK)
def edit(trip_id: int) -> Response:
    """Facts and dates in one form."""
    trip = _changeable(trip_id)
    form = EditTripForm(None, data={**stored(trip), "seen": fingerprint(trip)}, today=today_in(trip.office))
    return _page(trip, form)


@bp.post("/trips/<int:trip_id>/edit")
@allow(*DESK)
def save_edit(trip_id: int) -> BaseResponse:
    """Save; when steps move, the difference is shown first and saved with what was chosen there."""
    trip = _changeable(trip_id)
    form = EditTripForm(today=today_in(trip.office))
    wish = request.form.get("do", "")
    if wish in ("check", "back"):
        form.validate()
        form.forgive_the_rest()
        return _page(trip, form, 422 if form.errors else 200, changes=_changes(trip, form) if wish == "check" else None)
    if not form.submitted():
        return _page(trip, form, 422)
    if form.seen.data != fingerprint(trip):
        # Nothing that a colleague saved meanwhile is overwritten unseen; a second press saves.
        form.seen.data = fingerprint(trip)
        return _page(trip, form, 409, meanwhile=differences(trip, form.trip_data))
    changes = _changes(trip, form) or []
    if _needs_showing(changes) and form.shown.data != mark(changes):
        form.shown.data = mark(changes)
        return page("trips/move.html", status=200, trip=trip, form=form, groups=_groups(trip, form),
                    again=frozenset(request.form.getlist("again")))
    may_repeat = {change.step.code for change in changes if change.again_on is not None}
    again = [code for code in request.form.getlist("again") if code in may_repeat]
    actions.change_trip(trip, form.trip_data, again=again, actor=me(), now=moment())
    return see_other(url_for("trips.trip", trip_id=trip.id), _said(changes, trip))


@bp.post("/trips/<int:trip_id>/difference")
@allow(*DESK)
def difference(trip_id: int) -> Response:
    """What moving the dates would change: a part 300 ms after typing, else the whole form."""
    trip = _changeable(trip_id)
    form = EditTripForm(today=today_in(trip.office))
    form.validate()
    if "HX-Request" in request.headers:
        return part("trips/_difference.html", trip=trip, form=form, groups=_groups(trip, form))
    form.forgive_the_rest()
    return _page(trip, form, 422 if form.errors else 200, changes=_changes(trip, form))


@bp.get("/trips/<int:trip_id>/cancellation")
@allow(*DESK)
def cancellation(trip_id: int) -> Response:
    """The question before a trip is cancelled: what will not be sent, and why."""
    return _cancel_page(_changeable(trip_id), CancelForm(None))


@bp.post("/trips/<int:trip_id>/cancellation")
@allow(*DESK)
def cancel(trip_id: int) -> BaseResponse:
    """Cancel; the same press again changes nothing."""
    trip = seen_trip(trip_id)
    form = CancelForm()
    if not form.submitted():
        return _cancel_page(trip, form, 422)
    stopped = actions.cancel_trip(trip, reason=form.reason.data or "", actor=me(), now=moment())
    told = ngettext("The trip is cancelled. %(num)d message was stopped.",
                    "The trip is cancelled. %(num)d messages were stopped.", stopped) if stopped else _(
                        "The trip is cancelled.")
    return see_other(url_for("trips.trip", trip_id=trip.id), told)


def fingerprint(trip: Trip) -> str:
    """A short mark of the present facts: a form carries it, so that a change made meanwhile is noticed."""
    return hashlib.sha256(repr(sorted(actions.summary(trip).items())).encode()).hexdigest()[:16]


def mark(changes: Sequence[Change]) -> str:
    """A short mark of a difference: what was shown is what is saved."""
    said = repr([(c.step.code, c.kind, c.old, c.new) for c in changes])
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def _changeable(trip_id: int) -> Trip:
    trip = seen_trip(trip_id)
    if not actions.may_change(trip, actor=me(), now=moment()):
        raise NotAllowed("cancelled" if trip.cancelled_at else "not-yours")
    return trip


def _changes(trip: Trip, form: EditTripForm) -> list[Change] | None:
    """The difference, or None while the dates cannot be."""
    if not form.dates_can_be:
        return None
    return actions.preview_change(trip, form.trip_data, now=moment())


def _groups(trip: Trip, form: EditTripForm) -> Any:
    changes = _changes(trip, form)
    return None if changes is None else groups_of(changes, reach_now(trip.client))


def _needs_showing(changes: Sequence[Change]) -> bool:
    """Steps that move, come, go or would be sent again; what stays as it is needs no page of its own."""
    return any(change.kind in ("moved", "added", "dropped", "sent", "late") for change in changes)


def _page(trip: Trip, form: EditTripForm, status: int = 200, *, changes: Sequence[Change] | None = None,
          meanwhile: Sequence[dict[str, Any]] = ()) -> Response:
    form.shown.data = ""
    return page("trips/edit.html", status=status, trip=trip, form=form, meanwhile=meanwhile,
                groups=groups_of(changes, reach_now(trip.client)) if changes is not None else None)


def _cancel_page(trip: Trip, form: CancelForm, status: int = 200) -> Response:
    waiting, planned = timeline.waiting_count(trip)
    return page("trips/cancel.html", status=status, trip=trip, form=form, waiting=waiting, planned=planned)


def _said(changes: Sequence[Change], trip: Trip) -> str:
    reach = reach_now(trip.client)
    moved = sum(change.kind == "dropped" or (change.kind in ("moved", "added") and not blocked_by(change, reach))
                for change in changes)
    if not moved:
        return _("Saved.")
    return ngettext("Saved. %(num)d step has another day now.", "Saved. %(num)d steps have other days now.", moved)
