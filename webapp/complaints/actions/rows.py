"""What every verb of a complaint does: lock it, see whether a colleague was first, keep history and deadline."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select

from webapp.complaints.models import Complaint, ComplaintEvent
from webapp.complaints.questions import due_of
from webapp.complaints.step_rules import Refused
from webapp.db import db
from webapp.staff.audit import record
from webapp.staff.rules import Actor, NotAllowed
from webapp.touches.locking import lock_all
from webapp.touches.models import Occasion
from webapp.trips.models import Trip


def lock(complaint_id: int, *, actor: Actor, seen: int | None = None, with_steps: bool = False) -> Complaint:
    """The complaint as it is now, locked; call inside a transaction. `with_steps` where lines on /today, the board or
    the pause of marketing may change with it.

    `seen` is the version the person had before their eyes. Raises LookupError, NotAllowed("office"),
    Refused("collision") when somebody was there meanwhile.
    """
    if with_steps:
        lock_occasions([complaint_id])
    # Its key stays free: a new complaint of the same client names this one, and must not wait while we wait for it.
    row = db.session.scalar(select(Complaint).where(Complaint.id == complaint_id)
                            .with_for_update(of=Complaint, key_share=True).execution_options(populate_existing=True))
    if row is None:
        raise LookupError(complaint_id)
    if not actor.may_see(row.office_id):
        raise NotAllowed("office")
    if seen is not None and seen != row.version:
        raise Refused("collision")
    return row


def lock_occasions(complaint_ids: Iterable[int]) -> None:
    """Lock what these complaints may change on the board, before the complaints themselves: whoever opens another
    complaint of the client holds the occasions already and then waits for this one, which it repeats."""
    own = select(Complaint.client_id, Trip.occasion_id).outerjoin(Trip, Trip.id == Complaint.trip_id).where(
        Complaint.id.in_(list(complaint_ids))).subquery()
    lock_all(db.session.scalars(select(Occasion.id).where(or_(
        Occasion.id.in_(select(own.c.occasion_id)),
        Occasion.client_id.in_(select(own.c.client_id)) & Occasion.closed_at.is_(None)))))


def note(row: Complaint, verb: str, *, actor: Actor, now: datetime, before: str | None = None,
         facts: Mapping[str, Any] | None = None, is_change: bool = True) -> ComplaintEvent:
    """Add to the history and the log; counts as a change that colleagues must see, unless told otherwise."""
    event = ComplaintEvent(complaint_id=row.id, at=now, actor=actor.name, user_id=actor.user_id, verb=verb,
                           before=row.state if before is None else before, after=row.state, rounds=row.rounds,
                           facts=dict(facts or {}))
    db.session.add(event)
    if is_change:
        row.version += 1
    row.due_at = due_of(row)
    db.session.flush()
    record(actor, verb, "complaint", row.id, now=now, office_id=row.office_id)
    return event
