"""Questions of the public form: files that wait in it, the form behind a status link, the trip somebody means."""

from datetime import datetime

from flask import current_app
from sqlalchemy import String, cast, literal, or_, select

from webapp.clients.links import token_hash
from webapp.clients.models import Client, holders
from webapp.club.asking_rules import limit_hash
from webapp.complaints.form_models import ComplaintEntry, ComplaintUpload
from webapp.complaints.form_rules import Contact, Went, meant_trip, same_name
from webapp.complaints.models import ComplaintFile, ComplaintWord
from webapp.db import db
from webapp.post.models import Message
from webapp.staff.models import Office
from webapp.trips.models import Trip


def hashed(kind: str, value: str) -> str:
    """What is kept of a key, a contact or an address: nobody can look through all numbers to find it."""
    return limit_hash(str(current_app.config["SECRET_KEY"]), f"complaint-{kind}", value)


def files_in(key: str) -> list[ComplaintUpload]:
    """What was added to the form with this key and not sent yet, the first first."""
    return list(db.session.scalars(select(ComplaintUpload).where(
        ComplaintUpload.bag == hashed("key", key), ComplaintUpload.entry_id.is_(None)).order_by(ComplaintUpload.id)))


def entry_behind(token: str) -> ComplaintEntry | None:
    """The form that was sent and waits for the worker, by its status link."""
    return db.session.scalar(select(ComplaintEntry).where(
        ComplaintEntry.token_hash == token_hash(token), ComplaintEntry.looked_at.is_(None)))


def waiting_from(client: Client) -> list[ComplaintEntry]:
    """What was sent with a phone or an e-mail of this client and waits for the worker, the first first."""
    marks = [hashed("contact", value) for value in (
        *(phone.e164 for phone in client.phones), *(email.address for email in client.emails))]
    return list(db.session.scalars(select(ComplaintEntry).where(
        ComplaintEntry.contact_hash.in_(marks), ComplaintEntry.looked_at.is_(None)).order_by(ComplaintEntry.id)))


def files_of_entry(entry: ComplaintEntry) -> list[ComplaintUpload]:
    """What was sent along with it."""
    return list(db.session.scalars(select(ComplaintUpload).where(
        ComplaintUpload.entry_id == entry.id).order_by(ComplaintUpload.id)))


def files_of(complaint_id: int, *, by_client: bool | None = None) -> list[ComplaintFile]:
    """Photos and papers of a complaint without their bytes; with `by_client` only theirs, or only ours."""
    query = select(ComplaintFile).where(ComplaintFile.complaint_id == complaint_id)
    if by_client is not None:
        query = query.where(ComplaintFile.by_client.is_(by_client))
    return list(db.session.scalars(query.order_by(ComplaintFile.id)))


def shown_words(complaint_id: int, *, until: datetime) -> list[ComplaintWord]:
    """The conversation as its client may read it: no notes, no answer that may still be taken back (written after
    `until`), none that was."""
    source = literal(f"complaint:{complaint_id}:word:").concat(cast(ComplaintWord.id, String))
    taken_back = select(Message.id).where(Message.source == source, Message.state == "cancelled").exists()
    return list(db.session.scalars(select(ComplaintWord).where(
        ComplaintWord.complaint_id == complaint_id, ComplaintWord.kind.in_(("client", "reply")),
        or_(ComplaintWord.kind == "client", (ComplaintWord.at <= until) & ~taken_back)).order_by(ComplaintWord.id)))


def open_offices() -> list[Office]:
    """Where a complaint may be addressed to."""
    return list(db.session.scalars(select(Office).where(Office.closed_on.is_(None)).order_by(Office.id)))


def client_for(contact: Contact, name: str, office_id: int | None) -> Client | None:
    """Who wrote: of several people with one phone the one of that name, else of that office, else the first."""
    people = [client for client in holders([contact.phone] if contact.phone else (),
                                           [contact.email] if contact.email else ()) if client.erased_at is None]
    return max(people, default=None, key=lambda client: (
        same_name(name, (client.last_name, client.first_name)), client.office_id == office_id, -client.id))


def trip_for(client: Client, words: str, now: datetime) -> Trip | None:
    """The trip of this client that the words mean, when only one can be."""
    if not words:
        return None
    found = db.session.scalars(select(Trip).where(Trip.client_id == client.id, Trip.cancelled_at.is_(None))).all()
    wanted = meant_trip(words, [Went(trip.id, trip.destination, trip.departure_on, trip.return_on) for trip in found],
                        now.date())
    return next((trip for trip in found if trip.id == wanted), None)
