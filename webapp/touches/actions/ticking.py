"""What people do with a touch: tick it, undo, choose another date, say it is not needed; alone or in bulk."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import bindparam, select

from webapp.db import db, transaction
from webapp.kit.days import ONE_DAY, local_day, zone
from webapp.staff.calendars import calendar_of
from webapp.staff.models import Office
from webapp.staff.rules import DIRECTOR, MANAGER, SERVICE, Actor, NotAllowed
from webapp.touches import store
from webapp.touches.answer_rules import is_ended_elsewhere, outcomes_of
from webapp.touches.effects import BadOutcome, Case, cause, held_by, was_done
from webapp.touches.history import log, new_bundle, put_back, snapshot
from webapp.touches.models import Occasion, Touch, TouchEvent
from webapp.touches.people import stands_in_for
from webapp.touches.standing import refresh
from webapp.touches.starter import OUTCOMES
from webapp.touches.state_rules import BROKEN_STATUSES, MANY_TRIES, OPEN_STATUSES

_ZONE = select(Office.timezone).where(Office.id == bindparam("office"))


LATEST = timedelta(days=730)


class AlreadyDone(Exception):
    """Somebody was faster: `touch.done_by` and `touch.done_at` say who and when. Nothing was changed."""

    def __init__(self, touch: Touch) -> None:
        super().__init__(touch.id)
        self.touch = touch


class NothingToUndo(Exception):
    """The change was undone already, or somebody changed the step since."""


class StaysDone(Exception):
    """What followed from the step keeps it as it is; `sentence` says why."""

    def __init__(self, sentence: Any) -> None:
        super().__init__()
        self.sentence = sentence


def tick(touch_id: int, *, actor: Actor, now: datetime, outcome: str = "", note: str = "",
         answers: Mapping[str, Any] | None = None, bundle: str = "", seen: int | None = None) -> Touch:
    """Mark a step as done, or record the outcome of a call (`domain.md` §1.1).

    `seen` is the number of attempts the person saw: the same form sent twice is one attempt.
    Raises AlreadyDone, NotAllowed (`note-needed` for somebody else's step), BadOutcome (`outcome-needed`, …).
    """
    with transaction():
        touch = to_change(touch_id, actor)
        if touch.status not in OPEN_STATUSES or (touch.automatic and touch.status not in BROKEN_STATUSES):
            raise AlreadyDone(touch)
        if seen is not None and seen != touch.attempts:
            raise AlreadyDone(touch)
        _here(touch)
        _may_edit(touch, actor, note, now)
        _check_outcome(touch, outcome, note)
        case = Case(touch, touch.occasion, actor, now, bundle or new_bundle(), note, answers or {})
        if outcome == "no_answer" and not _last_attempt(touch):
            _attempt(case)
        elif outcome == "come" and touch.channel == "visit":
            cause("move_visit", case)
        else:
            _close(case, outcome)
        refresh_occasion(touch, now)
        return touch


def undo(bundle: str, *, actor: Actor, now: datetime) -> list[Touch]:
    """Put back everything one action changed: step, visit, follow-ups. Raises NothingToUndo, StaysDone, NotAllowed."""
    with transaction() as session:
        events = session.scalars(select(TouchEvent).where(TouchEvent.bundle == bundle, TouchEvent.undoes_id.is_(None))
                                 .order_by(TouchEvent.id.desc())).all()
        if not events:
            raise NothingToUndo
        touches = {touch_id: to_change(touch_id, actor) for touch_id in sorted({e.touch_id for e in events})}
        if any(event.verb != "added" and is_ended_elsewhere(touches[event.touch_id].step_code) for event in events):
            # It was done where it belongs, and is taken back there.
            raise NothingToUndo
        if session.scalar(select(TouchEvent.id).where(TouchEvent.undoes_id.in_([e.id for e in events])).limit(1)):
            raise NothingToUndo
        _may_undo(events, actor, touches)
        for touch in touches.values():
            if (sentence := held_by(touch)) is not None:
                raise StaysDone(sentence)
        for event in events:
            touch = touches[event.touch_id]
            before = snapshot(touch)
            if not put_back(touch, event):
                raise NothingToUndo
            log(touch, "undone", before, actor=actor, now=now, undoes=event)
        for touch in touches.values():
            refresh_occasion(touch, now)
        return list(touches.values())


def move(touch_id: int, day: date, *, actor: Actor, now: datetime, at: time | None = None, note: str = "",
         snooze: bool = False, bundle: str = "") -> Touch:
    """Another date chosen by a person: pinned, never moved by itself. `snooze` shows it as put off (⏸).

    `at` is the hour, when one was agreed. Raises BadOutcome("date-past"), AlreadyDone, NotAllowed.
    """
    with transaction():
        touch = to_change(touch_id, actor)
        if touch.status != "planned" or touch.automatic:
            raise AlreadyDone(touch)
        _here(touch)
        _may_edit(touch, actor, note, now)
        if day < _today(touch, now):
            raise BadOutcome("date-past")
        if day > _today(touch, now) + LATEST:
            raise BadOutcome("date-far")
        before = snapshot(touch)
        touch.due_on, touch.pinned, touch.due_time = day, True, at
        touch.snoozed_until = day if snooze else None
        if note:
            touch.note = note
        log(touch, "snoozed" if snooze else "date-chosen", before, actor=actor, now=now, bundle=bundle or new_bundle())
        refresh_occasion(touch, now)
        return touch


def not_needed(touch_id: int, *, reason: str, actor: Actor, now: datetime, bundle: str = "") -> Touch:
    """Close an open step without doing it; the reason stays. An automatic one that waits is stopped.

    Raises BadOutcome("reason-needed"), AlreadyDone, NotAllowed.
    """
    with transaction():
        touch = to_change(touch_id, actor)
        if touch.status not in OPEN_STATUSES or touch.status == "queued":
            raise AlreadyDone(touch)
        _here(touch)
        if not reason:
            raise BadOutcome("reason-needed")
        _may_edit(touch, actor, reason, now)
        before = snapshot(touch)
        touch.status = "skipped" if touch.status == "planned" else "done"
        touch.reason, touch.note = "not-needed", reason
        touch.done_at, touch.done_by, touch.done_by_id = now, actor.name, actor.user_id
        log(touch, "not-needed", before, actor=actor, now=now, bundle=bundle or new_bundle())
        refresh_occasion(touch, now)
        return touch


def write_note(touch_id: int, note: str, *, actor: Actor, now: datetime) -> Touch:
    """Keep a note with a step without closing it."""
    with transaction():
        touch = to_change(touch_id, actor)
        before = snapshot(touch)
        touch.note = note
        log(touch, "note", before, actor=actor, now=now, bundle=new_bundle())
        return touch


def to_change(touch_id: int, actor: Actor) -> Touch:
    """The touch, locked after its occasion. Raises LookupError when it is out of the actor's sight."""
    # The occasion first, always: two people at two steps of one trip must not wait for each other for ever.
    occasion_id = db.session.scalar(select(Touch.occasion_id).where(Touch.id == touch_id))
    if occasion_id is not None:
        db.session.get(Occasion, occasion_id, with_for_update=True)
    touch = db.session.get(Touch, touch_id, with_for_update=True)
    if touch is None or not actor.may_see(touch.office_id):
        raise LookupError(touch_id)
    return touch


def _here(touch: Touch) -> None:
    """Raises BadOutcome("elsewhere") for a step that ends with the thing it is about."""
    if is_ended_elsewhere(touch.step_code):
        raise BadOutcome("elsewhere")


def _may_edit(touch: Touch, actor: Actor, note: str, now: datetime) -> None:
    """Managers edit their own and those they stand in for; others' with a note (`domain.md` §10)."""
    if actor.user_id is None or actor.hats & {SERVICE, DIRECTOR}:
        return
    if MANAGER not in actor.hats:
        raise NotAllowed("role")
    owner = touch.assignee_id or (touch.occasion.owner_id if touch.occasion else None)
    if owner is not None and owner not in stands_in_for(actor.user_id, _today(touch, now)) and not note:
        raise NotAllowed("note-needed")


def _may_undo(events: Sequence[TouchEvent], actor: Actor, touches: Mapping[int, Touch]) -> None:
    if actor.user_id is None or actor.hats & {SERVICE, DIRECTOR}:
        return
    for event in events:
        if event.user_id != actor.user_id and touches[event.touch_id].assignee_id != actor.user_id:
            raise NotAllowed("undo-others")


def _check_outcome(touch: Touch, outcome: str, note: str) -> None:
    if touch.status in BROKEN_STATUSES:
        if not note:
            raise BadOutcome("reason-needed")
        return
    step = _step(touch)
    allowed = step.outcomes if step else outcomes_of(touch.step_code)
    if outcome and outcome not in allowed:
        raise BadOutcome("unknown-outcome")
    if not outcome and step is not None and step.needs_outcome:
        raise BadOutcome("outcome-needed")


def _step(touch: Touch) -> store.StoredStep | None:
    if touch.occasion is None or touch.step_id is None or touch.replaces_id is not None:
        return None
    return store.step_with(touch.step_id)


def _last_attempt(touch: Touch) -> bool:
    return touch.attempts + 1 >= MANY_TRIES


def _attempt(case: Case) -> None:
    """No answer: the attempt is a finished touch of its own, the step moves to the next working day."""
    touch, before = case.touch, snapshot(case.touch)
    touch.attempts += 1
    day = calendar_of(touch.client.office).on_or_after(case.today + ONE_DAY)
    touch.due_on, touch.due_time, touch.snoozed_until, touch.pinned = day, None, None, True
    attempt = Touch(occasion_id=touch.occasion_id, client_id=touch.client_id, office_id=touch.office_id,
                    step_code=f"attempt:{touch.id}:{case.bundle[:12]}", channel=touch.channel, automatic=False,
                    assignee_id=case.actor.user_id, planned_on=case.today, due_on=case.today, status="done",
                    outcome="no_answer", note=case.note, done_at=case.now, done_by=case.actor.name, generation=1,
                    done_by_id=case.actor.user_id, created_at=case.now, attempts=0, reason="")
    db.session.add(attempt)
    db.session.flush()
    log(attempt, "attempt", {**snapshot(attempt), "status": "cancelled"}, actor=case.actor, now=case.now,
        bundle=case.bundle)
    log(touch, "no-answer", before, actor=case.actor, now=case.now, bundle=case.bundle)


def _close(case: Case, outcome: str) -> None:
    touch, before = case.touch, snapshot(case.touch)
    touch.status, touch.snoozed_until = "done", None
    touch.outcome = "unreachable" if outcome == "no_answer" else outcome
    touch.attempts += outcome == "no_answer"
    touch.done_at, touch.done_by, touch.done_by_id = case.now, case.actor.name, case.actor.user_id
    touch.note = case.note or touch.note
    log(touch, "done", before, actor=case.actor, now=case.now, bundle=case.bundle)
    if touch.replaces_id is not None:
        _close_replaced(case, touch.replaces_id)
    if outcome and outcome != "no_answer":
        cause(OUTCOMES[outcome].effect, case)
    was_done(case)


def _close_replaced(case: Case, touch_id: int) -> None:
    """The call was made instead of the SMS that failed: the failure needs nobody any more."""
    failed = db.session.get_one(Touch, touch_id)
    if failed.status in BROKEN_STATUSES:
        before = snapshot(failed)
        failed.status, failed.reason = "done", "called-instead"
        failed.done_at, failed.done_by, failed.done_by_id = case.now, case.actor.name, case.actor.user_id
        log(failed, "closed", before, actor=case.actor, now=case.now, bundle=case.bundle)


def _today(touch: Touch, now: datetime) -> date:
    name = db.session.connection().scalar(_ZONE, {"office": touch.office_id})
    return local_day(now, zone(name))


def refresh_occasion(touch: Touch, now: datetime) -> None:
    """Bring the kept columns of the touch's occasion up to date."""
    if touch.occasion_id is not None:
        refresh(db.session.get_one(Occasion, touch.occasion_id), now=now)
