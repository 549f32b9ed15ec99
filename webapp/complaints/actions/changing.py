"""What a complaint is about: another trip, tour operator, contact for the answer; with the days that follow from it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from webapp.complaints.actions.pausing import pause
from webapp.complaints.actions.rows import lock, note
from webapp.complaints.actions.tasks import hand_tasks, keep_task
from webapp.complaints.models import Complaint, OperatorClaim
from webapp.complaints.owners import owner_for
from webapp.complaints.questions import claim_days
from webapp.complaints.step_rules import Refused
from webapp.db import db, transaction
from webapp.staff.rules import DIRECTOR, SERVICE, Actor, BadInput
from webapp.trips.models import Trip

CHANGED = "changed"


@dataclass(frozen=True)
class About:
    """What staff may put right while a complaint is open; `operator` "" is the one of the trip, contacts "" the
    client's own."""

    trip_id: int | None
    operator: str = ""
    phone: str = ""
    email: str = ""


def change_about(complaint_id: int, wanted: About, *, seen: int | None = None, actor: Actor,
                 now: datetime) -> Complaint:
    """Put it right; the history tells what it was before. The days towards the operator, the manager it is about and
    the row of the board its step stands in follow the trip.

    Raises BadInput("not-their-trip", "too-long"), Refused("no-move", "collision"), NotAllowed, LookupError.
    """
    actor.needs(SERVICE, DIRECTOR)
    if len(wanted.operator) > 200:
        raise BadInput("too-long", "operator")
    with transaction():
        row = lock(complaint_id, actor=actor, seen=seen)
        if not row.is_open:
            raise Refused("no-move")
        trip = db.session.get(Trip, wanted.trip_id) if wanted.trip_id else None
        if wanted.trip_id and (trip is None or trip.client_id != row.client_id):
            raise BadInput("not-their-trip", "trip")
        before = _told(row)
        has_other_trip = row.trip_id != (trip.id if trip else None)
        if has_other_trip:
            _move(row, trip, now)
        row.operator = wanted.operator.strip() or (trip.operator if trip else "")
        row.contact_phone, row.contact_email = wanted.phone, wanted.email
        after = _told(row)
        changed = {name: [before[name], after[name]] for name in before if before[name] != after[name]}
        if changed:
            note(row, CHANGED, actor=actor, now=now, facts={"changed": changed})
            keep_task(row, actor=actor, now=now)
            hand_tasks(row, actor=actor, now=now)
            if has_other_trip:
                pause(row, actor=actor, now=now)
        return row


def _move(row: Complaint, trip: Trip | None, now: datetime) -> None:
    row.trip_id, row.trip = (trip.id if trip else None), trip
    row.manager_id = trip.seller_id if trip else row.client.manager_id
    if row.owner_id is not None and row.owner_id == row.manager_id and row.rounds == 1:
        # Nobody handles a complaint about the own work while there is somebody else.
        row.owner_id = owner_for(row.office, row.manager_id, now)
    claim = db.session.scalar(select(OperatorClaim).where(OperatorClaim.complaint_id == row.id))
    if claim is not None and claim.sent_on is None:
        claim.file_by = claim_days(row).file_by


def _told(row: Complaint) -> dict[str, str]:
    trip = row.trip
    return {"trip": f"{trip.destination}, {trip.departure_on:%d.%m.%Y}" if trip else "", "operator": row.operator,
            "contact": ", ".join(filter(None, (row.contact_phone, row.contact_email)))}
