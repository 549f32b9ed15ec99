"""The client's claim to the tour operator: written from the complaint, sent by the client's day, answered in time."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from webapp.complaints.actions.rows import lock, note
from webapp.complaints.actions.tasks import keep_claim_task
from webapp.complaints.claim_rules import LOST, MAILED, fate_of, with_operator
from webapp.complaints.claims import letter_of
from webapp.complaints.models import Complaint, OperatorClaim
from webapp.complaints.questions import claim_days
from webapp.complaints.step_rules import DRAFT, VOID, Refused
from webapp.db import db, transaction
from webapp.kit.days import local_day, zone
from webapp.staff.rules import DIRECTOR, SERVICE, Actor, BadInput

LONGEST = 20_000


@dataclass(frozen=True)
class Deed:
    """Something that happened to a claim on a day: how it was sent, or what the operator answered."""

    on: date
    words: str


@dataclass(frozen=True)
class Typed:
    """A claim as it stands in a form: whom it is for, and its text."""

    operator: str
    text: str

    @property
    def trimmed(self) -> "Typed":
        """As it is kept."""
        operator = self.operator.strip()
        return Typed(operator, with_operator(self.text.strip(), operator))

    def says_the_same_as(self, claim: OperatorClaim) -> bool:
        """Whether keeping it would change nothing."""
        return self.trimmed == Typed(claim.operator, claim.text)


def mark_of(claim: OperatorClaim | Typed | None) -> str:
    """By which a form tells what it was filled in over: other words have another one; "" as long as there are none."""
    said = f"{claim.operator}\n{claim.text}" if claim is not None else ""
    return hashlib.sha256(said.encode()).hexdigest()[:16] if said else ""


def write_claim(complaint_id: int, operator: str, text: str, *, seen: str | None = None, actor: Actor,
                now: datetime) -> OperatorClaim:
    """Keep the text of the claim; a sent one is changed no more. `seen` is the mark of what was looked at.

    Raises Refused("no-move", "on-its-way"), or "collision" where a colleague has kept other words meanwhile; BadInput,
    LookupError.
    """
    actor.needs(SERVICE, DIRECTOR)
    with transaction() as session:
        row = lock(complaint_id, actor=actor)
        claim, typed = _of(row), Typed(operator, text).trimmed
        if not typed.operator or not typed.text:
            raise BadInput("text-needed", "text" if typed.operator else "operator")
        if len(typed.text) > LONGEST or len(typed.operator) > 200:
            raise BadInput("too-long", "text")
        if row.state in (DRAFT, VOID) or claim is not None and claim.sent_on is not None:
            raise Refused("no-move")
        _not_on_its_way(row)
        if claim is not None and typed.says_the_same_as(claim):
            # Pressed twice, or two who mean the same.
            return claim
        if seen is not None and seen != mark_of(claim):
            raise Refused("collision")
        if claim is None:
            claim = OperatorClaim(complaint_id=row.id, operator=typed.operator, text=typed.text, sent_how="", answer="",
                                  file_by=claim_days(row).file_by, created_at=now)
            session.add(claim)
        claim.operator, claim.text = typed.operator, typed.text
        note(row, "claim-written", actor=actor, now=now, is_change=False)
        return claim


def claim_sent(complaint_id: int, deed: Deed, *, actor: Actor, now: datetime) -> OperatorClaim:
    """The claim went to the operator, who has so many days for the answer.

    Raises Refused; BadInput("day-ahead"), or "day-before" with the earliest day.
    """
    actor.needs(SERVICE, DIRECTOR)
    with transaction():
        row, claim = _standing(complaint_id, actor)
        if claim.sent_on is not None:
            raise Refused("no-move")
        _not_on_its_way(row)
        _check(row, deed.on, row.trip.departure_on if row.trip else None, now)
        claim.sent_on, claim.sent_how = deed.on, deed.words.strip().removeprefix(MAILED)[:200]
        claim.answer_by = claim_days(row, deed.on).answer_by
        note(row, "claim-sent", actor=actor, now=now, facts={"on": deed.on.isoformat()}, is_change=False)
        keep_claim_task(row, claim, actor=actor, now=now, reopens=True)
        return claim


def claim_answered(complaint_id: int, deed: Deed, *, actor: Actor, now: datetime) -> OperatorClaim:
    """What the operator answered. Raises Refused; BadInput("text-needed", "day-ahead", "day-before")."""
    actor.needs(SERVICE, DIRECTOR)
    if not deed.words.strip():
        raise BadInput("text-needed", "words")
    with transaction():
        row, claim = _standing(complaint_id, actor)
        if claim.sent_on is None or claim.answered_on is not None:
            raise Refused("no-move")
        _check(row, deed.on, claim.sent_on, now)
        claim.answered_on, claim.answer = deed.on, deed.words.strip()[:LONGEST]
        note(row, "claim-answered", actor=actor, now=now, facts={"on": deed.on.isoformat()}, is_change=False)
        keep_claim_task(row, claim, actor=actor, now=now)
        return claim


def claim_unsent(complaint_id: int, *, actor: Actor, now: datetime) -> OperatorClaim:
    """It was not sent another way after all, or not so: the mark of a hand is taken back, its words stay to correct.

    Raises Refused("no-move") where it left by e-mail, which nobody takes back, or the operator has answered.
    """
    actor.needs(SERVICE, DIRECTOR)
    with transaction():
        row, claim = _standing(complaint_id, actor)
        if claim.sent_on is None or claim.sent_how.startswith(MAILED) or claim.answered_on is not None:
            raise Refused("no-move")
        note(row, "claim-unsent", actor=actor, now=now, facts={"on": claim.sent_on.isoformat()}, is_change=False)
        claim.sent_on = claim.answer_by = None
        keep_claim_task(row, claim, actor=actor, now=now)
        return claim


def claim_unanswered(complaint_id: int, *, actor: Actor, now: datetime) -> OperatorClaim:
    """The answer is to be written down anew: its words stay to be corrected, the operator's day counts again.

    Raises Refused("no-move").
    """
    actor.needs(SERVICE, DIRECTOR)
    with transaction():
        row, claim = _standing(complaint_id, actor)
        if claim.answered_on is None:
            raise Refused("no-move")
        facts = {"on": claim.answered_on.isoformat()}
        note(row, "claim-unanswered", actor=actor, now=now, facts=facts, is_change=False)
        claim.answered_on = None
        keep_claim_task(row, claim, actor=actor, now=now, reopens=True)
        return claim


def _standing(complaint_id: int, actor: Actor) -> tuple[Complaint, OperatorClaim]:
    row = lock(complaint_id, actor=actor)
    claim = _of(row)
    if claim is None or row.state in (DRAFT, VOID):
        raise Refused("no-move")
    return row, claim


def _of(row: Complaint) -> OperatorClaim | None:
    return db.session.scalar(select(OperatorClaim).where(OperatorClaim.complaint_id == row.id))


def _not_on_its_way(row: Complaint) -> None:
    """What the outbox has is what the operator reads: it is neither changed nor sent another way meanwhile."""
    letter = letter_of(row.id)
    if letter is not None and fate_of(letter.state) != LOST:
        raise Refused("on-its-way")


def _check(row: Complaint, day: date, earliest: date | None, now: datetime) -> None:
    """Nothing happens ahead of today, nor before what it follows."""
    if day > local_day(now, zone(row.office.timezone)):
        raise BadInput("day-ahead", "on")
    if earliest is not None and day < earliest:
        raise BadInput("day-before", "on", earliest.isoformat())
