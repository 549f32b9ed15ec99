"""The append-only history of touches, and how a change is put back."""

import uuid
from datetime import date, datetime, time
from typing import Any

from webapp.db import db
from webapp.post import actions as post
from webapp.staff.audit import record
from webapp.staff.rules import Actor
from webapp.touches.models import Touch, TouchEvent
from webapp.touches.state_rules import BROKEN_STATUSES

FIELDS = ("status", "reason", "due_on", "due_time", "send_at", "true_until", "pinned", "snoozed_until", "attempts",
          "done_at", "done_by_id", "done_by", "outcome", "note", "assignee_id", "planned_on")

# What stands beside the touch but went over with it: the trip's owner and the client's manager.
BESIDE = {"trip_owner": lambda touch: (touch.occasion, "owner_id"),
          "client_manager": lambda touch: (touch.client, "manager_id")}


# What people do themselves: the log of the agency tells it.
_TOLD = frozenset({"done", "no-answer", "snoozed", "date-chosen", "not-needed", "note", "recorded"})


def new_bundle() -> str:
    """A name for the events of one action, so that one undo returns them all."""
    return uuid.uuid4().hex


def snapshot(touch: Touch) -> dict[str, Any]:
    """The fields an undo may have to put back, as JSON."""
    return {name: _plain(getattr(touch, name)) for name in FIELDS}


def log(touch: Touch, verb: str, before: dict[str, Any], *, actor: Actor, now: datetime, bundle: str = "",
        undoes: TouchEvent | None = None) -> TouchEvent:
    """Write what happened; call after the change, inside its transaction. Only changed fields are kept.

    `before` may hold names of BESIDE, too: then what they were and what they are now is kept.
    """
    db.session.flush()
    beside = _beside(touch, before)
    after = snapshot(touch) | beside
    changed = [name for name in (*FIELDS, *beside) if before.get(name) != after[name]]
    event = TouchEvent(touch_id=touch.id, occasion_id=touch.occasion_id, office_id=touch.office_id, at=now, verb=verb,
                       actor=actor.name, user_id=actor.user_id, bundle=bundle,
                       before={n: before.get(n) for n in changed}, after={n: after[n] for n in changed},
                       undoes_id=undoes.id if undoes else None)
    db.session.add(event)
    _tell_outbox(touch, str(before.get("status")), actor, now)
    if actor.user_id is not None and (verb in _TOLD or undoes and undoes.verb in _TOLD | {"handed-over"}):
        _tell_the_log(touch, event, actor, now)
    return event


def _tell_the_log(touch: Touch, event: TouchEvent, actor: Actor, now: datetime) -> None:
    """One line per thing a person did; what followed from it by itself stands in the history of the trip."""
    before, after = event.before, event.after
    if event.verb == "recorded":
        if touch.status == "planned":
            return
        before, after = {}, {"outcome": touch.outcome, "note": touch.note}
    facts = {f"touch_{name}": [before.get(name) or None, after[name]] for name in ("outcome", "due_on", "note")
             if after.get(name) and event.verb != "undone"}
    record(actor, event.verb, "touch", event.touch_id, now=now, office_id=event.office_id, facts=facts)


def _tell_outbox(touch: Touch, before: str, actor: Actor, now: datetime) -> None:
    """What is closed here must not wait for a decision there: both pages count the same letters."""
    was, is_now = before in BROKEN_STATUSES, touch.status in BROKEN_STATUSES
    if touch.message_id is None or was == is_now:
        return
    if was:
        post.attend(touch.message_id, actor=actor, now=now)
    else:
        post.reopen(touch.message_id, actor=actor, now=now)


def put_back(touch: Touch, event: TouchEvent) -> bool:
    """Put the fields of `event` back. False when somebody changed them since: then nothing is touched."""
    present = snapshot(touch) | _beside(touch, event.after)
    if any(present[name] != value for name, value in event.after.items()):
        return False
    for name, value in event.before.items():
        row, field = BESIDE[name](touch) if name in BESIDE else (touch, name)
        setattr(row, field, _typed(name, value))
    return True


def _beside(touch: Touch, names: dict[str, Any]) -> dict[str, Any]:
    return {name: getattr(*BESIDE[name](touch)) for name in names if name in BESIDE}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, (date, datetime, time)) else value


def _typed(name: str, value: Any) -> Any:
    if value is None:
        return None
    if name in ("due_on", "planned_on", "snoozed_until"):
        return date.fromisoformat(value)
    if name in ("send_at", "true_until", "done_at"):
        return datetime.fromisoformat(value)
    return time.fromisoformat(value) if name == "due_time" else value
