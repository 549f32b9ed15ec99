"""One letter that came becomes a row, and what it says becomes true, in one transaction: all of it or nothing."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from webapp.clients.models import Client, Email
from webapp.db import Base, transaction, wake
from webapp.post import report_rules, sorting_rules
from webapp.post.actions.bounces import report
from webapp.post.actions.stopping import suppress
from webapp.post.actions.worn import wears_out
from webapp.post.incoming_rules import Letter
from webapp.post.models import InboxState, Incoming, Message
from webapp.post.report_rules import FAILED, HARD, SOFT, Outcome
from webapp.post.rules import MARKETING
from webapp.post.tag_rules import is_signed, named_in
from webapp.staff.audit import job

READER = job("returns")
TAG, ID, ADDRESS = "tag", "id", "address"
_table = Base.metadata.tables[Incoming.__tablename__]
_INSERTS: dict[str, Any] = {
    name: make(_table).on_conflict_do_nothing().returning(_table.c.id)
    for name, make in (("sqlite", sqlite.insert), ("postgresql", postgresql.insert))}
_KEPT = {"reply", "other"}
MOST_TAGS = 20


@dataclass(frozen=True)
class Place:
    """Where a letter was found: the mailbox with its address, the letter's number there, whose office sorts it."""

    inbox: str
    address: str
    uidvalidity: int
    uid: int
    came_at: datetime
    office_id: int
    keeps_strangers: bool = True


@dataclass(frozen=True)
class _Found:
    """What the letter turned out to be about; columns of its row."""

    kind: str
    state: str = "done"
    verdict: str = ""
    proof: str = ""
    message: Message | None = None
    client_id: int | None = None
    outcome: Outcome | None = None


def take(letter: Letter, place: Place, *, now: datetime) -> str:
    """Write the letter down and do what it says; gives its kind, or "" when it was taken before.

    Reports and complaints act on the message they are about; words of people wait for the rooms on the right.
    The place read so far moves on in the same transaction.
    """
    with transaction() as session:
        found = _about(session, letter, place)
        row_id = _write(session, letter, place, found, now)
        _move_on(session, place)
        if row_id is None:
            return ""
        if found.message is not None and found.outcome is not None:
            _apply(session, row_id, found, now)
        elif found.message is not None and found.kind == "complaint":
            _complained(found.message, now)
        if found.state == "new":
            wake("post")
        return found.kind


def _about(session: Session, letter: Letter, place: Place) -> _Found:
    kind = sorting_rules.kind_of(letter)
    if kind in (sorting_rules.REPORT, sorting_rules.COMPLAINT):
        return _of_machine(session, letter, place, kind)
    if kind in (sorting_rules.UNREADABLE, sorting_rules.BULK):
        return _Found("bulk" if kind == sorting_rules.BULK else "other")
    message, proof = _ours(session, letter, place, letter.answered)
    if message is not None and _is_erased(session, message):
        return _Found("other")
    client_id = message.client_id if message else None
    if kind == sorting_rules.AUTO:
        return _Found("auto", proof=proof, message=message, client_id=client_id)
    if client_id is None:
        client_id, by_address = _by_sender(session, letter.sender)
        proof = proof or by_address
    if client_id is not None:
        return _Found("reply", "new", proof=proof, message=message, client_id=client_id)
    if message is not None or place.keeps_strangers:
        return _Found("reply" if message else "other", "unsorted", proof=proof, message=message)
    return _Found("other")


def _of_machine(session: Session, letter: Letter, place: Place, kind: str) -> _Found:
    """Whose report it is. Without a signed word, or our Message-ID together with its reader, it changes nothing."""
    message, proof = _ours(session, letter, place, (*letter.quoted_ids, *letter.answered))
    if kind == sorting_rules.COMPLAINT:
        named = report_rules.complained_addresses(letter)
        fits = message is not None and report_rules.is_about_spam(letter) and (
            proof == TAG or not named or message.address.lower() in named)
        return _Found("complaint", proof=proof, message=message, client_id=message.client_id) if (
            fits and message) else _Found("other")
    if message is not None and _is_erased(session, message):
        return _Found("other")
    outcomes = report_rules.outcomes_of(letter)
    outcome = _outcome_for(message, proof, outcomes, letter.quoted_to) if message else None
    if message is None or outcome is None:
        return _Found("other")
    return _Found("bounce", verdict=outcome.verdict, proof=proof, message=message, client_id=message.client_id,
                  outcome=outcome)


