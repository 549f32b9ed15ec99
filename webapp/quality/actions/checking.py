"""Checks of staff: planned for a day, written down with their result, corrected by another row."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, select

from webapp.db import db, transaction
from webapp.kit.text import clean, match_key
from webapp.quality.models import StaffCheck, StaffCheckDue
from webapp.staff.audit import record
from webapp.staff.models import User
from webapp.staff.rules import DIRECTOR, Actor, BadInput, NotAllowed

TOPIC, NOTE = 80, 1_000
RESULTS = ("good", "partly", "poor")


@dataclass(frozen=True)
class Outcome:
    """What a check showed: days are dates of the person's office; `next_on` None where no other one is planned."""

    topic: str
    checked_on: date
    result: str
    note: str = ""
    next_on: date | None = None


@dataclass(frozen=True)
class Dropped:
    """A planned check that was taken off the list."""

    user_id: int
    topic: str
    due_on: date


def plan_checks(people: Iterable[User], topic: str, due_on: date, *, actor: Actor, today: date, now: datetime) -> int:
    """Plan a check of each of these people in a topic, or move the one planned; gives how many.

    Raises BadInput "topic-empty", "due-past", "nobody"; NotAllowed for people of other offices.
    """
    named = _topic(topic)
    if due_on < today:
        raise BadInput("due-past", "due_on")
    chosen = list(people)
    if not chosen:
        raise BadInput("nobody", "people")
    for person in chosen:
        _may(actor, person)
    with transaction():
        for person in sorted(chosen, key=lambda person: person.id):
            old = _due(person.id, match_key(named))
            before = old.due_on.isoformat() if old else ""
            _put(person, named, due_on)
            _note(actor, "check-planned", person, now, {"check_topic": ["", named],
                                                        "check_due": [before, due_on.isoformat()]})
    return len(chosen)


def write_down(person: User, outcome: Outcome, *, actor: Actor, today: date, now: datetime) -> StaffCheck:
    """Keep the result of a check; the task for it is done, the next one is planned where there is a day for it.

    Raises BadInput "topic-empty", "day-ahead", "unknown-result", "next-past"; NotAllowed.
    """
    _may(actor, person)
    named = _check(outcome, today)
    with transaction() as session:
        row = _row(person, outcome, named, actor, now)
        session.add(row)
        _next(person, named, outcome.next_on)
        _note(actor, "checked", person, now, _facts(row))
        session.flush()
        return row


def correct_check(check: StaffCheck, outcome: Outcome, *, reason: str, actor: Actor, today: date,
                  now: datetime) -> StaffCheck:
    """Another version of a result; the old one stays to be read. The planned next check follows if it was this one's.

    Raises BadInput as `write_down`, "reason-empty", "corrected-already"; NotAllowed.
    """
    _may(actor, check.user)
    if not clean(reason):
        raise BadInput("reason-empty", "reason")
    named = _check(outcome, today)
    with transaction() as session:
        old = session.get_one(StaffCheck, check.id)
        person = session.get_one(User, old.user_id, with_for_update=True)
        if session.scalar(select(StaffCheck.id).where(StaffCheck.corrects_id == old.id)) is not None:
            raise BadInput("corrected-already")
        row = _row(person, outcome, named, actor, now)
        row.corrects_id, row.reason = old.id, clean(reason)[:NOTE]
        session.add(row)
        due = _due(person.id, old.topic_key)
        if due is None or due.due_on == old.next_on:
            if due is not None:
                session.delete(due)
                session.flush()
            _next(person, named, outcome.next_on)
        _note(actor, "check-corrected", person, now, _facts(row))
        session.flush()
        return row


def drop_check(due_id: int, *, actor: Actor, now: datetime) -> Dropped:
    """A planned check is not wanted any more; gives what `put_back` needs. Raises LookupError out of sight."""
    with transaction() as session:
        row = session.get(StaffCheckDue, due_id)
        if row is None:
            raise LookupError(due_id)
        try:
            _may(actor, row.user)
        except NotAllowed as error:
            raise LookupError(due_id) from error
        _note(actor, "check-dropped", row.user, now, {"check_topic": [row.topic, ""],
                                                      "check_due": [row.due_on.isoformat(), ""]})
        session.delete(row)
        return Dropped(row.user_id, row.topic, row.due_on)


def put_back(person: User, topic: str, due_on: date, *, actor: Actor, now: datetime) -> None:
    """A check taken off the list by mistake is planned again for its old day, even one that has passed.

    One planned anew meanwhile stays as it is. Raises BadInput "topic-empty"; NotAllowed.
    """
    _may(actor, person)
    named = _topic(topic)
    with transaction():
        if _due(person.id, match_key(named)) is None:
            _put(person, named, due_on)
            _note(actor, "check-planned", person, now, {"check_topic": ["", named],
                                                        "check_due": ["", due_on.isoformat()]})


def _may(actor: Actor, person: User) -> None:
    actor.needs(DIRECTOR)
    if not any(actor.may_see(office.id) for office in person.offices) and not actor.is_network:
        raise NotAllowed("office")


def _topic(text: str) -> str:
    if not match_key(text):
        raise BadInput("topic-empty", "topic")
    return clean(text)[:TOPIC]


def _check(outcome: Outcome, today: date) -> str:
    named = _topic(outcome.topic)
    if outcome.checked_on > today:
        raise BadInput("day-ahead", "checked_on")
    if outcome.result not in RESULTS:
        raise BadInput("unknown-result", "result")
    if outcome.next_on is not None and outcome.next_on <= outcome.checked_on:
        raise BadInput("next-past", "next_on")
    return named


def _row(person: User, outcome: Outcome, named: str, actor: Actor, now: datetime) -> StaffCheck:
    return StaffCheck(user_id=person.id, topic=named, topic_key=match_key(named), checked_on=outcome.checked_on,
                      result=outcome.result, note=clean(outcome.note, keep_lines=True)[:NOTE],
                      next_on=outcome.next_on, author=actor.name, author_id=actor.user_id, at=now, reason="")


def _next(person: User, named: str, next_on: date | None) -> None:
    if next_on is not None:
        _put(person, named, next_on)
        return
    db.session.execute(delete(StaffCheckDue).where(StaffCheckDue.user_id == person.id,
                                                   StaffCheckDue.topic_key == match_key(named)))


def _put(person: User, named: str, due_on: date) -> None:
    # The person's row is what two who plan at once wait for.
    db.session.get_one(User, person.id, with_for_update=True)
    row = _due(person.id, match_key(named))
    if row is None:
        row = StaffCheckDue(user_id=person.id, topic=named, topic_key=match_key(named), due_on=due_on)
        db.session.add(row)
    row.topic, row.due_on = named, due_on
    db.session.flush()


def _due(user_id: int, key: str) -> StaffCheckDue | None:
    return db.session.scalar(select(StaffCheckDue).where(StaffCheckDue.user_id == user_id,
                                                         StaffCheckDue.topic_key == key))


def _facts(row: StaffCheck) -> dict[str, list[str]]:
    facts = {"check_topic": ["", row.topic], "check_result": ["", row.result],
             "check_day": ["", row.checked_on.isoformat()]}
    return facts | ({"check_due": ["", row.next_on.isoformat()]} if row.next_on else {})


def _note(actor: Actor, verb: str, person: User, now: datetime, facts: dict[str, list[str]]) -> None:
    record(actor, verb, "staff-check", person.id, now=now, facts=dict(facts),
           office_id=person.offices[0].id if person.offices else None)
