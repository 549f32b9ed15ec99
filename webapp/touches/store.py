"""Between rows and rules: plan steps as rules, touches as what stands, and planned touches back into rows."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import lru_cache
from typing import Any

from sqlalchemy import func, select

from webapp.db import db
from webapp.kit.days import moment, zone
from webapp.staff.calendars import calendar_of
from webapp.staff.models import Office
from webapp.touches.models import PLANNED, Occasion, Plan, PlanStep, PlanVersion, Touch
from webapp.touches.plan_rules import Anchors, Step, step_from_json
from webapp.touches.rules import Calendar, Existing, Flights, PlannedTouch


@dataclass(frozen=True)
class StoredStep:
    """A step as a rule with the identity of its row, free of the session that read it."""

    row_id: int
    position: int
    code: str
    name_ru: str
    name_en: str
    letter_code: str
    column: str
    outcomes: tuple[str, ...]
    needs_outcome: bool
    rule: Step
    short_ru: str = ""
    short_en: str = ""


def steps_of(version_id: int) -> tuple[StoredStep, ...]:
    """All steps of a plan version in plan order; versions never change, so they are kept in memory."""
    return _steps(str(db.engine.url), version_id)


@lru_cache(maxsize=256)
def _steps(_database: str, version_id: int) -> tuple[StoredStep, ...]:
    rows = db.session.scalars(select(PlanStep).where(PlanStep.version_id == version_id).order_by(PlanStep.position))
    return tuple(_stored(row) for row in rows)


def step_with(step_id: int) -> StoredStep | None:
    """The step of any version by the id of its row: a touch remembers the version it came from (`domain.md` §1.3)."""
    try:
        return _step(str(db.engine.url), step_id)
    except LookupError:
        return None


@lru_cache(maxsize=4096)
def _step(database: str, step_id: int) -> StoredStep:
    version_id = db.session.scalar(select(PlanStep.version_id).where(PlanStep.id == step_id))
    if version_id is None:
        # Raised, so that it is not kept: the step may be published in a moment.
        raise LookupError(step_id)
    return next(step for step in _steps(database, version_id) if step.row_id == step_id)


def forget_steps() -> None:
    """Drop the kept steps: another database took the place of this one (restore, tests)."""
    _steps.cache_clear()
    _step.cache_clear()


def _stored(row: PlanStep) -> StoredStep:
    rule = step_from_json(row.code, row.channel, row.rule, performer=row.performer, klass=row.klass,
                          needs_outcome=row.needs_outcome, active=row.active, column=row.column, or_call=row.or_call)
    return StoredStep(row.id, row.position, row.code, row.name_ru, row.name_en, row.letter_code, row.column,
                      tuple(row.outcomes), row.needs_outcome, rule, row.short_ru, row.short_en)


def step_of(touch: Touch) -> StoredStep:
    """The step a planned touch came from, of whichever version of the plan."""
    step = step_with(touch.step_id) if touch.step_id else None
    if step is None:
        raise AssertionError("a planned touch without a step")
    return step


def letter_code_of(touch: Touch) -> str:
    """The letter of the touch's step; one outside the plan names its letter before the colon."""
    if touch.step_id is None:
        return touch.step_code.split(":")[0]
    step = step_of(touch)
    return step.letter_code or step.code


def current_version(kind: str) -> PlanVersion:
    """The plan version that new occasions of `kind` get. Raises LookupError when none is published."""
    row = db.session.scalar(select(PlanVersion).join(Plan).where(Plan.kind == kind)
                            .order_by(PlanVersion.number.desc()).limit(1))
    if row is None:
        raise LookupError(f"no plan for occasions of kind {kind!r}")
    return row


def calendar_for(office: Office, client_zone: str = "") -> Calendar:
    """Zones and working days of an occasion; automatic steps live in the client's zone if known (§1.2, 1)."""
    return Calendar(zone(office.timezone), calendar_of(office), zone(client_zone) if client_zone else None)


def flights_of(anchors: Anchors, facts: Mapping[str, Any], calendar: Calendar) -> Flights:
    """Optional flight times kept with the occasion: "departs" and "lands" as HH:MM (`domain.md` §1.2, 9)."""
    departs, lands = (time.fromisoformat(facts[k]) if facts.get(k) else None for k in ("departs", "lands"))
    back = anchors.get("return")
    landing = moment(back, lands, calendar.send_zone) if lands and back else None
    return Flights(departs, landing)


def dates_of(occasion: Occasion) -> dict[str, date]:
    """Anchor dates of an occasion."""
    return {name: date.fromisoformat(day) for name, day in occasion.anchors.items() if day}


def existing_of(touches: Iterable[Touch], anchors: Anchors, steps: Sequence[StoredStep]) -> list[Existing]:
    """Touches that stand, newest generation of each step, as the rules see them."""
    rules = {step.code: step.rule for step in steps}
    newest: dict[str, Touch] = {}
    for touch in touches:
        if touch.step_code in rules and touch.generation >= getattr(newest.get(touch.step_code), "generation", 0):
            newest[touch.step_code] = touch
    return [Existing(t.step_code, t.status, t.due_on, t.send_at, t.true_until, pinned=t.pinned,
                     own_day=rules[t.step_code].own_day(anchors), reason=t.reason or None) for t in newest.values()]


def new_touch(occasion: Occasion, step: StoredStep, planned: PlannedTouch, *, assignee_id: int | None,
              now: datetime, generation: int = 1) -> Touch:
    """A row for what the plan makes of one step."""
    return Touch(occasion_id=occasion.id, **touch_values(
        occasion.client_id, occasion.office_id, step, planned, assignee_id=assignee_id, now=now,
        generation=generation))


def touch_values(client_id: int, office_id: int, step: StoredStep, planned: PlannedTouch, *,
                 assignee_id: int | None, now: datetime, generation: int = 1) -> dict[str, Any]:
    """All columns of a new touch but its occasion; where thousands are written at once, no entity is made of them."""
    return {"client_id": client_id, "office_id": office_id, "step_id": step.row_id, "step_code": step.code,
            "generation": generation, "channel": planned.channel, "klass": step.rule.klass,
            "automatic": step.rule.is_automatic, "assignee_id": assignee_id, "created_at": now,
            "planned_on": planned.due_on, "attempts": 0, "outcome": "", "note": "", "done_by": "", "pinned": False,
            "direction": "out", "due_on": planned.due_on, "send_at": planned.send_at,
            "true_until": planned.true_until, "status": planned.status, "reason": planned.reason or ""}


def put(touch: Touch, planned: PlannedTouch) -> None:
    """Write day, moment, end of truth, status and reason of `planned` into the row."""
    touch.due_on, touch.send_at, touch.true_until = planned.due_on, planned.send_at, planned.true_until
    touch.status, touch.reason = planned.status, planned.reason or ""
    if touch.planned_on is None:
        touch.planned_on = planned.due_on


def planned_sms(now: datetime, until: datetime) -> int:
    """How many SMS the plans of all offices hold between two moments (UTC); those of trips on hold or cancelled not."""
    return int(db.session.scalar(select(func.count()).select_from(Touch).join(
        Occasion, Touch.occasion_id == Occasion.id).where(
        Touch.status == PLANNED, Touch.automatic, Touch.channel == "sms", Touch.send_at >= now, Touch.send_at < until,
        Occasion.held_at.is_(None), Occasion.cancelled_at.is_(None))) or 0)


def source_key(touch_id: int) -> str:
    """How a touch is named as the source of its message, and of the personal links in it."""
    return f"touch:{touch_id}"
