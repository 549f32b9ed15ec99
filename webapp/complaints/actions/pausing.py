"""While a complaint is open, nobody asks its client for a favour: marketing waits, «tell friends» is left out."""

from datetime import datetime

from sqlalchemy import select

from webapp.complaints.models import Complaint
from webapp.complaints.questions import has_open
from webapp.db import db
from webapp.post import actions as post
from webapp.post.rules import MARKETING
from webapp.staff.rules import Actor
from webapp.touches.actions.skipping import skip_planned
from webapp.touches.locking import lock_all
from webapp.touches.models import PLANNED, Occasion, Touch
from webapp.touches.standing import refresh
from webapp.trips.models import Trip

FAVOUR = "tell_friends"
REASON = "complaint"


def pause(row: Complaint, *, actor: Actor, now: datetime) -> None:
    """Hold what is marketing, and skip the request to recommend us that belongs to the trip complained of."""
    if row.trip is not None:
        db.session.flush()
        skip_planned(db.session.scalars(select(Touch.id).join(Occasion, Occasion.id == Touch.occasion_id).where(
            Occasion.id == row.trip.occasion_id, Touch.step_code == FAVOUR, Touch.status == PLANNED)).all(),
            reason="complains", actor=actor, now=now)
    # Occasions are locked before messages, everywhere; what waits now is late for nobody.
    occasions = lock_open(row.client_id)
    post.hold(client_id=row.client_id, klass=MARKETING, reason=REASON, actor=actor, now=now)
    for occasion in occasions.values():
        refresh(occasion, now=now)


def resume(row: Complaint, *, actor: Actor, now: datetime) -> None:
    """End the pause once no complaint of the client is open."""
    db.session.flush()
    if not has_open(row.client_id):
        # The next tick gives rows of the board their moments back (`touches.actions.waiting`).
        post.release(client_id=row.client_id, klass=MARKETING, actor=actor, now=now)


def lock_open(client_id: int, trip: Trip | None = None) -> dict[int, Occasion]:
    """The client's occasions that are under way, and that of a `trip` that may be over, locked in one go."""
    own = [trip.occasion_id] if trip is not None else []
    return lock_all([*own, *db.session.scalars(select(Occasion.id).where(
        Occasion.client_id == client_id, Occasion.closed_at.is_(None)))])
