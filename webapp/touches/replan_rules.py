"""What another version of the plan makes of an occasion that is under way (`domain.md` §1.3); pure."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from webapp.touches.placing_rules import ENTERED_LATE
from webapp.touches.plan_rules import Anchors, Step
from webapp.touches.rules import schedule
from webapp.touches.touch_rules import Calendar, Existing, Flights, PlannedTouch

OFF = "plan-changed"
"""Why a step is left out that the plan no longer has; it comes back when the plan has it again."""

SAME, MOVED, ADDED, DROPPED, LATE, GONE, PINNED, KEPT = (
    "same", "moved", "added", "dropped", "late", "off", "pinned", "kept")
SHOWN = (MOVED, ADDED, DROPPED, LATE, GONE)


@dataclass(frozen=True)
class Shift:
    """One step of the difference.

    `kind`: same, moved, added, dropped (no room by the new plan), late (new, but its moment has passed), off (not in
    the plan any more), pinned (a day chosen by a person, which stays), kept (done or closed, which stays). Days are
    local; `touch` is None for what the new plan does not have.
    """

    code: str
    kind: str
    touch: PlannedTouch | None
    old: date | None = None
    old_at: datetime | None = None

    @property
    def new(self) -> date | None:
        """The day by the new plan."""
        return self.touch.due_on if self.touch is not None and self.touch.is_planned else None

    @property
    def new_at(self) -> datetime | None:
        """The UTC moment by the new plan."""
        return self.touch.send_at if self.touch is not None and self.touch.is_planned else None


def replan(steps: Sequence[Step], anchors: Anchors, now: datetime, calendar: Calendar, *,
           existing: Iterable[Existing], recalled: Collection[str] = (), flights: Flights | None = None) -> list[Shift]:
    """What changes for an occasion when it gets these steps; done, sent, skipped and pinned touches stay.

    `existing` are its touches with `own_day` by the plan they came from; `recalled` are codes of queued ones whose
    message is taken back. Nothing of the past begins, and running it again changes nothing. Raises BadAnchors.
    """
    known = {touch.code: touch for touch in existing}
    standing = [replace(touch, status="planned") if code in recalled else touch for code, touch in known.items()
                if (touch.status, touch.reason) != ("dropped", OFF)]
    touches = schedule(steps, anchors, now, calendar, existing=standing, origin="plan", flights=flights)
    shifts = [_shift(known.get(touch.code), touch, touch.code in recalled) for touch in touches]
    wanted = {touch.code for touch in touches}
    return shifts + [_left(touch, code in recalled) for code, touch in known.items() if code not in wanted]


def counts(shifts: Iterable[Shift]) -> Counter[str]:
    """How many steps of each kind that people should know about."""
    return Counter(shift.kind for shift in shifts if shift.kind in SHOWN)


def _shift(before: Existing | None, touch: PlannedTouch, recalled: bool) -> Shift:
    if before is None or before.status == "dropped":
        if touch.is_planned:
            return Shift(touch.code, ADDED, touch)
        same = before is not None and before.reason == touch.reason
        return Shift(touch.code, SAME if same else LATE if touch.reason == ENTERED_LATE else DROPPED, touch)
    if touch.kept and not recalled:
        return Shift(touch.code, PINNED if before.pinned and before.status == "planned" else KEPT, touch, before.due_on)
    if not touch.is_planned:
        return Shift(touch.code, DROPPED, touch, before.due_on, before.send_at)
    stays = (before.due_on, before.send_at) == (touch.due_on, touch.send_at)
    return Shift(touch.code, SAME if stays else MOVED, touch, before.due_on, before.send_at)


def _left(before: Existing, recalled: bool) -> Shift:
    """A step that the new plan does not have."""
    if before.status == "planned" and before.pinned:
        return Shift(before.code, PINNED, None, before.due_on)
    if before.status == "planned" or recalled:
        return Shift(before.code, GONE, None, before.due_on, before.send_at)
    return Shift(before.code, KEPT, None, before.due_on)
