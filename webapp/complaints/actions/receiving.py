"""Step 1: a complaint comes, by whichever way; once per origin. Marketing to the client pauses from this moment on."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, union_all

from webapp.clients.models import Client
from webapp.complaints.actions.mailing import tell_received
from webapp.complaints.actions.pausing import lock_open, pause
from webapp.complaints.actions.rows import note
from webapp.complaints.actions.tasks import keep_task
from webapp.complaints.clock_rules import legal_day
from webapp.complaints.models import Complaint, ComplaintEntry, ComplaintWatcher
from webapp.complaints.owners import owner_for
from webapp.complaints.questions import terms_for
from webapp.complaints.step_rules import DRAFT, RECEIVED, SOURCES, VOID
from webapp.db import db, one_at_a_time, transaction, wake
from webapp.kit.days import zone
from webapp.post.actions.history import fence
from webapp.staff.models import Office
from webapp.staff.rules import DIRECTOR, MANAGER, SERVICE, Actor, BadInput, NotAllowed
from webapp.trips.models import Trip

LONGEST = 10_000


@dataclass(frozen=True)
class Intake:
    """What is known when a complaint comes. `origin` names the row it came from, so that it comes once; contacts are
    those the person gave for the answer, "" for the client's own.
    `own` is what the client wrote, to the letter, where the client wrote it: the status page shows nothing else.
    `bundle` is the action it belongs to. `tells` sends the client number and status link; `number` is one that the
    client was told already."""

    client: Client
    source: str
    story: str
    wants: str = ""
    own: str = ""
    office: Office | None = None
    trip: Trip | None = None
    operator: str = ""
    origin: str | None = None
    language: str = ""
    contact_name: str = ""
    contact_phone: str = ""
    contact_email: str = ""
    touch_id: int | None = None
    bundle: str = ""
    tells: bool = True
    number: str = ""


def receive(given: Intake, *, actor: Actor, now: datetime, draft: bool = False) -> Complaint:
    """Open a complaint; a `draft` waits until customer service confirms it. The same origin again gives the same one.

    Raises BadInput: "story-needed", "too-long", "no-such-source", "not-their-trip", "gone" (erased); NotAllowed.
    """
    actor.needs(MANAGER, SERVICE, DIRECTOR)
    _check(given)
    office = given.office or (given.trip.office if given.trip else given.client.office)
    if not (actor.may_see(office.id) or actor.may_see(given.client.office_id)):
        raise NotAllowed("office")
    with transaction() as session:
        lock_open(given.client.id, given.trip)
        one_at_a_time(f"complaint:{given.origin or given.client.id}")
        known = session.scalar(select(Complaint).where(Complaint.origin == given.origin)) if given.origin else None
        if known is not None:
            return known
        # Pausing takes it anyway; before the row that holds its client, as erasing does.
        fence(session)
        row = _row(given, office, DRAFT if draft else RECEIVED, now)
        session.add(row)
        session.flush()
        # The row holds its client: erasing, which looks for open complaints, is over by now or sees this one.
        if session.scalar(select(Client.erased_at).where(Client.id == given.client.id)) is not None:
            raise BadInput("gone")
        # A manager hands it over and reads how it goes: following is for those who handle complaints.
        if actor.user_id is not None and actor.user_id != row.owner_id and actor.hats & {SERVICE, DIRECTOR}:
            session.add(ComplaintWatcher(complaint_id=row.id, user_id=actor.user_id, since=now))
        note(row, "received", actor=actor, now=now, before="",
             facts={"source": given.source, "own": given.own.strip()}, is_change=False)
        keep_task(row, bundle=given.bundle, actor=actor, now=now)
        pause(row, actor=actor, now=now)
        if not draft and given.tells:
            tell_received(row, actor=actor, now=now)
        wake("tick")
        return row


def new_number() -> str:
    """Six digits that say nothing about how many complaints there are: «482-913»."""
    while True:
        digits = f"{secrets.randbelow(900_000) + 100_000}"
        number = f"{digits[:3]}-{digits[3:]}"
        taken = union_all(select(Complaint.id).where(Complaint.number == number),
                          select(ComplaintEntry.id).where(ComplaintEntry.number == number))
        if db.session.scalar(taken.limit(1)) is None:
            return number


def _check(given: Intake) -> None:
    if given.source not in SOURCES:
        raise BadInput("no-such-source", "source", given.source)
    if not given.story.strip():
        raise BadInput("story-needed", "story")
    if len(given.story) > LONGEST or len(given.wants) > LONGEST:
        raise BadInput("too-long", "story")
    if given.trip is not None and given.trip.client_id != given.client.id:
        raise BadInput("not-their-trip", "trip")


def _row(given: Intake, office: Office, state: str, now: datetime) -> Complaint:
    client, trip, tz = given.client, given.trip, zone(office.timezone)
    manager_id = trip.seller_id if trip else client.manager_id
    row = Complaint(
        number=given.number or new_number(), origin=given.origin, office_id=office.id, client_id=client.id,
        trip_id=trip.id if trip else None, manager_id=manager_id, touch_id=given.touch_id,
        owner_id=owner_for(office, manager_id, now), repeats_id=_earlier(client.id), source=given.source, state=state,
        operator=given.operator or (trip.operator if trip else ""), language=given.language or client.language,
        contact_name=given.contact_name, contact_phone=given.contact_phone, contact_email=given.contact_email,
        story=given.story.strip(), wants=given.wants.strip(), created_at=now, since=now, rounds=1, version=1,
        legal_by=legal_day(now, terms_for(), tz), cost_kopecks=0, compensation_points=0, satisfaction="")
    row.office, row.client, row.trip, row.procedure = office, client, trip, None
    return row


def _earlier(client_id: int) -> int | None:
    """The client's complaint before this one: a repeated one is seen as such."""
    return db.session.scalar(select(Complaint.id).where(
        Complaint.client_id == client_id, Complaint.state != VOID).order_by(Complaint.id.desc()).limit(1))
