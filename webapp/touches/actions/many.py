"""Open occasions by the hundred, as an import does: the plan, calendar and performers are looked up once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any

from sqlalchemy import insert

from webapp.db import db, transaction, wake
from webapp.staff.models import Office
from webapp.staff.rules import Actor
from webapp.touches import store
from webapp.touches.models import Occasion, Touch
from webapp.touches.people import performer_for
from webapp.touches.rules import Calendar, Existing, PlannedTouch, schedule
from webapp.touches.standing import standing_of
from webapp.touches.store import StoredStep

TIME_UNKNOWN = "time-unknown"


@dataclass(frozen=True)
class Opening:
    """One occasion to open. `done` are steps that were ticked before, each with its day where that is known."""

    client_id: int
    owner_id: int | None
    anchors: Mapping[str, date]
    facts: Mapping[str, Any] = field(default_factory=dict)
    done: Mapping[str, date | None] = field(default_factory=dict)
    client_zone: str = ""


class Planner:
    """What the plan for one kind of occasion makes of dates in one office; reads rows only when it is made."""

    def __init__(self, kind: str, office: Office, *, now: datetime, origin: str = "import") -> None:
        self.kind, self.office, self.now, self.origin = kind, office, now, origin
        self.version_id = store.current_version(kind).id
        self.steps = {step.code: step for step in store.steps_of(self.version_id)}
        self._rules = [step.rule for step in self.steps.values()]
        self._calendars: dict[str, Calendar] = {}
        self._performers: dict[tuple[str, int | None], int | None] = {}

    def plan(self, opening: Opening) -> list[tuple[StoredStep, PlannedTouch]]:
        """The touches of one occasion, those that were done before included, in plan order. Raises BadAnchors.

        A step done before becomes a touch even where the plan has it switched off: what happened is not forgotten.
        """
        calendar = self._calendar(opening.client_zone)
        standing = [Existing(code, "done", due_on=day, reason=TIME_UNKNOWN) for code, day in opening.done.items()]
        planned = {touch.code: touch for touch in schedule(
            self._rules, opening.anchors, self.now, calendar, existing=standing, origin=self.origin,
            flights=store.flights_of(opening.anchors, opening.facts, calendar))}
        for code in opening.done:
            if code in self.steps and code not in planned:
                rule = self.steps[code].rule
                planned[code] = PlannedTouch(code, rule.channel, rule.own_day(opening.anchors), "done", TIME_UNKNOWN,
                                             opening.done[code], kept=True)
        return [(step, planned[code]) for code, step in self.steps.items() if code in planned]

    def rows(self, opening: Opening, actor: Actor) -> list[dict[str, Any]]:
        """The same as values of rows without their occasion."""
        rows = []
        for step, touch in self.plan(opening):
            values = store.touch_values(opening.client_id, self.office.id, step, touch, now=self.now,
                                        assignee_id=self._performer(step.rule.performer, opening.owner_id))
            if touch.status == "done":
                values["done_by"] = actor.name
            rows.append(values)
        return rows

    def _calendar(self, client_zone: str) -> Calendar:
        if client_zone not in self._calendars:
            self._calendars[client_zone] = store.calendar_for(self.office, client_zone)
        return self._calendars[client_zone]

    def _performer(self, performer: str, owner_id: int | None) -> int | None:
        key = (performer, owner_id)
        if key not in self._performers:
            self._performers[key] = performer_for(performer, self.office.id, owner_id)
        return self._performers[key]


def open_many(planner: Planner, openings: Sequence[Opening], *, actor: Actor) -> tuple[list[Occasion], int]:
    """Open these occasions and plan their touches; gives them in order, and the number of touches.

    Raises BadAnchors before anything is written.
    """
    with transaction() as session:
        planned = [planner.rows(opening, actor) for opening in openings]
        occasions = [_occasion(planner, opening, rows) for opening, rows in zip(openings, planned, strict=True)]
        session.add_all(occasions)
        session.flush()
        touches = [{**values, "occasion_id": occasion.id}
                   for occasion, rows in zip(occasions, planned, strict=True) for values in rows]
        if touches:
            db.session.execute(insert(Touch), touches)
        wake("tick")
        return occasions, len(touches)


def _occasion(planner: Planner, opening: Opening, rows: Sequence[dict[str, Any]]) -> Occasion:
    standing = standing_of([SimpleNamespace(**values, message_id=None) for values in rows], False)
    return Occasion(kind=planner.kind, client_id=opening.client_id, office_id=planner.office.id,
                    owner_id=opening.owner_id, opened_at=planner.now, plan_version_id=planner.version_id,
                    anchors={name: day.isoformat() for name, day in opening.anchors.items()},
                    facts=dict(opening.facts), origin=planner.origin, attention_on=standing.attention_on,
                    broken=standing.broken, breaks_at=standing.breaks_at, next_on=standing.next_on,
                    closed_at=planner.now if standing.is_finished else None)
