"""Open an occasion, move its dates, hold it, hand it over, cancel it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from webapp.clients.models import Client
from webapp.db import db, transaction, wake
from webapp.post import actions as post
from webapp.staff.audit import record
from webapp.staff.models import Office, User
from webapp.staff.rules import Actor
from webapp.touches import store
from webapp.touches.history import log, new_bundle, snapshot
from webapp.touches.models import Occasion, Touch
from webapp.touches.people import performer_for
from webapp.touches.rules import PlannedTouch, schedule
from webapp.touches.standing import refresh
from webapp.touches.state_rules import OPEN_STATUSES
from webapp.touches.store import StoredStep, source_key


@dataclass(frozen=True)
class Change:
    """One line of the difference shown before dates are moved (`domain.md` §1.3).

    `kind`: same, moved, added, dropped, pinned, sent, late (left out as entered too late, stays so). `old` and `new`
    are local days; `again_on` is the day on which a message already sent would be sent once more, if there is room.
    """

    step: StoredStep
    kind: str
    old: date | None
    new: date | None
    send_at: datetime | None = None
    reason: str = ""
    again_on: date | None = None


def preview(kind: str, anchors: Mapping[str, date], office: Office, *, client_zone: str = "",
            facts: Mapping[str, Any] | None = None, origin: str = "hand", now: datetime,
            steps: Sequence[StoredStep] | None = None) -> list[tuple[StoredStep, PlannedTouch]]:
    """What a new occasion would get, by the version in force or by these steps; reads only. Raises BadAnchors."""
    steps = store.steps_of(store.current_version(kind).id) if steps is None else steps
    calendar = store.calendar_for(office, client_zone)
    planned = schedule([s.rule for s in steps], anchors, now, calendar, origin=origin,
                       flights=store.flights_of(anchors, facts or {}, calendar))
    by_code = {step.code: step for step in steps}
    return [(by_code[touch.code], touch) for touch in planned]


def open_occasion(kind: str, client: Client, *, anchors: Mapping[str, date], owner_id: int | None, actor: Actor,
                  now: datetime, office: Office | None = None, origin: str = "hand",
                  facts: Mapping[str, Any] | None = None, done_steps: frozenset[str] = frozenset()) -> Occasion:
    """Open an occasion of `kind` and plan its touches. `done_steps` were ticked before (import): done, time unknown.

    Raises BadAnchors for dates that cannot be, LookupError without a plan.
    """
    with transaction() as session:
        place = office or client.office
        version = store.current_version(kind)
        occasion = Occasion(kind=kind, client_id=client.id, office_id=place.id, owner_id=owner_id, opened_at=now,
                            anchors={k: v.isoformat() for k, v in anchors.items()}, facts=dict(facts or {}),
                            plan_version_id=version.id, origin=origin, broken=0)
        session.add(occasion)
        session.flush()
        steps = store.steps_of(version.id)
        calendar = store.calendar_for(place, client.timezone)
        # A ticked step happened on its own day at the latest today: later ones of its series count from it.
        standing = [store.Existing(code, "done") for code in done_steps]
        planned = schedule([s.rule for s in steps], anchors, now, calendar, existing=standing, origin=origin,
                           flights=store.flights_of(anchors, occasion.facts, calendar))
        by_code = {step.code: step for step in steps}
        for touch in planned:
            step = by_code[touch.code]
            row = store.new_touch(occasion, step, touch, now=now,
                                  assignee_id=performer_for(step.rule.performer, place.id, owner_id))
            if touch.code in done_steps:
                # Nobody knows who did it: the sheet only says that it was done.
                row.reason = "time-unknown"
            session.add(row)
        refresh(occasion, now=now)
        wake("tick")
        return occasion


def difference(occasion: Occasion, anchors: Mapping[str, date], *, facts: Mapping[str, Any] | None = None,
               now: datetime) -> list[Change]:
    """What moving the dates would change; reads only. Raises BadAnchors."""
    steps = store.steps_of(occasion.plan_version_id)
    newest = _newest(occasion)
    changes = []
    old = store.dates_of(occasion)
    for step, planned in _replan(occasion, anchors, facts, steps, now):
        shifted = step.rule.own_day(old) != step.rule.own_day(anchors)
        change = _change(step, newest.get(step.code), planned, shifted)
        if change.kind == "sent" and change.reason == "done":
            change = replace(change, again_on=_anew(occasion, step, anchors, facts, now).due_on)
        elif shifted and _was_late(newest.get(step.code)):
            change = replace(change, kind="late", new=_anew(occasion, step, anchors, facts, now).due_on)
            change = change if change.new else replace(change, kind="same")
        changes.append(change)
    return changes


def move_dates(occasion: Occasion, anchors: Mapping[str, date], *, facts: Mapping[str, Any] | None = None,
               again: Sequence[str] = (), actor: Actor, now: datetime) -> list[Change]:
    """Recompute open touches in place; done, sent and skipped ones stay, pinned ones stay (`domain.md` §1.3).

    `again` names steps whose message was sent for the old dates and is wanted once more: a new generation.
    """
    with transaction() as session:
        occasion = session.get_one(Occasion, occasion.id, with_for_update=True)
        _recall_waiting(occasion, anchors, actor=actor, now=now)
        changes = difference(occasion, anchors, facts=facts, now=now)
        steps = store.steps_of(occasion.plan_version_id)
        planned = _replan(occasion, anchors, facts, steps, now)
        occasion.anchors = {k: v.isoformat() for k, v in anchors.items()}
        if facts is not None:
            occasion.facts = dict(facts)
        bundle = new_bundle()
        newest = _newest(occasion)
        for step, touch in planned:
            _place(occasion, step, touch, newest.get(step.code), actor=actor, now=now, bundle=bundle)
        for code in again:
            _once_more(occasion, code, steps, newest, now=now)
        refresh(occasion, now=now)
        wake("tick")
        return changes


def cancel_occasion(occasion: Occasion, *, reason: str, actor: Actor, now: datetime) -> int:
    """Close every open touch as cancelled and stop its messages; gives how many messages were stopped."""
    with transaction() as session:
        occasion = session.get_one(Occasion, occasion.id, with_for_update=True)
        occasion.cancelled_at = now
        stopped = post.cancel_group(group_key(occasion.id), reason="cancelled", actor=actor, now=now)
        bundle = new_bundle()
        for touch in _open_touches(occasion):
            before = snapshot(touch)
            touch.status, touch.reason = "cancelled", reason
            log(touch, "cancelled", before, actor=actor, now=now, bundle=bundle)
        refresh(occasion, now=now)
        occasion.closed_at = occasion.closed_at or now
        record(actor, "cancelled", "occasion", occasion.id, office_id=occasion.office_id, now=now,
               facts={"reason": ["", reason]})
        return stopped


def hold_occasions(ids: Sequence[int], *, reason: str, actor: Actor, now: datetime) -> int:
    """The stop button (`domain.md` §1.3): letters and SMS of these occasions wait; gives how many were held."""
    with transaction() as session:
        rows = session.scalars(select(Occasion).where(Occasion.id.in_(ids), Occasion.held_at.is_(None),
                                                      Occasion.closed_at.is_(None)).with_for_update()).all()
        for row in rows:
            row.held_at, row.hold_reason = now, reason
            post.hold(group_key=group_key(row.id), reason=reason, actor=actor, now=now)
            refresh(row, now=now)
            record(actor, "held", "occasion", row.id, office_id=row.office_id, now=now, facts={"reason": ["", reason]})
        return len(rows)


def release_occasions(ids: Sequence[int], *, actor: Actor, now: datetime) -> int:
    """End the hold; what is past its end of truth turns missed at the next tick."""
    with transaction() as session:
        rows = session.scalars(select(Occasion).where(Occasion.id.in_(ids), Occasion.held_at.is_not(None))
                               .with_for_update()).all()
        for row in rows:
            row.held_at, row.hold_reason = None, ""
            post.release(group_key=group_key(row.id), actor=actor, now=now)
            refresh(row, now=now)
            record(actor, "released", "occasion", row.id, office_id=row.office_id, now=now)
        wake("tick")
        return len(rows)


def hand_over(from_id: int, to_id: int, office_ids: Sequence[int], *, actor: Actor, now: datetime) -> list[int]:
    """Give a leaver's open occasions and touches to a colleague in one action; gives ids of the occasions."""
    with transaction() as session:
        occasions = session.scalars(select(Occasion).where(
            Occasion.owner_id == from_id, Occasion.office_id.in_(office_ids), Occasion.closed_at.is_(None),
        ).with_for_update()).all()
        for occasion in occasions:
            occasion.owner_id = to_id
        bundle = new_bundle()
        touches = session.scalars(select(Touch).where(
            Touch.assignee_id == from_id, Touch.office_id.in_(office_ids), Touch.status.in_(OPEN_STATUSES))).all()
        for touch in touches:
            before = snapshot(touch)
            touch.assignee_id = to_id
            log(touch, "handed-over", before, actor=actor, now=now, bundle=bundle)
        name = session.get_one(User, to_id).name
        record(actor, "handed-over", "user", from_id, now=now,
               facts={"to": ["", name], "occasions": ["", len(occasions)], "touches": ["", len(touches)]})
        return [occasion.id for occasion in occasions]


