"""The claim goes to the tour operator by e-mail: into the outbox, called back, and kept in step with its letter.

A claim counts as sent once its letter has left, on that day; one that does not get there is not sent.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import String, cast, func, literal, or_, select
from sqlalchemy.orm import aliased

from webapp.clients.actions import letters_url
from webapp.clients.models import Client
from webapp.complaints.actions.claiming import Typed, mark_of, write_claim
from webapp.complaints.actions.mailing import GRACE
from webapp.complaints.actions.rows import lock, note
from webapp.complaints.actions.tasks import keep_claim_task
from webapp.complaints.claim_rules import CALLED_BACK, LEFT, LOST, MAILED, WAITS, blanks_in, fate_of
from webapp.complaints.claims import as_attached, best_of, letter_of, source_of
from webapp.complaints.models import Complaint, ComplaintFile, OperatorClaim
from webapp.complaints.questions import claim_days
from webapp.complaints.step_rules import DRAFT, VOID, Refused
from webapp.db import db, transaction
from webapp.kit import emails
from webapp.kit.days import local_day, zone
from webapp.kit.phones import display
from webapp.letters.files import MOST_FILES, MOST_TOGETHER, Attached, as_text, total
from webapp.letters.identities import photo_part, signature_for
from webapp.letters.rendering import render_plain
from webapp.letters.store import agency_name
from webapp.post import actions as post
from webapp.post.models import Message
from webapp.post.rules import LANE_SERVICE, SERVICE
from webapp.post.sender import envelope
from webapp.staff.audit import job
from webapp.staff.rules import DIRECTOR, Actor, BadInput
from webapp.staff.rules import SERVICE as SERVICE_DESK
from webapp.touches.writing import address_for

JOB = job("complaints")
_COPIES = {"ru": "Здравствуйте! Это копия претензии, которую мы отправляем туроператору {operator} по вашей просьбе.",
           "en": "Hello, this is a copy of the claim that we send to the tour operator {operator} as you asked us to."}


@dataclass(frozen=True)
class Parcel:
    """Where the claim goes, with which files of the complaint (tokens), and whether the client wants a copy.

    `typed` is what stands in the form, which is kept first; None where nothing was typed. `has_blanks` where somebody
    has said that it goes though not everything is filled in.
    """

    address: str
    files: Collection[str] = ()
    has_copy: bool = False
    typed: Typed | None = None
    has_blanks: bool = False


@dataclass(frozen=True)
class _Sheet:
    """One mail that carries a claim."""

    address: str
    to_name: str
    text: str
    source: str
    client_id: int | None = None
    language: str = "ru"


def mail_claim(complaint_id: int, parcel: Parcel, *, seen: str, actor: Actor, now: datetime) -> Message:
    """Put the claim into the outbox for the operator, who is nobody's client; pressed twice, it is one letter.

    It can be called back for fifteen seconds. `seen` is the mark of the text that was looked at. What was typed is kept
    and sent in one transaction. Raises Refused("no-move", "on-its-way", "collision"); BadInput("bad-address",
    "address-stopped", "too-many-files", "file-gone", "no-email", "blanks", those of write_claim); NotAllowed,
    LookupError.
    """
    actor.needs(SERVICE_DESK, DIRECTOR)
    address = emails.normalise(parcel.address)
    if address is None or not address.partition("@")[0].isascii():
        # Few mail servers take such names, and the letter would come back after days.
        raise BadInput("bad-address", "address")
    with transaction():
        row = lock(complaint_id, actor=actor)
        claim, letter = _written(row), letter_of(row.id)
        if letter is not None and fate_of(letter.state) != LOST:
            if letter.address == address and (parcel.typed is None or parcel.typed.says_the_same_as(claim)):
                return letter
            raise Refused("on-its-way")
        if claim.sent_on is not None:
            raise Refused("no-move")
        claim = _as_typed(row, claim, parcel, seen, actor, now)
        sheet = _Sheet(address, claim.operator, claim.text, source_of(row.id))
        files = _chosen(row, parcel.files)
        letter = _enqueue(row, sheet, files, actor, now)
        if letter.state == "cancelled":
            # Nothing of this is kept.
            raise BadInput("address-stopped", "address")
        if parcel.has_copy:
            _send_copy(row, sheet, files, actor, now)
        note(row, "claim-mailed", actor=actor, now=now, facts={"to": address}, is_change=False)
        return letter


def call_claim_back(complaint_id: int, *, actor: Actor, now: datetime) -> None:
    """The letter does not leave, and neither does the copy. Raises Refused("claim-left"), NotAllowed, LookupError."""
    actor.needs(SERVICE_DESK, DIRECTOR)
    with transaction():
        row = lock(complaint_id, actor=actor)
        letter = letter_of(row.id)
        waits = letter is not None and fate_of(letter.state) == WAITS
        if not waits or not post.cancel_source(source_of(row.id), reason=CALLED_BACK, actor=actor, now=now):
            raise Refused("claim-left")
        note(row, "claim-called-back", actor=actor, now=now, is_change=False)


def call_claims_off(client_id: int, *, actor: Actor, now: datetime) -> None:
    """The client is erased: what still waits in the client's name does not leave."""
    for number in db.session.scalars(select(Complaint.id).where(Complaint.client_id == client_id)).all():
        post.cancel_source(source_of(number), reason="erased", actor=actor, now=now)


