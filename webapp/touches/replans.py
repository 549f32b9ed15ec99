"""What another version of a plan would change for occasions under way, worked out for many at once; reads only."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, select

from webapp.clients.models import Client
from webapp.db import db
from webapp.staff.models import Office
from webapp.touches import store
from webapp.touches.models import Occasion, Touch
from webapp.touches.plan_rules import Anchors, Step
from webapp.touches.replan_rules import LATE, Shift, counts, replan
from webapp.touches.rules import BadAnchors
from webapp.touches.touch_rules import Calendar, Existing

AT_ONCE = 500
MOST_LOOKED_AT = 2000


@dataclass(frozen=True)
class Wanted:
    """A step occasions should have: its rule, and the code of its text."""

    rule: Step
    text: str


@dataclass(frozen=True)
class Look:
    """What would change altogether.

    `total` occasions live by an older version, `looked_at` of them were worked out, evenly over all; `figures` count
    steps by kind of change, `concerned` the occasions for which something becomes other, both among those looked at.
    `sample` are a few ids.
    """

    total: int
    looked_at: int
    figures: Mapping[str, int]
    concerned: int
    sample: tuple[int, ...] = ()

    @property
    def is_estimate(self) -> bool:
        """Whether only some of them were looked at."""
        return self.looked_at < self.total

    def about(self, number: int) -> int:
        """A figure of those looked at, as a figure of all."""
        return round(number * self.total / self.looked_at) if self.looked_at else 0


@dataclass
class Reader:
    """Reads occasions under way; calendars are looked up once for each office and zone."""

    wanted: Sequence[Wanted]
    now: datetime
    calendars: dict[tuple[int, str], Calendar] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.by_code = {wanted.rule.code: wanted for wanted in self.wanted}
        self.rules = [wanted.rule for wanted in self.wanted]

    def shifts(self, occasion: Any, client_zone: str, touches: Iterable[Any]) -> list[Shift]:
        """The difference for one occasion; both are rows or entities. Raises BadAnchors."""
        anchors = store.dates_of(occasion)
        rows = newest_of(touches)
        calendar = self.calendar(occasion.office_id, client_zone)
        return replan(self.rules, anchors, self.now, calendar, existing=existing_of(rows, anchors),
                      recalled=self.recalled(rows, anchors),
                      flights=store.flights_of(anchors, occasion.facts, calendar))

    def recalled(self, rows: Iterable[Any], anchors: Anchors) -> list[str]:
        """Codes of queued steps that change so much that their message is taken back."""
        return [row.step_code for row in rows if row.status == "queued" and self._is_other(row, anchors)]

    def calendar(self, office_id: int, client_zone: str) -> Calendar:
        """Zones and working days of an office, with the client's zone."""
        key = (office_id, client_zone)
        if key not in self.calendars:
            self.calendars[key] = store.calendar_for(db.session.get_one(Office, office_id), client_zone)
        return self.calendars[key]

    def _is_other(self, row: Any, anchors: Anchors) -> bool:
        wanted, step = self.by_code.get(row.step_code), store.step_with(row.step_id)
        if wanted is None or not wanted.rule.active or step is None:
            return True
        return (wanted.text != (step.letter_code or step.code) or wanted.rule.channel != step.rule.channel
                or wanted.rule.own_day(anchors) != step.rule.own_day(anchors))


def newest_of(touches: Iterable[Any]) -> list[Any]:
    """The newest generation of each step of the plan; follow-ups and calls instead of an SMS are none."""
    newest: dict[str, Any] = {}
    for row in touches:
        if row.step_id is not None and row.replaces_id is None and row.generation >= getattr(
                newest.get(row.step_code), "generation", 0):
            newest[row.step_code] = row
    return list(newest.values())


def existing_of(rows: Iterable[Any], anchors: Anchors) -> list[Existing]:
    """Touches as the rules see them, each with its own day by the version it came from."""
    return [Existing(row.step_code, row.status, row.due_on, row.send_at, row.true_until, pinned=row.pinned,
                     own_day=_own_day(row.step_id, anchors), reason=row.reason or None) for row in rows]


def look_at(ids: Select[int], wanted: Sequence[Wanted], *, now: datetime, most: int = MOST_LOOKED_AT,
            shown: int = 5) -> Look:
    """Work out what would change for these occasions: for all of them up to `most`, else for as many evenly chosen."""
    every = list(db.session.scalars(ids))
    chosen = every if len(every) <= most else [every[number * len(every) // most] for number in range(most)]
    figures: Counter[str] = Counter()
    concerned: list[int] = []
    for occasion_id, shifts in differences(chosen, wanted, now=now):
        found = counts(shifts)
        figures += found
        if found.keys() - {LATE}:
            concerned.append(occasion_id)
    return Look(len(every), len(chosen), figures, len(concerned), tuple(reversed(concerned[-shown:])))


def differences(ids: Sequence[int], wanted: Sequence[Wanted], *, now: datetime,
                ) -> Iterable[tuple[int, list[Shift]]]:
    """The difference for each of these occasions, in their order; two queries for every five hundred.

    One whose dates cannot be is left out: it keeps its version.
    """
    reader = Reader(wanted, now)
    for start in range(0, len(ids), AT_ONCE):
        some = ids[start:start + AT_ONCE]
        occasions = {row.id: row for row in db.session.execute(_OCCASIONS.where(Occasion.id.in_(some)))}
        touches: dict[int, list[Any]] = {number: [] for number in some}
        for row in db.session.execute(_TOUCHES.where(Touch.occasion_id.in_(some))):
            touches[row.occasion_id].append(row)
        for number in some:
            if number in occasions:
                try:
                    shifts = reader.shifts(occasions[number], occasions[number].timezone, touches[number])
                except BadAnchors:
                    continue
                yield number, shifts


def wanted_of(steps: Iterable[store.StoredStep]) -> list[Wanted]:
    """Published steps as they should be."""
    return [Wanted(step.rule, step.letter_code or step.code) for step in steps]


_OCCASIONS = select(Occasion.id, Occasion.office_id, Occasion.anchors, Occasion.facts, Client.timezone).join(
    Client, Occasion.client_id == Client.id)
_TOUCHES = select(Touch.occasion_id, Touch.step_id, Touch.step_code, Touch.generation, Touch.replaces_id, Touch.status,
                  Touch.reason, Touch.due_on, Touch.send_at, Touch.true_until, Touch.pinned).where(
    Touch.step_id.is_not(None))


def _own_day(step_id: int, anchors: Anchors) -> date | None:
    step = store.step_with(step_id)
    return step.rule.own_day(anchors) if step else None


