"""The schedule: what a plan makes of the dates of an occasion (`domain.md` §1.2).

Readings of the subtle cases are argued in `docs/decisions/0001-schedule.md`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from webapp.kit.days import local_day
from webapp.touches.placing_rules import ENTERED_LATE, NO_ROOM, Entry, place_automatic, place_person
from webapp.touches.plan_rules import Anchors, BadStep, Step, Truth
from webapp.touches.touch_rules import (
    BadAnchors,
    Calendar,
    Existing,
    Flights,
    PlannedTouch,
    check_anchors,
)

__all__ = [
    "ENTERED_LATE", "NO_DATE", "NO_ROOM",
    "Anchors", "BadAnchors", "BadStep", "Calendar", "Existing", "Flights", "PlannedTouch", "Step", "Truth",
    "check_anchors", "replacement_call", "schedule",
]  # fmt: skip

NO_DATE = "no-date"
COUNTED = frozenset({"planned", "queued", "sent", "done", "unknown"})


def schedule(
    plan: Sequence[Step],
    anchors: Anchors,
    now: datetime,
    calendar: Calendar,
    *,
    existing: Iterable[Existing] = (),
    origin: str = "hand",
    flights: Flights | None = None,
) -> list[PlannedTouch]:
    """Plan every active step, in plan order (`domain.md` §1.2, rules 1–9).

    `now` is the aware moment of entering or changing the dates. `existing` are the touches that already
    stand: done, sent, skipped and pinned ones stay and count, open ones are worked out anew. `origin` is
    "hand", "import" (nothing automatic about the past) or "plan" (another version of the plan for something under
    way: nothing of the past begins). Raises BadAnchors; ValueError for a naive `now`.
    """
    if now.tzinfo is None:
        raise ValueError("now must be timezone-aware")
    now = now.astimezone(UTC)
    check_anchors(anchors, local_day(now, calendar.office_zone))
    standing = {touch.code: touch for touch in existing}
    entry = Entry(anchors, now, calendar, origin == "import", flights or Flights(), origin == "plan")
    course = _Course()
    touches = []
    for step in plan:
        if step.active:
            touch = _touch_of(step, entry, course.previous_day(step), standing.get(step.code))
            course.take(step, touch, entry)
            touches.append(touch)
    return touches


def replacement_call(step: Step, anchors: Anchors, now: datetime, calendar: Calendar) -> PlannedTouch:
    """The call due where the reminder `step` cannot reach the client (`domain.md` §1.1, §1.2, 2).

    It falls on the reminder's own day or, if nobody works then, on the last working day before; once that
    has passed, on the first day left before the flight, worked or not. What is said on or after the date
    itself waits for the next working day instead.
    """
    before = step.before or (step.anchor if step.offset_days < 0 else None)
    call = Step(
        step.code, "call", step.anchor, step.offset_days,
        before=before, performer="seller", backward=before is not None,
    )  # fmt: skip
    return _touch_of(call, Entry(anchors, now, calendar, False, Flights()), None, None)


@dataclass
class _Course:
    """What went before: the last day of the steps for people, and of each series of letters."""

    days: dict[str, date] = field(default_factory=dict)

    def previous_day(self, step: Step) -> date | None:
        return self.days.get(_row_of(step))

    def take(self, step: Step, touch: PlannedTouch, entry: Entry) -> None:
        if touch.status not in COUNTED:
            return
        # "Done, time unknown" happened, and no later than today.
        day = touch.due_on or min(touch.own_day or date.max, local_day(entry.now, entry.calendar.office_zone))
        row = _row_of(step)
        # A touch that stays may stand before one that comes earlier in the plan.
        self.days[row] = max(day, self.days.get(row, day))


def _row_of(step: Step) -> str:
    """Which steps wait for each other: those of people, those of one series; others stand alone."""
    if not step.is_automatic:
        return "people"
    return f"series {step.series}" if step.series else f"step {step.code}"


def _touch_of(step: Step, entry: Entry, previous: date | None, existing: Existing | None) -> PlannedTouch:
    own = step.own_day(entry.anchors)
    if existing is not None and not existing.is_movable:
        return _as_it_stands(step, existing, existing.own_day or own)
    if own is None:
        return PlannedTouch(step.code, step.channel, None, "dropped", NO_DATE)
    same_day = existing is not None and existing.own_day == own
    stands = same_day or entry.replanned
    standing = existing if stands and existing is not None and existing.status == "planned" else None
    place = place_automatic if step.is_automatic else place_person
    touch = place(step, own, entry, previous, standing)
    if same_day and existing is not None and existing.status == "dropped" and not touch.is_planned:
        return _as_it_stands(step, existing, own)
    return touch


def _as_it_stands(step: Step, existing: Existing, own: date | None) -> PlannedTouch:
    return PlannedTouch(
        step.code, step.channel, own, existing.status, existing.reason,
        existing.due_on, existing.send_at, existing.true_until, kept=True,
    )  # fmt: skip