def follow_claims(*, now: datetime) -> int:
    """Claims that went by e-mail follow their letters: sent with them, not sent any more where they came back; gives
    how many changed."""
    source = literal("complaint:").concat(cast(OperatorClaim.complaint_id, String)).concat(":claim")
    tried = aliased(Message)
    best = select(tried.id).where(tried.source == source).order_by(*best_of(tried)).limit(1).correlate(OperatorClaim)
    found = db.session.execute(_living(select(OperatorClaim, Message)).join(
        Message, Message.id == best.scalar_subquery()).where(
        or_(OperatorClaim.sent_on.is_(None), OperatorClaim.sent_how.startswith(MAILED)))).all()
    numbers = [claim.complaint_id for claim, letter in found if _is_behind(claim, letter)]
    for number in numbers:
        with transaction():
            _follow(lock(number, actor=JOB), now)
    return len(numbers)


def remind_of_claims(*, now: datetime) -> int:
    """Operators whose day for an answer is here or past: a line on /today for whoever handles the complaint; gives how
    many claims were looked at."""
    numbers = db.session.scalars(_living(select(OperatorClaim.complaint_id)).where(
        OperatorClaim.sent_on.is_not(None),
        # Tomorrow by UTC is today somewhere: the task itself asks for the day of its office.
        OperatorClaim.answer_by <= now.date() + timedelta(days=1))).all()
    for number in numbers:
        with transaction():
            row = lock(number, actor=JOB)
            keep_claim_task(row, _claim_of(row), actor=JOB, now=now)
    return len(numbers)


def _living(query: Any) -> Any:
    """Claims that wait for an answer, of complaints that are some and clients who are known."""
    return query.select_from(OperatorClaim).join(Complaint, Complaint.id == OperatorClaim.complaint_id).join(
        Client, Client.id == Complaint.client_id).where(
        OperatorClaim.answered_on.is_(None), Complaint.state != VOID, Client.erased_at.is_(None))


def _is_behind(claim: OperatorClaim, letter: Message) -> bool:
    has_left = fate_of(letter.state) == LEFT
    return has_left != (claim.sent_on is not None)


def _follow(row: Complaint, now: datetime) -> None:
    claim, letter = _claim_of(row), letter_of(row.id)
    if claim is None or letter is None or claim.answered_on is not None or not _is_behind(claim, letter):
        return
    if fate_of(letter.state) == LEFT:
        claim.sent_on = local_day(letter.sent_at or now, zone(row.office.timezone))
        claim.sent_how, claim.answer_by = f"{MAILED}{letter.address}", claim_days(row, claim.sent_on).answer_by
        note(row, "claim-sent", actor=JOB, now=now, facts={"on": claim.sent_on.isoformat()}, is_change=False)
    elif claim.sent_how.startswith(MAILED):
        claim.sent_on = claim.answer_by = None
        claim.sent_how = ""
        note(row, "claim-lost", actor=JOB, now=now, is_change=False)
    keep_claim_task(row, claim, actor=JOB, now=now)


