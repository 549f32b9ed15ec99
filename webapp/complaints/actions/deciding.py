"""Step 4: the decision with its cost, its concrete actions and the words to the client."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from webapp.complaints import step_rules as rules
from webapp.complaints.actions.mailing import DECISION, GRACE, send
from webapp.complaints.actions.rows import note
from webapp.complaints.models import Complaint, ComplaintAction
from webapp.complaints.verdict_rules import verdict_of
from webapp.db import db
from webapp.kit.days import local_day, zone
from webapp.letters.placeholders import Value
from webapp.letters.wording import day_and_month
from webapp.staff.models import User
from webapp.staff.rules import Actor, BadInput
from webapp.touches.history import log, new_bundle, snapshot
from webapp.touches.models import Touch

STEP, DROPPED = "complaint_action", "not-wanted"
FURTHEST = timedelta(days=366)
"""A promise for later than a year is a slip of the year."""
MOST_KOPECKS = 10 ** 11
_SAID: dict[str, dict[str, str]] = {
    "ru": {"agreed": "Мы согласны с вами", "right-offer": "Вы правы, и вот что мы можем сделать",
           "right-cannot": "Вы правы, но сделать то, о чём вы просите, мы не можем",
           "part-will": "Отчасти вы правы, и мы сделаем то, о чём вы просите", "part": "Мы согласны с вами отчасти",
           "part-cannot": "Отчасти вы правы, но сделать то, о чём вы просите, мы не можем",
           "will": "Мы сделаем то, о чём вы просите", "offer": "Мы готовы пойти вам навстречу",
           "disagreed": "К сожалению, мы не можем согласиться"},
    "en": {"agreed": "We agree with you", "right-offer": "You are right, and this is what we can do",
           "right-cannot": "You are right, but we cannot do what you ask",
           "part-will": "You are right in part, and we will do what you ask", "part": "We agree with you in part",
           "part-cannot": "You are right in part, but we cannot do what you ask", "will": "We will do what you ask",
           "offer": "We are ready to meet you half-way", "disagreed": "We are sorry, we cannot agree"}}


def decide(row: Complaint, given: Mapping[str, Any], actor: Actor, now: datetime) -> None:
    """Keep the decision, promise its actions to people, tell the client and ask whether it satisfies.

    Raises BadInput: "not-offered", "not-negative", "too-much", "no-points-for-refusal", "day-past", "day-far",
    "no-such-person", "no-address".
    """
    if given["decision"] not in rules.DECISIONS:
        raise BadInput("not-offered", "decision")
    cost, points = int(given.get("cost") or 0), int(given.get("points") or 0)
    if cost < 0 or points < 0:
        raise BadInput("not-negative", "cost" if cost < 0 else "points")
    if cost > MOST_KOPECKS or points > rules.MOST_POINTS:
        raise BadInput("too-much", "cost" if cost > MOST_KOPECKS else "points")
    if points and given["decision"] == "refuse":
        raise BadInput("no-points-for-refusal", "points")
    row.decision, row.decision_reason, row.resolved_at = given["decision"], given["decision_reason"], now
    row.cost_kopecks, row.compensation_points, row.compensation_op_id = cost, points, None
    kept = _keep_or_drop(row, given, actor, now)
    promised = kept + [_promise(row, what, user_id, day, actor, now)
                       for what, user_id, day in given.get("actions") or ()]
    # What the client said was about another decision.
    forget_answer(row)
    row.asked_at = now
    if given["told_how"] == "letter":
        sent = send(row, DECISION, f"resolve:{row.version}", _words(row, promised), actor=actor, now=now, grace=GRACE)
        if sent is None:
            raise BadInput("no-address", "told_how")
        row.asked_message_id = sent.id


def _promise(row: Complaint, what: str, user_id: int, day: date, actor: Actor, now: datetime) -> ComplaintAction:
    """Somebody does something by a day: a line of the complaint, and a task on that person's list."""
    person = db.session.get(User, user_id)
    if person is None or not person.works_here:
        raise BadInput("no-such-person", "actions")
    today = local_day(now, zone(row.office.timezone))
    if not today <= day <= today + FURTHEST:
        raise BadInput("day-past" if day < today else "day-far", "actions")
    task = Touch(occasion_id=None, client_id=row.client_id, office_id=row.office_id, step_code=f"{STEP}:{row.id}",
                 generation=row.rounds, channel="task", automatic=False, created_at=now, assignee_id=user_id,
                 planned_on=day, due_on=day, status="planned", note=what.strip(), pinned=True, reason="", outcome="",
                 done_by="", attempts=0)
    db.session.add(task)
    db.session.flush()
    log(task, "added", {**snapshot(task), "status": "cancelled"}, actor=actor, now=now, bundle=new_bundle())
    promise = ComplaintAction(complaint_id=row.id, what=what.strip(), user_id=user_id, due_on=day, touch_id=task.id)
    db.session.add(promise)
    db.session.flush()
    return promise


def earlier_open(row: Complaint) -> list[ComplaintAction]:
    """What the first decision promised and nobody has done yet."""
    return [one for one in _all(row) if one.is_open and one.touch.generation < row.rounds]


def _keep_or_drop(row: Complaint, given: Mapping[str, Any], actor: Actor, now: datetime) -> list[ComplaintAction]:
    """The second decision says of each old promise whether it stands; what is dropped stands in the history."""
    old = earlier_open(row)
    kept = {int(number) for number in given["keep"]} if "keep" in given else {one.id for one in old}
    for promise in old:
        if promise.id not in kept:
            _set(promise, "cancelled", DROPPED, actor, now)
            note(row, "promise-dropped", actor=actor, now=now, facts={"what": promise.what}, is_change=False)
    return [one for one in old if one.id in kept]


def forget_answer(row: Complaint) -> None:
    """The decision is another one, or none: the client has not answered it."""
    row.satisfaction = row.satisfaction_note = ""
    row.satisfied_at = None


def drop_open(row: Complaint, actor: Actor, now: datetime) -> None:
    """The decision is taken back: what it promised and nobody has done yet is owed no more; what it dropped is owed."""
    for promise in _all(row):
        if promise.is_open and promise.touch.generation == row.rounds:
            _set(promise, "cancelled", "taken-back", actor, now)
        elif promise.touch.status == "cancelled" and promise.touch.reason == DROPPED:
            _set(promise, "planned", "", actor, now)


def _set(promise: ComplaintAction, status: str, reason: str, actor: Actor, now: datetime) -> None:
    before = snapshot(promise.touch)
    promise.touch.status, promise.touch.reason = status, reason
    log(promise.touch, "taken-back" if status == "planned" else "cancelled", before, actor=actor, now=now,
        bundle=new_bundle())


def _all(row: Complaint) -> list[ComplaintAction]:
    return list(db.session.scalars(select(ComplaintAction).where(ComplaintAction.complaint_id == row.id).order_by(
        ComplaintAction.due_on, ComplaintAction.id)))


def _words(row: Complaint, promised: list[ComplaintAction]) -> dict[str, Value]:
    language = row.language if row.language in _SAID else "en"
    until = {"ru": "до", "en": "by"}[language]
    said = _SAID[language][verdict_of(row.justified, row.decision)]
    return {"complaint.decision": said, "complaint.text": row.decision_reason, "complaint.actions": "; ".join(
        f"{action.what} {until} {day_and_month(action.due_on, language)}" for action in promised) or None}
