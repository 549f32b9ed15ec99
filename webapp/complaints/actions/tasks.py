"""Lines on /today that go with a complaint; each ends with the step of the complaint it stands for, never by a tick."""

from datetime import date, datetime, timedelta

from sqlalchemy import select

from webapp.complaints.models import Complaint, OperatorClaim
from webapp.complaints.questions import calendar_for
from webapp.complaints.step_rules import CLOSED, DRAFT, INVESTIGATED, RECEIVED, TOLD, VOID
from webapp.db import db
from webapp.kit.days import local_day, zone
from webapp.staff.rules import Actor
from webapp.touches.answer_rules import ends_elsewhere
from webapp.touches.history import log, new_bundle, snapshot
from webapp.touches.locking import lock_all
from webapp.touches.models import Touch
from webapp.touches.standing import refresh
from webapp.touches.state_rules import OPEN_STATUSES

STEP, DRAFT_STEP, AGAIN, WORD, CLAIM = (
    "complaint", "complaint_draft", "complaint_again", "complaint_word", "complaint_claim")
"""Tell how it is handled, say whether a draft is a complaint, look at it once more, answer what the client wrote, ask
the tour operator where its answer is."""
ends_elsewhere(STEP, DRAFT_STEP, AGAIN, WORD, CLAIM)
_GIVEN_UP = ("void", "close", "back", "reopen")


def step_for(row: Complaint) -> str:
    """Code of the line that stands on /today for the complaint as it is now; "" for none."""
    if row.state in (DRAFT, RECEIVED):
        return f"{DRAFT_STEP if row.state == DRAFT else STEP}:{row.id}"
    return f"{AGAIN}:{row.id}" if row.rounds > 1 and row.state in (TOLD, INVESTIGATED) else ""


def keep_task(row: Complaint, verb: str = "", *, bundle: str = "", actor: Actor, now: datetime) -> None:
    """One line on /today follows the complaint: it begins and ends with its step, which `verb` did or took back, stands
    on the day by which that is due, and comes back with a step that is taken back. With a trip it stands in the trip's
    row of the board. Nobody ticks it."""
    code, task = step_for(row), db.session.get(Touch, row.task_id) if row.task_id else None
    ids = {task.occasion_id if task else None, row.trip.occasion_id if row.trip and code else None}
    occasions = lock_all([one for one in ids if one is not None])
    bundle = bundle or new_bundle()
    if task is not None:
        db.session.refresh(task, with_for_update=True)
        if task.step_code != code or _has_moved(task, row):
            _end(task, "cancelled" if verb in _GIVEN_UP or task.step_code == code else "done", bundle, actor, now)
            task = None
    if code and task is None:
        task = _known(code, row)
    if code:
        _stand(task, code, row, bundle, actor, now)
    for occasion in occasions.values():
        refresh(occasion, now=now)


def stands(row: Complaint, now: datetime) -> bool:
    """Whether the line on /today is the one the complaint wants, open and on its day."""
    code, task = step_for(row), db.session.get(Touch, row.task_id) if row.task_id else None
    if not code:
        return True
    return task is not None and task.step_code == code and task.status in OPEN_STATUSES and \
        task.due_on == day_of(row, now)


def day_of(row: Complaint, now: datetime) -> date:
    """The day in the office on which the nearest deadline falls; midnight is the end of the day before."""
    return local_day((row.due_at or now) - timedelta(seconds=1), zone(row.office.timezone))


def _has_moved(task: Touch, row: Complaint) -> bool:
    return task.occasion_id != (row.trip.occasion_id if row.trip else None)


def _known(code: str, row: Complaint) -> Touch | None:
    """The line as it stood before, when its step was taken back."""
    return db.session.scalar(select(Touch).where(
        Touch.client_id == row.client_id, Touch.step_code == code, Touch.generation == row.rounds,
        Touch.occasion_id == (row.trip.occasion_id if row.trip else None)).order_by(Touch.id.desc()).limit(1)
        .with_for_update(of=Touch))


def _stand(task: Touch | None, code: str, row: Complaint, bundle: str, actor: Actor, now: datetime) -> None:
    day = day_of(row, now)
    if task is None:
        occasion_id = row.trip.occasion_id if row.trip else None
        task = _task(row, code, occasion_id, day, row.story, now)
        db.session.add(task)
        db.session.flush()
        before, verb = {**snapshot(task), "status": "cancelled"}, "added"
    else:
        before, verb = snapshot(task), "moved" if task.status in OPEN_STATUSES else "taken-back"
        if task.status in OPEN_STATUSES and task.due_on == day:
            return
        task.status, task.due_on, task.assignee_id = "planned", day, row.owner_id
        task.done_at = task.done_by_id = None
        task.done_by = ""
    log(task, verb, before, actor=actor, now=now, bundle=bundle)
    row.task_id = task.id


def _end(task: Touch, status: str, bundle: str, actor: Actor, now: datetime) -> None:
    if task.status not in OPEN_STATUSES:
        return
    before = snapshot(task)
    task.status, task.done_at, task.done_by, task.done_by_id = status, now, actor.name, actor.user_id
    log(task, "done" if status == "done" else "cancelled", before, actor=actor, now=now, bundle=bundle)