def group_key(occasion_id: int) -> str:
    """How messages and holds of an occasion are grouped in the outbox."""
    return f"occasion:{occasion_id}"


def _newest(occasion: Occasion) -> dict[str, Touch]:
    rows = db.session.scalars(select(Touch).where(Touch.occasion_id == occasion.id, Touch.step_id.is_not(None),
                                                  Touch.replaces_id.is_(None)).order_by(Touch.generation))
    return {row.step_code: row for row in rows}


def _open_touches(occasion: Occasion) -> Sequence[Touch]:
    return db.session.scalars(select(Touch).where(Touch.occasion_id == occasion.id,
                                                  Touch.status.in_(OPEN_STATUSES))).all()


def _replan(occasion: Occasion, anchors: Mapping[str, date], facts: Mapping[str, Any] | None,
            steps: Sequence[StoredStep], now: datetime) -> list[tuple[StoredStep, PlannedTouch]]:
    calendar = store.calendar_for(occasion.office, occasion.client.timezone)
    existing = store.existing_of(_newest(occasion).values(), store.dates_of(occasion), steps)
    flights = store.flights_of(anchors, occasion.facts if facts is None else facts, calendar)
    planned = schedule([s.rule for s in steps], anchors, now, calendar, existing=existing, origin=occasion.origin,
                       flights=flights)
    by_code = {step.code: step for step in steps}
    return [(by_code[touch.code], touch) for touch in planned]