def _is_erased(session: Session, message: Message) -> bool:
    """Who asked to be forgotten is not remembered by what comes later."""
    return message.client_id is not None and session.get_one(Client, message.client_id).erased_at is not None


def _outcome_for(message: Message, proof: str, outcomes: Sequence[Outcome], quoted_to: Sequence[str]) -> Outcome | None:
    """What the report says of the reader of this message.

    Who passes letters on may have the next mailbox refuse them: then the client's own address is still good.
    """
    address = message.address.strip().lower()
    own = [outcome for outcome in outcomes if address in outcome.addresses]
    if own:
        return _worst(own)
    nameless = [outcome for outcome in outcomes if not outcome.addresses]
    if nameless and (proof == TAG or address in quoted_to):
        return _worst(nameless)
    if proof == TAG or address in quoted_to:
        worst = _worst(outcomes)
        return replace(worst, verdict=SOFT, code="forwarded") if worst.verdict == HARD else worst
    return None


def _worst(outcomes: Sequence[Outcome]) -> Outcome:
    order = [*FAILED, report_rules.DELAYED, report_rules.FINE]
    return min(outcomes, key=lambda outcome: order.index(outcome.verdict))


def _ours(session: Session, letter: Letter, place: Place, ids: Sequence[str]) -> tuple[Message | None, str]:
    """The message of ours the letter belongs to, and how that is known."""
    secret = current_app.extensions["snova.settings"].secret_key
    for row_id, signature in named_in(letter.recipients, place.address)[:MOST_TAGS]:
        row = session.get(Message, row_id)
        if row is not None and is_signed(row.id, row.message_id, signature, secret):
            return row, TAG
    known = session.scalars(select(Message).where(Message.message_id.in_(ids)).order_by(Message.id.desc())).first()
    return (known, ID) if known is not None else (None, "")


def _by_sender(session: Session, sender: str) -> tuple[int | None, str]:
    """The one client who has this address; nobody when there are several."""
    if "@" not in sender:
        return None, ""
    ids = session.scalars(select(Email.client_id).where(Email.address == sender).distinct().limit(2)).all()
    return (ids[0], ADDRESS) if len(ids) == 1 else (None, "")


def _write(session: Session, letter: Letter, place: Place, found: _Found, now: datetime) -> int | None:
    office_id = found.message.office_id if found.message else place.office_id
    if found.client_id is not None and found.message is None:
        office_id = session.get_one(Client, found.client_id).office_id
    keeps = found.kind in _KEPT and found.state != "done" or found.kind == "auto"
    said = found.outcome.said if found.outcome else letter.text if keeps else ""
    values = {
        "inbox": place.inbox, "uidvalidity": place.uidvalidity, "uid": place.uid, "fingerprint": letter.fingerprint,
        "came_at": place.came_at, "taken_at": now, "kind": found.kind, "verdict": found.verdict, "state": found.state,
        "proof": found.proof, "office_id": office_id, "client_id": found.client_id,
        "message_id": found.message.id if found.message else None, "decided_by": "",
        "sender": letter.sender if keeps else "", "sender_name": letter.sender_name if keeps else "",
        "subject": letter.subject if keeps else "", "text": said,
        "attachments": [asdict(one) for one in letter.attachments] if keeps else [],
        "asks_stop": sorting_rules.wants_stop(letter.text) if found.state in ("new", "unsorted") else ""}
    row_id: int | None = session.connection().scalar(_INSERTS[session.get_bind().dialect.name], values)
    return row_id


def _move_on(session: Session, place: Place) -> None:
    state = Base.metadata.tables[InboxState.__tablename__]
    session.connection().execute(update(state).where(
        state.c.key == place.inbox, state.c.uidvalidity == place.uidvalidity, state.c.last_uid < place.uid)
        .values(last_uid=place.uid))


def _apply(session: Session, row_id: int, found: _Found, now: datetime) -> None:
    """A report that the letter failed turns the message; the third in a row from a mailbox gives its address up."""
    assert found.message is not None and found.outcome is not None
    if found.verdict not in FAILED:
        return
    changed = report(found.message, "bounced", actor=READER, now=now, code=found.outcome.code, text=found.outcome.said)
    if changed and found.verdict == SOFT:
        wears_out(session, found.message, now=now)


def _complained(message: Message, now: datetime) -> None:
    """«Spam» was pressed: news stop for this address at once; letters about the trip still go."""
    report(message, "complained", actor=READER, now=now, code="complained")
    suppress(message.address, channel="email", klass=MARKETING, reason="complained", actor=READER, now=now)


