"""What a person decides about one message: try it again, cancel it, settle one whose answer was lost."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from webapp.clients.models import Client
from webapp.db import transaction, wake
from webapp.post import rules
from webapp.post.actions.creating import enqueue
from webapp.post.actions.history import move, note
from webapp.post.models import Message
from webapp.post.obstacles import message as table
from webapp.staff.audit import record
from webapp.staff.rules import Actor, NotAllowed

DECISIONS = ("count_as_sent", "count_as_failed", "send_again")
_CAN_RETRY = ("failed", "bounced", "dead")


class TooLate(NotAllowed):
    """What the message says is no longer true."""

    def __init__(self) -> None:
        super().__init__("past-end")


class Locked(NotAllowed):
    """It was handed over less than ten minutes ago; `until` is when a person may send it again."""

    def __init__(self, until: datetime) -> None:
        super().__init__("locked")
        self.until = until


def retry(message: Message, *, actor: Actor, now: datetime) -> Message:
    """Try again: a waiting message at once, a failed or dead one as a new row to the client's present address.

    Raises TooLate past the end of truth, NotAllowed("not-now") in any other state.
    """
    with transaction() as session:
        row = _locked(session, message, actor)
        if rules.is_past(row, now):
            raise TooLate
        if row.state == "queued":
            move(session, [row.id], "queued", actor.name, now, code="retry", next_try_at=max(now, row.not_before))
            again = row
        elif row.state in _CAN_RETRY:
            again = _anew(session, row, _present_address(session, row), actor, now)
        else:
            raise NotAllowed("not-now")
        record(actor, "retry", "message", row.id, office_id=row.office_id, now=now)
        session.expire(row)
        wake("post")
        return again


def decide_unknown(message: Message, decision: str, *, actor: Actor, now: datetime) -> Message:
    """Settle a message whose answer was lost; gives the row that counts from now on.

    "count_as_sent" makes it sent. "count_as_failed" makes it failed, and somebody has to call: so it stays without the
    moment of a decision, which would say that it needs nobody. "send_again" makes a new row (`resend_of`), not before
    ten minutes after it was handed over: raises Locked until then, TooLate past its end of truth,
    NotAllowed("decided") the second time.
    """
    if decision not in DECISIONS:
        raise ValueError(f"no such decision: {decision!r}")
    with transaction() as session:
        row = _locked(session, message, actor)
        if row.state != "unknown" or row.decided_at:
            raise NotAllowed("decided")
        result = row
        if decision == "send_again":
            if now < (until := rules.send_again_from(row.handed_at, now)):
                raise Locked(until)
            if rules.is_past(row, now):
                raise TooLate
            result = _anew(session, row, row.address, actor, now, not_before=now + rules.BREATH)
        decided_at = None if decision == "count_as_failed" else now
        session.execute(update(table).where(table.c.id == row.id).values(decided_by=actor.name, decided_at=decided_at))
        if decision == "count_as_sent":
            move(session, [row.id], "sent", actor.name, now, code="counted", sent_at=row.handed_at or now)
        elif decision == "count_as_failed":
            move(session, [row.id], "failed", actor.name, now, code=rules.NOT_ARRIVED, last_code=rules.NOT_ARRIVED)
        else:
            note(session.connection(), [row.id], "unknown", actor.name, now, code="send-again")
        record(actor, decision.replace("_", "-"), "message", row.id, office_id=row.office_id, now=now)
        session.expire(row)
        return result


def attend(message_id: int, *, actor: Actor, now: datetime) -> None:
    """Somebody took care of what did not leave or may not have arrived, elsewhere: here it needs nobody any more."""
    with transaction() as session:
        row = session.get_one(Message, message_id, with_for_update=True, populate_existing=True)
        if row.state in (*rules.BROKEN, "unknown") and row.decided_at is None:
            row.decided_by, row.decided_at = actor.name, now
            note(session.connection(), [row.id], row.state, actor.name, now, code="attended")


def reopen(message_id: int, *, actor: Actor, now: datetime) -> None:
    """The opposite of `attend`, when that was undone. What was sent once more meanwhile stays decided."""
    with transaction() as session:
        row = session.get_one(Message, message_id, with_for_update=True, populate_existing=True)
        again = session.scalar(select(Message.id).where(Message.resend_of == row.id).limit(1))
        if row.state in (*rules.BROKEN, "unknown") and row.decided_at is not None and again is None:
            row.decided_by, row.decided_at = "", None
            note(session.connection(), [row.id], row.state, actor.name, now, code="reopened")


def cancel(message: Message, *, actor: Actor, now: datetime) -> None:
    """A person decides that a waiting message does not leave. Raises NotAllowed("not-now") when it is too late."""
    with transaction() as session:
        # The first letter before the second, as `take_back` locks them.
        lost = session.get(Message, message.resend_of, with_for_update=True) if message.resend_of else None
        row = _locked(session, message, actor)
        if row.state not in ("held", "queued"):
            raise NotAllowed("not-now")
        move(session, [row.id], "cancelled", actor.name, now, code="person", last_code="person")
        record(actor, "cancelled", "message", row.id, office_id=row.office_id, now=now)
        if lost is not None and lost.state == "unknown" and lost.decided_at:
            # Without the second letter nothing is decided about the first.
            _reopen(session, lost, actor, now)
        session.expire(row)


def take_back(message: Message, *, actor: Actor, now: datetime) -> None:
    """Take back a decision about a message whose answer was lost: it waits for a person again.

    "It arrived" and "it did not" within 15 minutes and while nothing has come after it; "send again" as long as the
    new message waits.
    Raises NotAllowed("over") otherwise.
    """
    with transaction() as session:
        row = _locked(session, message, actor)
        if row.state == "unknown" and row.decided_at:
            again = session.scalar(select(Message).where(
                Message.resend_of == row.id, Message.state.in_(("held", "queued"))).with_for_update())
            if again is None:
                raise NotAllowed("over")
            cancel(again, actor=actor, now=now)
        elif (row.state == "sent" and row.decided_at and now <= row.decided_at + rules.UNDO_FOR
              or rules.can_be_unfailed(row, now) and not _was_repeated(session, row)):
            _reopen(session, row, actor, now)
        else:
            raise NotAllowed("over")
        session.expire(row)


def _reopen(session: Session, row: Message, actor: Actor, now: datetime) -> None:
    move(session, [row.id], "unknown", actor.name, now, code="taken-back", last_code="no-answer", sent_at=None,
         decided_by="", decided_at=None, next_try_at=now)
    record(actor, "decision-taken-back", "message", row.id, office_id=row.office_id, now=now)
    session.expire(row)


def _was_repeated(session: Session, row: Message) -> bool:
    return session.scalar(select(Message.id).where(Message.resend_of == row.id).limit(1)) is not None


def _locked(session: Session, message: Message, actor: Actor) -> Message:
    if not actor.may_see(message.office_id):
        raise NotAllowed("other-office")
    return session.get_one(Message, message.id, with_for_update=True, populate_existing=True)


def _anew(session: Session, row: Message, address: str, actor: Actor, now: datetime, *,
          not_before: datetime | None = None) -> Message:
    number = (session.scalar(select(Message.resend).where(Message.source == row.source)
                             .order_by(Message.resend.desc()).limit(1)) or 0)
    existing = session.scalar(select(Message).where(Message.resend_of == row.id, Message.state != "cancelled"))
    return existing or enqueue(
        source=row.source, office_id=row.office_id, client_id=row.client_id, klass=row.klass, channel=row.channel,
        address=address, subject=row.subject, text=row.text, html=row.html, sender=row.sender, reply_to=row.reply_to,
        to_name=row.to_name, lane=row.lane, not_before=not_before or now, true_until=row.true_until, zone=row.zone,
        letter_version_id=row.letter_version_id, group_key=row.group_key, unsubscribe_url=row.unsubscribe_url,
        files=row.files,
        resend=number + 1, resend_of=row.id, now=now, actor=actor)


def _present_address(session: Session, row: Message) -> str:
    """Where the client can be reached now: perhaps somebody has corrected the address since."""
    client = session.get(Client, row.client_id) if row.client_id else None
    if client is None:
        return row.address
    if row.channel == "email":
        return client.email.address if client.email else row.address
    mobile = next((phone for phone in client.phones if phone.works and phone.is_mobile), None)
    return mobile.e164 if mobile else row.address
