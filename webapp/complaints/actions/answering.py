"""Whether the decision satisfies: asked with it, answered by the client or told to staff, or counted as silence."""

from datetime import datetime
from typing import Any

from sqlalchemy import and_, or_, select

from webapp.complaints import step_rules as rules
from webapp.complaints.actions.mailing import ASK, call_off, send
from webapp.complaints.actions.rows import lock, note
from webapp.complaints.actions.stepping import act
from webapp.complaints.models import Complaint
from webapp.complaints.step_rules import Refused
from webapp.db import db, transaction
from webapp.post.models import Message
from webapp.staff.audit import job
from webapp.staff.rules import DIRECTOR, SERVICE, Actor, BadInput

JOB, CLIENT = job("complaints"), job("client")
ARRIVED = ("sent", "delivered")
MAY_ANSWER = (rules.RESOLVED, rules.DOCUMENTED, rules.ANALYSED, rules.SHARED, rules.WAIVED, rules.CLOSED)
BATCH = 200


def answer(complaint_id: int, word: str, *, words: str = "", now: datetime) -> Complaint:
    """The client says yes, partly or no on the status page. The first "no" reopens the complaint to the director.

    Raises BadInput("not-offered"), Refused("no-move") before there is a decision or after the last word.
    """
    return _settle(complaint_id, word, words, CLIENT, now)


def note_answer(complaint_id: int, word: str, *, words: str = "", seen: int | None = None, actor: Actor,
                now: datetime) -> Complaint:
    """The same, told to staff on the phone or in the office. Raises also NotAllowed, Refused("collision")."""
    actor.needs(SERVICE, DIRECTOR)
    return _settle(complaint_id, word, words, actor, now, seen)


def _settle(complaint_id: int, word: str, words: str, actor: Actor, now: datetime,
            seen: int | None = None) -> Complaint:
    if word not in rules.ANSWERS:
        raise BadInput("not-offered", "answer")
    with transaction():
        row = lock(complaint_id, actor=actor, seen=seen, with_steps=True)
        if row.state not in MAY_ANSWER:
            raise Refused("no-move")
        if row.satisfaction == word:
            return row
        if row.satisfaction in rules.ANSWERS and (row.state == rules.CLOSED or row.rounds > 1):
            # One word is changed for another as long as the case is open.
            raise Refused("no-move")
        said, is_over = words.strip()[:2000], word == "no" and row.rounds == 1
        if not is_over:
            row.satisfaction, row.satisfaction_note, row.satisfied_at = word, said, now
        # Its deadline follows from the answer: that stands first.
        note(row, "answered", actor=actor, now=now, facts={"answer": word, "words": said})
        call_off(row, "ask", reason="answered-before", actor=actor, now=now)
        if is_over:
            # The new round begins without an answer; a closed case with a first "no" is none the database knows.
            act(row.id, "reopen", {"reason": said or "client-not-satisfied"},
                actor=actor if DIRECTOR in actor.hats else CLIENT, now=now)
        return row


def ask_again(complaint_id: int, *, seen: int | None = None, actor: Actor, now: datetime) -> Complaint:
    """Ask once more whether the decision satisfies; seven days begin anew. Raises BadInput("no-address"), Refused."""
    actor.needs(SERVICE, DIRECTOR)
    with transaction():
        row = lock(complaint_id, actor=actor, seen=seen)
        if row.state not in MAY_ANSWER or row.state == rules.CLOSED or row.satisfaction:
            raise Refused("no-move")
        sent = send(row, ASK, f"ask:{row.version}", {}, actor=actor, now=now)
        if sent is None:
            raise BadInput("no-address")
        row.asked_at, row.asked_message_id = now, sent.id
        note(row, "asked", actor=actor, now=now)
        return row


def count_silence(*, now: datetime) -> int:
    """Seven days after the client was really asked, no answer is an answer; gives how many it was.

    A question that never left, or came back, was not asked: people ask by phone then.
    """
    query = select(Complaint.id).outerjoin(Message, Message.id == Complaint.asked_message_id).where(
        Complaint.state.in_(set(MAY_ANSWER) - {rules.CLOSED}), Complaint.satisfaction == "",
        Complaint.asked_at <= now - rules.SILENCE,
        or_(Complaint.asked_message_id.is_(None),
            and_(Message.state.in_(ARRIVED), Message.sent_at <= now - rules.SILENCE)))
    silent = db.session.scalars(query.order_by(Complaint.id).limit(BATCH)).all()
    return sum(_silence(number, query, now) for number in silent)


def _silence(complaint_id: int, query: Any, now: datetime) -> int:
    with transaction() as session:
        row = lock(complaint_id, actor=JOB)
        if session.scalar(query.where(Complaint.id == complaint_id)) is None:
            return 0
        row.satisfaction, row.satisfied_at = "no_answer", now
        note(row, "silent", actor=JOB, now=now)
        return 1