def ask_for_answer(row: Complaint, text: str, *, actor: Actor, now: datetime) -> None:
    """The client wrote: whoever handles the complaint answers today, or on the next working day; once until then."""
    if row.state in (CLOSED, VOID) or _open_words(row):
        return
    office = row.office
    day = calendar_for(office).on_or_after(local_day(now, zone(office.timezone)))
    task = _task(row, f"{WORD}:{row.id}", None, day, text, now)
    db.session.add(task)
    db.session.flush()
    log(task, "added", {**snapshot(task), "status": "cancelled"}, actor=actor, now=now, bundle=new_bundle())


def ask_again_for(row: Complaint, answered_at: datetime, *, actor: Actor, now: datetime) -> None:
    """The answer of that moment was called back: what it answered waits again."""
    for task in db.session.scalars(select(Touch).where(
            Touch.client_id == row.client_id, Touch.step_code == f"{WORD}:{row.id}", Touch.status == "done",
            Touch.done_at == answered_at).with_for_update(of=Touch)):
        _take_up(task, row, actor, now)


def _take_up(task: Touch, row: Complaint, actor: Actor, now: datetime) -> None:
    """What has ended is to be done again, by whoever handles the complaint now."""
    before = snapshot(task)
    task.status, task.done_at, task.done_by, task.done_by_id = "planned", None, "", None
    task.assignee_id = row.owner_id
    log(task, "taken-back", before, actor=actor, now=now, bundle=new_bundle())


def note_answered(row: Complaint, status: str, *, actor: Actor, now: datetime) -> int:
    """The client was answered ("done"), or nobody waits any more ("cancelled"); gives how many words waited."""
    waiting = _open_words(row)
    for task in waiting:
        _end(task, status, new_bundle(), actor, now)
    return len(waiting)


def keep_claim_task(row: Complaint, claim: OperatorClaim | None, *, actor: Actor, now: datetime,
                    reopens: bool = False) -> None:
    """The tour operator has not answered on its day: a line on /today for whoever handles the complaint, until the
    answer is written down. It ends too where the claim turns out not to be sent, or the complaint to be none. With
    `reopens` one that has ended for this day comes back: what ended it was a mistake."""
    is_open = claim is not None and claim.sent_on is not None and claim.answered_on is None and row.state != VOID
    day = claim.answer_by if claim is not None and is_open else None
    if day is not None and day > local_day(now, zone(row.office.timezone)):
        day = None
    of_claim = (Touch.client_id == row.client_id, Touch.step_code == f"{CLAIM}:{row.id}")
    known = db.session.scalars(select(Touch).where(*of_claim).order_by(Touch.id).with_for_update(of=Touch)).all()
    for task in known:
        if task.planned_on != day:
            _end(task, "done" if claim is not None and claim.answered_on else "cancelled", new_bundle(), actor, now)
        elif reopens and task.status not in OPEN_STATUSES:
            _take_up(task, row, actor, now)
    if claim is None or day is None or any(task.planned_on == day for task in known):
        return
    task = _task(row, f"{CLAIM}:{row.id}", None, day, claim.operator, now)
    db.session.add(task)
    db.session.flush()
    log(task, "added", {**snapshot(task), "status": "cancelled"}, actor=actor, now=now, bundle=new_bundle())


def hand_tasks(row: Complaint, *, actor: Actor, now: datetime) -> None:
    """Another person handles the complaint: what is still to be done about it goes to that person's list."""
    task = db.session.get(Touch, row.task_id) if row.task_id else None
    occasions = lock_all([task.occasion_id] if task is not None else [])
    for one in filter(None, (task, *_open_words(row), *_open_of(row, CLAIM))):
        db.session.refresh(one, with_for_update=True)
        if one.status in OPEN_STATUSES and one.assignee_id != row.owner_id:
            before = snapshot(one)
            one.assignee_id = row.owner_id
            log(one, "handed-over", before, actor=actor, now=now, bundle=new_bundle())
    for occasion in occasions.values():
        refresh(occasion, now=now)


def _open_words(row: Complaint) -> list[Touch]:
    return _open_of(row, WORD)


def _open_of(row: Complaint, code: str) -> list[Touch]:
    return list(db.session.scalars(select(Touch).where(
        Touch.client_id == row.client_id, Touch.step_code == f"{code}:{row.id}", Touch.status == "planned")
        .with_for_update(of=Touch)))


def _task(row: Complaint, code: str, occasion_id: int | None, day: date, text: str, now: datetime) -> Touch:
    return Touch(occasion_id=occasion_id, client_id=row.client_id, office_id=row.office_id, step_code=code,
                 generation=row.rounds, channel="task", automatic=False, created_at=now, assignee_id=row.owner_id,
                 planned_on=day, due_on=day, status="planned", note=text[:500], pinned=True, reason="", outcome="",
                 done_by="", attempts=0)