def _written(row: Complaint) -> OperatorClaim:
    claim = _claim_of(row)
    if claim is None or row.state in (DRAFT, VOID) or row.client.erased_at is not None:
        raise Refused("no-move")
    return claim


def _claim_of(row: Complaint) -> OperatorClaim | None:
    return db.session.scalar(select(OperatorClaim).where(OperatorClaim.complaint_id == row.id)
                             .execution_options(populate_existing=True))


def _as_typed(row: Complaint, claim: OperatorClaim, parcel: Parcel, seen: str, actor: Actor,
              now: datetime) -> OperatorClaim:
    """The claim with the words that stand in the form, fit to leave."""
    if parcel.typed is not None:
        claim = write_claim(row.id, parcel.typed.operator, parcel.typed.text, seen=seen, actor=actor, now=now)
    elif seen != mark_of(claim):
        raise Refused("collision")
    if not parcel.has_blanks and blanks_in(claim.text):
        raise BadInput("blanks", "anyhow")
    return claim


def _chosen(row: Complaint, tokens: Collection[str]) -> tuple[Attached, ...]:
    files = db.session.scalars(select(ComplaintFile).where(
        ComplaintFile.complaint_id == row.id, ComplaintFile.token.in_(tokens)).order_by(ComplaintFile.id)).all()
    if len(files) != len(set(tokens)):
        raise BadInput("file-gone", "files")
    named = tuple(as_attached(file) for file in files)
    if len(named) > MOST_FILES or total(named) > MOST_TOGETHER:
        raise BadInput("too-many-files", "files")
    return named


def _send_copy(row: Complaint, sheet: _Sheet, files: tuple[Attached, ...], actor: Actor, now: datetime) -> None:
    """What the operator reads, with a sentence that says why it comes."""
    address = client_email(row)
    if not address:
        raise BadInput("no-email", "has_copy")
    said = _COPIES.get(row.language, _COPIES["en"]).format(operator=sheet.to_name)
    _enqueue(row, _Sheet(address, row.contact_name or row.client.full_name, f"{said}\n\n{sheet.text}",
                         f"{sheet.source}:copy", row.client_id, row.language), files, actor, now)


def client_email(row: Complaint) -> str:
    """Where the client reads letters about this complaint; "" without an e-mail."""
    return row.contact_email or address_for(row.client, "email")


def _enqueue(row: Complaint, sheet: _Sheet, files: tuple[Attached, ...], actor: Actor, now: datetime) -> Message:
    office = row.office
    signature = signature_for("agency", office, None, sheet.language)
    values = {"agency.name": agency_name(office), "office.address": office.address,
              "office.phone": display(office.phone)}
    # Operators choose no letters of ours; clients do, in the foot of each.
    choose = letters_url(sheet.client_id, source=sheet.source, now=now) if sheet.client_id else ""
    made = render_plain(_subject(row), sheet.text, values, signature, sheet.language, unsubscribe_url=choose)
    by = envelope(signature, office, row.owner)
    before = db.session.scalar(select(func.count()).select_from(Message).where(Message.source == sheet.source)) or 0
    return post.enqueue(
        source=sheet.source, resend=before, group_key=row.hold_key, office_id=office.id, client_id=sheet.client_id,
        klass=SERVICE, channel="email", address=sheet.address, subject=made.subject, text=made.text, html=made.html,
        sender=by.sender, reply_to=by.reply_to, to_name=sheet.to_name,
        zone=row.client.zone if sheet.client_id else office.timezone, lane=LANE_SERVICE,
        files=as_text((*photo_part(signature), *files)), not_before=now + GRACE, actor=actor, now=now)


def _subject(row: Complaint) -> str:
    booking = row.trip.booking_number if row.trip else ""
    about = ", ".join(filter(None, (f"бронирование {booking}" if booking else "",
                                    row.contact_name or row.client.full_name)))
    return f"Претензия туриста: {about} (наш номер {row.number})"
