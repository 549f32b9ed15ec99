"""A complaint by the public form: written down at once, with number and link; who it is, the worker finds out.

So neither the answer nor the time it takes tells whether a phone or an address is known here (`quality.md` §2).
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime

from flask import current_app
from sqlalchemy import ColumnElement, Select, delete, func, select

from webapp.clients.actions import add_client, set_data_consent
from webapp.clients.actions.links import keep_link
from webapp.clients.links import token_hash
from webapp.clients.models import Client, PersonalLink
from webapp.clients.rules import ClientFacts, name_key, spell_token
from webapp.club.asking_rules import network_of
from webapp.complaints import form_rules as rules
from webapp.complaints.actions.client_words import say
from webapp.complaints.actions.receiving import Intake, new_number, receive
from webapp.complaints.actions.talking import add_client_word
from webapp.complaints.actions.uploading import check_room, hand_over
from webapp.complaints.form_models import ComplaintEntry
from webapp.complaints.form_questions import (
    client_for,
    files_in,
    files_of_entry,
    hashed,
    open_offices,
    trip_for,
)
from webapp.complaints.form_rules import Contact
from webapp.complaints.links import LASTS, STATUS, complaint_behind
from webapp.complaints.models import Complaint
from webapp.db import db, one_at_a_time, transaction, wake
from webapp.kit.names import read_name
from webapp.staff.audit import job, record
from webapp.staff.models import Office
from webapp.staff.rules import DIRECTOR, SERVICE, Actor, BadInput

VISITOR = job("client")
SOURCE = HOW = "complaint-form"
_TRIP = {"ru": "Поездка", "en": "Trip"}


@dataclass(frozen=True)
class Written:
    """What the form brings. `data_text` is the version of the consent that was read, `address` where it came from."""

    story: str
    wants: str
    trip_words: str
    office_id: int | None
    name: str
    contact: Contact
    language: str
    data_text: str
    address: str

    @property
    def content(self) -> str:
        """What tells the same form with other words from the same form sent twice."""
        said = (self.story, self.wants, self.trip_words, self.office_id, self.name, self.contact.value)
        return hashlib.sha256(repr(said).encode()).hexdigest()

    def as_word(self) -> str:
        """All of it as one more word about the complaint that was written first."""
        trip = f"{_TRIP.get(self.language, _TRIP['en'])}: {self.trip_words}" if self.trip_words else ""
        return "\n\n".join(filter(None, (self.story, self.wants, trip, f"{self.name}, {self.contact.value}")))


def token_for(key: str) -> str:
    """The token of the status page of the form with this key: the same form sent again leads to the same page."""
    secret = str(current_app.config["SECRET_KEY"]).encode()
    word = hmac.new(secret, f"complaint-token {key}".encode(), hashlib.sha256).digest()
    return spell_token(int.from_bytes(word[:16], "big"))


def enter(key: str, written: Written, *, now: datetime) -> str:
    """Write a complaint down with the files of its form, and wake the worker; gives the token of its status page.

    The same `key` with the same words again changes nothing; other words are added to the complaint while it is a day
    old and open, and are one of their own afterwards. Raises BadInput("too-many") beyond the limits of an address or
    a contact.
    """
    with transaction():
        one_at_a_time(f"complaint-form:{hashed('key', key)}")
        token = token_for(key)
        first = _entry(key)
        if first is None:
            is_used = db.session.scalar(select(PersonalLink.id).where(PersonalLink.token_hash == token_hash(token)))
            return _write(key if is_used is None else f"{key}:{written.content}", written, now)
        if first.content_hash == written.content or _is_added(first, token, key, written, now):
            return token
        own = f"{key}:{written.content}"
        return token_for(own) if _entry(own) is not None else _write(own, written, now)


def _entry(key: str) -> ComplaintEntry | None:
    return db.session.scalar(select(ComplaintEntry).where(ComplaintEntry.key_hash == hashed("key", key)))


def _is_added(first: ComplaintEntry, token: str, key: str, written: Written, now: datetime) -> bool:
    """The form was changed and sent again: one more word about the same complaint, where somebody will read it."""
    if now - first.created_at > rules.DAY:
        return False
    if add_while_waiting(first, written.as_word(), key, now=now):
        return True
    found = complaint_behind(token, now=now)
    if found is None or not found[1].is_open:
        return False
    say(found[1].id, written.as_word(), key, now=now)
    return True


def _write(key: str, written: Written, now: datetime) -> str:
    token, known = token_for(key), hashed("key", key)
    own, whom = hashed("address", network_of(written.address)), hashed("contact", written.contact.value)
    with transaction() as session:
        # Many at once from one address wait for each other: without that each would count the same few.
        one_at_a_time(f"complaint-address:{own}")
        if _count(ComplaintEntry.address_hash == own, ComplaintEntry.created_at > now - rules.HOUR) \
                >= rules.FORMS_AN_HOUR or _count(ComplaintEntry.contact_hash == whom,
                                                 ComplaintEntry.created_at > now - rules.DAY) >= rules.FORMS_A_DAY:
            raise BadInput("too-many")
        row = ComplaintEntry(
            key_hash=known, token_hash=token_hash(token), number=new_number(), office_id=written.office_id,
            story=written.story, wants=written.wants, trip_words=written.trip_words, name=written.name,
            phone=written.contact.phone, email=written.contact.email, said=[], language=written.language,
            data_text=written.data_text, address=written.address, address_hash=own, contact_hash=whom,
            content_hash=written.content, created_at=now)
        session.add(row)
        session.flush()
        for upload in files_in(key.partition(":")[0]):
            upload.entry_id = row.id
        wake("post")
    return token


def add_while_waiting(entry: ComplaintEntry, text: str, key: str, *, now: datetime) -> bool:
    """Words and files added before the worker came; False when it has come meanwhile. Raises BadUpload("full")."""
    with transaction() as session:
        row = session.get_one(ComplaintEntry, entry.id, with_for_update=True, populate_existing=True)
        if row.looked_at is not None:
            return False
        uploads = files_in(key)
        check_room(uploads, len(files_of_entry(row)))
        for upload in uploads:
            upload.entry_id = row.id
        if text and not any(said[:2] == [key, text] for said in row.said):
            row.said = [*row.said, [key, text, now.isoformat()]]
        return True


def look_at_entries(*, now: datetime) -> int:
    """Open the complaints that were sent, the first first; gives how many.

    One that cannot be opened stays, is told to the log, and holds up nobody; the next look tries it again.
    """
    opened = last = 0
    while (entry_id := db.session.scalar(_waiting(last))) is not None:
        last = entry_id
        try:
            opened += _open(entry_id, now)
        except Exception:
            current_app.logger.exception("a complaint could not be opened (complaint_entry %s)", entry_id)
    return opened


def open_for(entry_id: int, client: Client, *, actor: Actor, now: datetime) -> int | None:
    """Open one that the program could not, for a client whom somebody has chosen; gives the complaint's id, or None
    when it has been opened meanwhile. Raises BadInput("gone") for an erased client, NotAllowed."""
    actor.needs(SERVICE, DIRECTOR)
    with transaction() as session:
        number = session.get_one(ComplaintEntry, entry_id).number
        if not _open(entry_id, now, client):
            return None
        return session.scalars(select(Complaint.id).where(Complaint.number == number)).one()


def tidy_entries(*, now: datetime) -> int:
    """Forget keys of forms that were sent long ago; gives how many."""
    with transaction() as session:
        gone = session.execute(delete(ComplaintEntry).where(
            ComplaintEntry.looked_at.is_not(None), ComplaintEntry.created_at <= now - rules.ENTRY_KEPT))
        return int(gone.rowcount)  # type: ignore[attr-defined]


def _open(entry_id: int, now: datetime, chosen: Client | None = None) -> bool:
    with transaction() as session:
        entry = session.get(ComplaintEntry, entry_id, with_for_update=True, populate_existing=True)
        if entry is None or entry.looked_at is not None:
            return False
        contact, came = Contact(entry.phone, entry.email), entry.created_at
        # Two forms with one new phone are one new client.
        one_at_a_time(f"complaint-contact:{contact.value}")
        client = chosen or client_for(contact, entry.name, entry.office_id) or _new_client(entry, contact)
        office = session.get(Office, entry.office_id) if entry.office_id else None
        # By its number: SQLite gives the id of a row that was tidied away to the next one.
        row = receive(Intake(
            client=client, source="form", story=_story(entry), wants=entry.wants,
            own="\n\n".join(filter(None, (entry.story, entry.wants))), office=office, number=entry.number,
            trip=trip_for(client, entry.trip_words, came), origin=f"form:{entry.number}", language=entry.language,
            contact_name=entry.name, contact_phone=entry.phone, contact_email=entry.email), actor=VISITOR, now=came)
        record(VISITOR, "agreed", "complaint", row.id, now=came, office_id=row.office_id, facts={
            "consent": [None, entry.data_text or None], "address": [None, entry.address or None]})
        keep_link(entry.token_hash, STATUS, client.id, source=f"complaint:{row.id}", expires_at=came + LASTS, now=came)
        for key, text, at in entry.said:
            add_client_word(row.id, text, via="page", key=key, author=entry.name, now=datetime.fromisoformat(at))
        hand_over(files_of_entry(entry), row, None, now=came)
        # It stands with the complaint now: no second copy is kept.
        entry.story = entry.wants = entry.trip_words = entry.name = entry.phone = entry.email = entry.address = ""
        entry.said, entry.looked_at = [], now
        return True


def _new_client(entry: ComplaintEntry, contact: Contact) -> Client:
    name = read_name(entry.name)
    office_id = entry.office_id or open_offices()[0].id
    # Somebody who gives no name that has a letter in it is called by the contact.
    known_as = entry.name if name_key(entry.name, "", "") else contact.value
    facts = ClientFacts(last_name=name.last or ("" if name.first else known_as),
                        first_name=name.first, middle_name=name.middle, source=SOURCE, language=entry.language)
    client = add_client(facts, office_id=office_id, phones=[contact.phone] if contact.phone else (),
                        emails=[contact.email] if contact.email else (), actor=VISITOR, now=entry.created_at)
    if entry.data_text:
        # Only for a record made this moment: nobody changes by a form what a known client has said.
        set_data_consent(client, True, how=HOW, text_version=entry.data_text, address=entry.address, actor=VISITOR,
                         now=entry.created_at)
    return client


def _story(entry: ComplaintEntry) -> str:
    """The trip in the client's own words goes with the story: staff see what was meant, whatever was found."""
    if not entry.trip_words:
        return entry.story
    return f"{entry.story}\n\n{_TRIP.get(entry.language, _TRIP['en'])}: {entry.trip_words}"


def _count(*where: ColumnElement[bool]) -> int:
    return db.session.scalar(select(func.count()).select_from(ComplaintEntry).where(*where)) or 0


def _waiting(after: int) -> Select[int]:
    return select(ComplaintEntry.id).where(ComplaintEntry.looked_at.is_(None), ComplaintEntry.id > after).order_by(
        ComplaintEntry.id).limit(1)
