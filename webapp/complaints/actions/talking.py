"""The conversation about a complaint: clients write, staff answer or leave notes that no client ever sees."""

import hashlib
from datetime import datetime

from sqlalchemy import select

from webapp.complaints.actions.mailing import GRACE, REPLY, call_off, send
from webapp.complaints.actions.rows import lock, note
from webapp.complaints.actions.tasks import ask_again_for, ask_for_answer, note_answered
from webapp.complaints.models import Complaint, ComplaintWord
from webapp.complaints.questions import complaint_for
from webapp.complaints.step_rules import VOID, Refused
from webapp.db import db, one_at_a_time, transaction
from webapp.kit.days import local_day, zone
from webapp.staff.audit import job
from webapp.staff.models import User
from webapp.staff.rules import DIRECTOR, MANAGER, SERVICE, Actor, BadInput, NotAllowed

LONGEST = 10_000
CLIENT = job("client")


def reply(complaint_id: int, text: str, *, seen: int | None = None, key: str, actor: Actor,
          now: datetime) -> ComplaintWord:
    """Answer the client by letter (or an SMS that leads to the page), fifteen seconds from now; once per `key`.

    Raises Refused("collision") when a colleague or the client wrote meanwhile, BadInput("text-needed", "too-long",
    "no-address"), NotAllowed, LookupError.
    """
    actor.needs(SERVICE, DIRECTOR)
    with transaction():
        row, word = _say(complaint_id, text, "reply", "letter", key, actor, now, seen)
        # The same event again is the same message.
        if send(row, REPLY, f"word:{word.id}", {"complaint.text": word.text}, actor=actor, now=now,
                grace=GRACE) is None:
            raise BadInput("no-address", "text")
        return word


def add_note(complaint_id: int, text: str, *, key: str, actor: Actor, now: datetime) -> ComplaintWord:
    """An internal note; it never leaves the house, and nobody has to see it before answering.

    Managers leave one on an open complaint of an own client and read none. Raises BadInput("text-needed", "too-long"),
    Refused("no-move"), NotAllowed("role", "client"), LookupError.
    """
    actor.needs(MANAGER, SERVICE, DIRECTOR)
    with transaction():
        _may_note(complaint_id, actor, now)
        return _say(complaint_id, text, "note", "", key, actor, now, None)[1]


def add_client_word(complaint_id: int, text: str, *, via: str, key: str, author: str = "",
                    now: datetime) -> ComplaintWord:
    """What the client adds on the status page or by letter; staff see it as news. Raises BadInput, Refused."""
    with transaction():
        return _say(complaint_id, text, "client", via, key, CLIENT, now, None, author)[1]


def call_back(complaint_id: int, word_id: int, *, actor: Actor, now: datetime) -> None:
    """An answer that has not left yet does not leave: by whoever wrote it, or a director. It goes from the client's
    page, stays in the conversation as called off, and what it answered waits for an answer again.

    Raises Refused("left", "no-move"), NotAllowed("role"), LookupError.
    """
    actor.needs(SERVICE, DIRECTOR)
    with transaction() as session:
        row = lock(complaint_id, actor=actor)
        word = session.get(ComplaintWord, word_id)
        if word is None or word.complaint_id != row.id or word.kind != "reply":
            raise Refused("no-move")
        if word.user_id != actor.user_id and DIRECTOR not in actor.hats:
            raise NotAllowed("role")
        if not call_off(row, f"word:{word.id}", reason="called-back", actor=actor, now=now):
            raise Refused("left")
        note(row, "called-back", actor=actor, now=now, facts={"word": word.id})
        ask_again_for(row, word.at, actor=actor, now=now)


def nothing_to_answer(complaint_id: int, *, actor: Actor, now: datetime) -> None:
    """What the client wrote needs no answer: «thank you», for instance. Nothing happens where nothing waits."""
    actor.needs(SERVICE, DIRECTOR)
    with transaction():
        row = lock(complaint_id, actor=actor)
        if note_answered(row, "done", actor=actor, now=now):
            note(row, "no-answer-needed", actor=actor, now=now)


def _may_note(complaint_id: int, actor: Actor, now: datetime) -> None:
    user = db.session.get(User, actor.user_id) if actor.user_id is not None else None
    if user is None or actor.hats & {SERVICE, DIRECTOR}:
        return
    row = complaint_for(complaint_id, user, today=local_day(now, zone(user.zone)))
    if row is None:
        raise NotAllowed("client")
    if not row.is_open:
        raise Refused("no-move")


def _said(key: str) -> ComplaintWord | None:
    return db.session.scalar(select(ComplaintWord).where(ComplaintWord.key == key))


def _say(complaint_id: int, text: str, kind: str, via: str, key: str, actor: Actor, now: datetime, seen: int | None,
         author: str = "") -> tuple[Complaint, ComplaintWord]:
    text = text.strip()
    if not text:
        raise BadInput("text-needed", "text")
    if len(text) > LONGEST:
        raise BadInput("too-long", "text")
    one_at_a_time(f"complaint-word:{key}")
    known = _said(key)
    if known is not None and (known.text, known.complaint_id) != (text, complaint_id):
        # The same form with other words in it is another word: nothing anybody wrote is dropped.
        key = f"{key}:{complaint_id}:{hashlib.sha256(text.encode()).hexdigest()}"
        known = _said(key)
    if known is not None:
        # Pressed twice, or sent again: the same words.
        return lock(known.complaint_id, actor=actor), known
    row = lock(complaint_id, actor=actor, seen=seen)
    if row.state == VOID:
        raise Refused("no-move")
    word = ComplaintWord(complaint_id=row.id, at=now, kind=kind, author=author or actor.name, user_id=actor.user_id,
                         via=via, text=text, key=key)
    db.session.add(word)
    db.session.flush()
    note(row, f"said-{kind}", actor=actor, now=now, facts={"word": word.id}, is_change=kind != "note")
    if kind == "client":
        ask_for_answer(row, text, actor=actor, now=now)
    elif kind == "reply":
        note_answered(row, "done", actor=actor, now=now)
    return row, word