def _change(step: StoredStep, row: Touch | None, planned: PlannedTouch, shifted: bool) -> Change:
    old = row.due_on if row is not None and row.status in ("planned", "queued", "done") else None
    if row is not None and row.status in ("done", "queued", "unknown"):
        was_sent = shifted and step.rule.is_automatic and row.message_id is not None
        return Change(step, "sent" if was_sent else "same", row.due_on, row.due_on, reason=row.status)
    if row is not None and row.pinned and row.status == "planned":
        return Change(step, "pinned", old, old)
    new = planned.due_on if planned.status == "planned" else None
    if old == new:
        return Change(step, "same", old, new, planned.send_at, planned.reason or "")
    kind = "added" if old is None else "dropped" if new is None else "moved"
    return Change(step, kind, old, new, planned.send_at, planned.reason or "")


def _was_late(row: Touch | None) -> bool:
    """Left out only because it was entered too late; such a step stays, but people must know (`domain.md` §1.3)."""
    return row is not None and row.status == "skipped" and row.reason == "entered-late"


def _recall_waiting(occasion: Occasion, anchors: Mapping[str, date], *, actor: Actor, now: datetime) -> None:
    """A message for the old dates that has not been handed over yet is taken back; its touch is planned again."""
    rules = {s.code: s.rule for s in store.steps_of(occasion.plan_version_id)}
    old = store.dates_of(occasion)
    for touch in _newest(occasion).values():
        rule = rules.get(touch.step_code)
        if touch.status != "queued" or rule is None or rule.own_day(old) == rule.own_day(anchors):
            continue
        if post.cancel_source(source_key(touch.id), reason="dates-moved", actor=actor, now=now):
            before = snapshot(touch)
            touch.status, touch.message_id = "planned", None
            log(touch, "taken-back", before, actor=actor, now=now)
    db.session.flush()


def _place(occasion: Occasion, step: StoredStep, planned: PlannedTouch, row: Touch | None, *, actor: Actor,
           now: datetime, bundle: str) -> None:
    if row is None:
        assignee = performer_for(step.rule.performer, occasion.office_id, occasion.owner_id)
        db.session.add(store.new_touch(occasion, step, planned, assignee_id=assignee, now=now))
        return
    if planned.kept:
        return
    before = snapshot(row)
    store.put(row, planned)
    if snapshot(row) != before:
        log(row, "moved", before, actor=actor, now=now, bundle=bundle)


def _once_more(occasion: Occasion, code: str, steps: Sequence[StoredStep], newest: Mapping[str, Touch], *,
               now: datetime) -> None:
    """A new generation of a touch already sent for the old dates; only where the new date still has room."""
    sent = newest.get(code)
    step = next((s for s in steps if s.code == code), None)
    if step is None or sent is None or sent.status != "done":
        return
    planned = _anew(occasion, step, store.dates_of(occasion), occasion.facts, now)
    if planned.is_planned:
        db.session.add(store.new_touch(occasion, step, planned, assignee_id=None, now=now,
                                       generation=sent.generation + 1))


def _anew(occasion: Occasion, step: StoredStep, anchors: Mapping[str, date], facts: Mapping[str, Any] | None,
          now: datetime) -> PlannedTouch:
    """What the step would be if nothing had been sent yet."""
    calendar = store.calendar_for(occasion.office, occasion.client.timezone)
    flights = store.flights_of(anchors, occasion.facts if facts is None else facts, calendar)
    return schedule([step.rule], anchors, now, calendar, flights=flights)[0]
