"""What an outcome of a call or visit causes; rooms to the right register their own effects here by name."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, TypeAlias

from sqlalchemy import select

from webapp.db import db
from webapp.kit.days import ONE_DAY, add_months, local_day, zone
from webapp.staff.calendars import calendar_of
from webapp.staff.rules import Actor
from webapp.touches.history import log, snapshot
from webapp.touches.models import Occasion, Touch
from webapp.touches.people import performer_for

PLANNED_TRIP_CALL_DAYS = 60


class BadOutcome(ValueError):
    """The outcome cannot be recorded as asked; `code` names why: date-needed, date-past, month-needed, …"""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Case:
    """A ticked touch with everything an effect may need. `answers` are what was typed with the outcome."""

    touch: Touch
    occasion: Occasion | None
    actor: Actor
    now: datetime
    bundle: str
    note: str = ""
    answers: Mapping[str, Any] = field(default_factory=dict)

    @property
    def today(self) -> date:
        """Today in the office of the touch."""
        return local_day(self.now, zone(self.touch.client.office.timezone))


Effect = Callable[[Case], None]
_EFFECTS: dict[str, Effect] = {}


def effect(name: str) -> Callable[[Effect], Effect]:
    """Register what outcome effect `name` does; a later room may replace a simpler stand-in of this one."""
    def attach(function: Effect) -> Effect:
        _EFFECTS[name] = function
        return function
    return attach


def cause(name: str, case: Case) -> None:
    """Run effect `name`; an unknown name is a fault of configuration (KeyError)."""
    _EFFECTS[name](case)


_FOLLOWERS: list[Effect] = []


def when_done(function: Effect) -> Effect:
    """A room on the right hears of every step a person has done, in the same transaction, behind its effect.

    It knows its own by step code or channel.
    """
    _FOLLOWERS.append(function)
    return function


def was_done(case: Case) -> None:
    """Tell those who wait for it."""
    for follow in _FOLLOWERS:
        follow(case)


Holds: TypeAlias = Callable[[Touch], bool]
_HOLDERS: list[tuple[Holds, Any]] = []


def holds_done(sentence: Any) -> Callable[[Holds], Holds]:
    """A room on the right tells of which closed steps nothing may be put back any more, and says why (a sentence for
    people). Asked with the step locked."""
    def keep(function: Holds) -> Holds:
        _HOLDERS.append((function, sentence))
        return function
    return keep


def held_by(touch: Touch) -> Any | None:
    """The sentence of the first room that holds this step as it is; None where none does."""
    return next((sentence for holds, sentence in _HOLDERS if holds(touch)), None)


@effect("move_visit")
def _move_visit(case: Case) -> None:
    """«Придёт»: the visit moves to the day agreed, pinned by a person, so that nothing moves it again."""
    day = case.answers.get("date")
    if day is None:
        raise BadOutcome("date-needed")
    if day < case.today:
        raise BadOutcome("date-past")
    visit = case.touch if case.touch.channel == "visit" else _sibling(case, "visit")
    if visit is None or visit.status not in ("planned", "skipped", "dropped"):
        add_task(case, "visit", day, channel="visit")
        return
    before = snapshot(visit)
    visit.status, visit.reason, visit.due_on, visit.pinned = "planned", "", day, True
    visit.due_time, visit.snoozed_until = case.answers.get("time"), None
    log(visit, "agreed", before, actor=case.actor, now=case.now, bundle=case.bundle)


@effect("close_visit")
def _close_visit(case: Case) -> None:
    """«Не придёт»: the talk was held on the phone, so the visit closes (`domain.md` §1.1)."""
    visit = _sibling(case, "visit")
    if visit is None or visit.status != "planned" or visit is case.touch:
        return
    before = snapshot(visit)
    visit.status, visit.reason = "skipped", "wont-come"
    log(visit, "closed", before, actor=case.actor, now=case.now, bundle=case.bundle)


@effect("open_complaint")
def _open_complaint(case: Case) -> None:
    """«Жалуется»: a task for customer service today, and nobody is asked to recommend us meanwhile."""
    if not case.note:
        raise BadOutcome("complaint-needed")
    service = performer_for("service", case.touch.office_id, case.touch.assignee_id)
    add_task(case, "complaint", case.today, assignee_id=service, note=case.note)
    ask_no_favour(case)


def ask_no_favour(case: Case) -> None:
    """Whoever complains is not asked to recommend us for this trip; part of the same action, undone with it."""
    asking = _sibling(case, "tell_friends")
    if asking is not None and asking.status == "planned":
        before = snapshot(asking)
        asking.status, asking.reason = "skipped", "complains"
        log(asking, "closed", before, actor=case.actor, now=case.now, bundle=case.bundle)


@effect("plan_trip")
def _plan_trip(case: Case) -> None:
    """«Планирует поездку»: 60 days before the month somebody calls to check that the plans stand (§4.2)."""
    month = case.answers.get("month")
    if month is None:
        raise BadOutcome("month-needed")
    first = month.replace(day=1)
    if add_months(first, 1) <= case.today:
        raise BadOutcome("month-past")
    day = max(first - timedelta(days=PLANNED_TRIP_CALL_DAYS), case.today + ONE_DAY)
    add_task(case, "planned_trip", _working(case, day), channel="call", note=first.strftime("%m.%Y"))


@effect("add_lead")
def _add_lead(case: Case) -> None:
    """«Рекомендует»: the friend's name and phone become a call on the next working day."""
    name, phone = (str(case.answers.get(k) or "").strip() for k in ("name", "phone"))
    if not name and not phone:
        raise BadOutcome("friend-needed")
    add_task(case, "recommended", _working(case, case.today + ONE_DAY), channel="call",
             note=", ".join(filter(None, (name, phone))))


@effect("try_again")
def _try_again(case: Case) -> None:
    """«Не отвечает» is worked by the tick itself: the attempt is logged and the step moves."""


@effect("nothing")
def _nothing(case: Case) -> None:
    """«Предупредили», «Вручили»: that it was done is all there is to it."""


def add_task(case: Case, code: str, day: date, *, channel: str = "task", assignee_id: int | None = None,
             note: str = "") -> Touch:
    """A touch outside the plan that follows from the outcome, due on `day`."""
    session = db.session
    kind = f"{code}:{case.touch.id}"
    generation = 1 + len(session.scalars(select(Touch.id).where(
        Touch.occasion_id == case.touch.occasion_id, Touch.step_code == kind)).all())
    task = Touch(occasion_id=case.touch.occasion_id, client_id=case.touch.client_id, office_id=case.touch.office_id,
                 step_code=kind, generation=generation, channel=channel, automatic=False, created_at=case.now,
                 assignee_id=assignee_id or case.touch.assignee_id, planned_on=day, due_on=day, status="planned",
                 note=note, pinned=True, reason="", outcome="", done_by="", attempts=0)
    session.add(task)
    session.flush()
    log(task, "added", {**snapshot(task), "status": "cancelled"}, actor=case.actor, now=case.now, bundle=case.bundle)
    return task


def _sibling(case: Case, code: str) -> Touch | None:
    if case.touch.occasion_id is None:
        return None
    return db.session.scalar(select(Touch).where(
        Touch.occasion_id == case.touch.occasion_id, Touch.step_code == code)
        .order_by(Touch.generation.desc()).limit(1))


def _working(case: Case, day: date) -> date:
    return calendar_of(case.touch.client.office).on_or_after(day)
